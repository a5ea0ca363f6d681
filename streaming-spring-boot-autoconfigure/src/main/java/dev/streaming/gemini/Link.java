package dev.streaming.gemini;

/**
 * Whether there is a connection, as far as the conversation has been told. Part of
 * {@link GeminiTurnState}, not thread-safe.
 */
final class Link {

	private State state = State.UP;

	State state() {
		return this.state;
	}

	/**
	 * The connection is gone.
	 * @param planned whether it is changed as planned
	 */
	void lost(boolean planned) {
		this.state = planned ? State.CHANGING : State.DOWN;
	}

	/**
	 * There is a connection.
	 * @return whether there was none before
	 */
	boolean restored() {
		boolean news = this.state != State.UP;
		this.state = State.UP;
		return news;
	}

	/**
	 * Return whether there is a connection.
	 * @return {@code false} between two connections
	 */
	boolean isUp() {
		return this.state == State.UP;
	}

	/**
	 * Return whether the connection was lost, and not changed as planned.
	 * @return whether it was
	 */
	boolean isDown() {
		return this.state == State.DOWN;
	}

	/**
	 * States of a connection.
	 */
	enum State {

		/** There is one. */
		UP,

		/** It is changed as planned. */
		CHANGING,

		/** It was lost. */
		DOWN

	}

}
