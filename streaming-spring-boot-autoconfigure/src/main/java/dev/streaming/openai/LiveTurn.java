package dev.streaming.openai;

import dev.streaming.realtime.AccumulatedText;

/**
 * Words of one side between two silences. The provider sends transcripts without an end
 * mark. Guarded by the lock of its {@link LiveTurns}.
 */
final class LiveTurn {

	private final String prefix;

	private State state = State.SILENT;

	private long number;

	private AccumulatedText text = new AccumulatedText();

	// End of the last transcript in the provider's time
	private long endMillis;

	// Time of the last activity in the time of the session
	private long heardAt;

	LiveTurn(String prefix) {
		this.prefix = prefix;
	}

	boolean isOpen() {
		return this.state == State.SPEAKING;
	}

	String id() {
		return this.prefix + this.number;
	}

	AccumulatedText text() {
		return this.text;
	}

	long endMillis() {
		return this.endMillis;
	}

	long heardAt() {
		return this.heardAt;
	}

	/**
	 * Record activity of this side.
	 * @param now the time of the session in nanoseconds
	 */
	void heard(long now) {
		if (this.state == State.SILENT) {
			this.state = State.SPEAKING;
			this.number++;
			this.text = new AccumulatedText();
			this.endMillis = 0;
		}
		this.heardAt = now;
	}

	/**
	 * Handle a part of the transcript.
	 * @param delta the new text
	 * @param end its end in the provider's time
	 */
	void said(String delta, long end) {
		this.text.append(delta);
		this.endMillis = Math.max(this.endMillis, end);
	}

	void over() {
		this.state = State.SILENT;
	}

	/**
	 * States of a turn.
	 */
	enum State {

		/** This side is silent. */
		SILENT,

		/** This side speaks, or has spoken a moment ago. */
		SPEAKING

	}

}
