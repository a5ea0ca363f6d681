package dev.streaming.gemini;

/**
 * State of the connection as reported to the conversation. Part of
 * {@link GeminiTurnState}, not thread-safe.
 */
final class Link {

	private State state = State.UP;

	State state() {
		return this.state;
	}

	/**
	 * Record the end of the connection.
	 * @param planned whether it is a planned change
	 */
	void lost(boolean planned) {
		this.state = planned ? State.CHANGING : State.DOWN;
	}

	/**
	 * Record a new connection.
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
	 * Return whether the connection was lost without a planned change.
	 * @return whether it was
	 */
	boolean isDown() {
		return this.state == State.DOWN;
	}

	/**
	 * States of a connection.
	 */
	enum State {

		/** There is a connection. */
		UP,

		/** A planned change is in progress. */
		CHANGING,

		/** The connection was lost. */
		DOWN

	}

}
