package dev.streaming.gemini;

import dev.streaming.realtime.AccumulatedText;

/**
 * Texts of the current response, and of the user's speech. A response is written or
 * spoken. Written text of a spoken response is the model's plan, not its words (V6).
 * Appending to a text takes constant time. Confined to the session's task.
 */
final class AnswerTexts {

	private final boolean spoken;

	private AccumulatedText written = new AccumulatedText();

	private AccumulatedText transcript = new AccumulatedText();

	private AccumulatedText input = new AccumulatedText();

	private long inputTurn;

	private long response;

	private boolean audible;

	/**
	 * Create empty texts.
	 * @param spoken whether the model speaks
	 */
	AnswerTexts(boolean spoken) {
		this.spoken = spoken;
	}

	/**
	 * Return whether the model speaks, so that a written text is its plan.
	 * @return whether it does
	 */
	boolean isSpoken() {
		return this.spoken;
	}

	/**
	 * Return the number of the response.
	 * @return the number of the last response that has begun
	 */
	long response() {
		return this.response;
	}

	/**
	 * Start with empty texts if this is another response.
	 * @param number the number of the response
	 */
	void of(long number) {
		if (this.response != number) {
			this.response = number;
			end();
		}
	}

	CharSequence addWritten(String delta) {
		return this.written.append(delta).prefix();
	}

	boolean hasWritten() {
		return !this.written.isEmpty();
	}

	CharSequence addTranscript(String delta) {
		return this.transcript.append(delta).prefix();
	}

	boolean hasTranscript() {
		return !this.transcript.isEmpty();
	}

	/**
	 * Record that audio of the response was received.
	 */
	void heard() {
		this.audible = true;
	}

	/**
	 * Return the text of the response so far: its transcript if there is one. Written
	 * text counts only if nothing was spoken.
	 * @return the text
	 */
	CharSequence content() {
		if (hasTranscript()) {
			return this.transcript.prefix();
		}
		return this.audible ? "" : this.written.prefix();
	}

	/**
	 * Return the written text if nothing was spoken although the model speaks: then it is
	 * not a plan.
	 * @return the text, or empty
	 */
	String writtenInstead() {
		return (this.spoken && !this.audible && !hasTranscript()) ? this.written.toString() : "";
	}

	/**
	 * Append to the transcript of the user. Another turn starts with an empty text,
	 * because the service may not report the end of a transcript.
	 * @param turn the number of the turn
	 * @param delta the new text
	 * @param finished whether the transcript is complete
	 * @return the text so far
	 */
	CharSequence addInput(long turn, String delta, boolean finished) {
		if (this.inputTurn != turn) {
			this.inputTurn = turn;
			endInput();
		}
		CharSequence soFar = this.input.append(delta).prefix();
		if (finished) {
			endInput();
		}
		return soFar;
	}

	/**
	 * End the transcript: later speech of the user belongs to another turn.
	 */
	void endInput() {
		if (!this.input.isEmpty()) {
			this.input = new AccumulatedText();
		}
	}

	/**
	 * Handle the end of the response.
	 */
	void end() {
		if (hasWritten()) {
			this.written = new AccumulatedText();
		}
		if (hasTranscript()) {
			this.transcript = new AccumulatedText();
		}
		this.audible = false;
	}

}
