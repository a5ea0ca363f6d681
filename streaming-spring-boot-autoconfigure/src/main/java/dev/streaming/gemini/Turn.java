package dev.streaming.gemini;

/**
 * The texts of the turn that is under way, and whether it was interrupted. Belongs to the
 * session's task.
 */
final class Turn {

	private final StringBuilder text = new StringBuilder();

	private final StringBuilder transcript = new StringBuilder();

	private final StringBuilder input = new StringBuilder();

	private boolean interrupted;

	String addText(String delta) {
		return this.text.append(delta).toString();
	}

	String addTranscript(String delta) {
		return this.transcript.append(delta).toString();
	}

	/**
	 * Add to what the user says.
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
	 * Return the answer so far. It is written or spoken, rarely both: then what is
	 * written counts.
	 * @return the text, or else the transcript
	 */
	String content() {
		return this.text.isEmpty() ? this.transcript.toString() : this.text.toString();
	}

	boolean hasText() {
		return !this.text.isEmpty();
	}

	boolean hasTranscript() {
		return !this.transcript.isEmpty();
	}

	boolean isInterrupted() {
		return this.interrupted;
	}

	void interrupt() {
		this.interrupted = true;
		// What comes now is what the user interrupts with
		this.input.setLength(0);
	}

	/**
	 * The model has generated all of its answer. An interrupted one never gets there:
	 * this is the next one, and the end of the interrupted one was not told.
	 */
	void generated() {
		this.interrupted = false;
	}

	void end() {
		boolean over = !this.interrupted;
		this.text.setLength(0);
		this.transcript.setLength(0);
		this.interrupted = false;
		if (over) {
			this.input.setLength(0);
		}
	}

	/**
	 * The connection is gone, and with it what was half said.
	 */
	void reset() {
		this.interrupted = false;
		end();
	}

}
