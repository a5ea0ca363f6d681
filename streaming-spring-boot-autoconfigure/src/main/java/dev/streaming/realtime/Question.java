package dev.streaming.realtime;

/**
 * A question of {@link RealtimeClient#ask(String)}, by which a provider's handler tells
 * the {@link AnswerQueue} of what becomes of it. Compared by identity.
 *
 * @since 1.0.0
 */
public final class Question {

	private final String text;

	Question(String text) {
		this.text = text;
	}

	/**
	 * Return the text to send.
	 * @return the text of the user
	 */
	public String text() {
		return this.text;
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
