package dev.streaming.realtime;

/**
 * Question of {@link RealtimeClient#ask(String)}, with which a provider's handler reports
 * its progress to the {@link AnswerQueue}. Compared by identity.
 *
 * @since 1.0.0
 */
public final class Question {

	private final String text;

	private final ResponseOptions options;

	Question(String text, ResponseOptions options) {
		this.text = text;
		this.options = options;
	}

	/**
	 * Return the text to send.
	 * @return the text of the user
	 */
	public String text() {
		return this.text;
	}

	/**
	 * Return the settings of the answer.
	 * @return the settings, {@link ResponseOptions#NONE} by default
	 */
	public ResponseOptions options() {
		return this.options;
	}

	/**
	 * Return whether the answer runs beside the conversation.
	 * @return whether it does
	 */
	public boolean isOutOfBand() {
		return this.options.outOfBand();
	}

	/**
	 * Return a description without the text, which may be confidential.
	 * @return a short description
	 */
	@Override
	public String toString() {
		return "Question[" + this.text.length() + " chars]";
	}

}
