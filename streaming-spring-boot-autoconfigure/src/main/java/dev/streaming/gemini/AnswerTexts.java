package dev.streaming.gemini;

/**
 * The texts of the response that is in progress, and of the speech of the user. A
 * response is written or spoken. What is written of a spoken one is the plan of the
 * model, not its words (V6). Belongs to the session's task.
 */
final class AnswerTexts {

	private final boolean spoken;

	private final StringBuilder written = new StringBuilder();

	private final StringBuilder transcript = new StringBuilder();

	private final StringBuilder input = new StringBuilder();

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

	String addWritten(String delta) {
		return this.written.append(delta).toString();
	}

	boolean hasWritten() {
		return !this.written.isEmpty();
	}

	String addTranscript(String delta) {
		return this.transcript.append(delta).toString();
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
	String content() {
		if (hasTranscript()) {
			return this.transcript.toString();
		}
		return this.audible ? "" : this.written.toString();
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
	 * Add to the transcript of the user.
	 * @param delta the new text
	 * @param finished whether that is all
	 * @return the text so far
	 */
	String addInput(String delta, boolean finished) {
		String soFar = this.input.append(delta).toString();
		if (finished) {
			this.input.setLength(0);
		}
		return soFar;
	}

	/**
	 * What the user says from now on is something else.
	 */
	void endInput() {
		this.input.setLength(0);
	}

	/**
	 * The response has ended.
	 */
	void end() {
		this.written.setLength(0);
		this.transcript.setLength(0);
		this.audible = false;
	}

}
