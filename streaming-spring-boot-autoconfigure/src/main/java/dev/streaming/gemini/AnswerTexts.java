package dev.streaming.gemini;

import dev.streaming.realtime.AccumulatedText;

/**
 * The texts of the response that is in progress, and of the speech of the user. A
 * response is written or spoken. What is written of a spoken one is the plan of the
 * model, not its words (V6). To add to a text costs the same however long it is. Belongs
 * to the session's task.
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
	 * Begin with other texts if this is another response.
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
	 * Audio of the response has come.
	 */
	void heard() {
		this.audible = true;
	}

	/**
	 * Return the text of the response so far: its transcript where there is one. What is
	 * written counts only if nothing was spoken.
	 * @return the text
	 */
	CharSequence content() {
		if (hasTranscript()) {
			return this.transcript.prefix();
		}
		return this.audible ? "" : this.written.prefix();
	}

	/**
	 * Return what was written if nothing was spoken, although the model speaks: then it
	 * was no plan.
	 * @return the text, or empty
	 */
	String writtenInstead() {
		return (this.spoken && !this.audible && !hasTranscript()) ? this.written.toString() : "";
	}

	/**
	 * Add to the transcript of the user. Another turn begins with an empty text, for the
	 * service need not tell that a transcript is complete.
	 * @param turn the number of the turn
	 * @param delta the new text
	 * @param finished whether that is all
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
	 * What the user says from now on is something else.
	 */
	void endInput() {
		if (!this.input.isEmpty()) {
			this.input = new AccumulatedText();
		}
	}

	/**
	 * The response has ended.
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
