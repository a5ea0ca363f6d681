package dev.streaming.gemini;

import dev.streaming.Message;
import org.jspecify.annotations.Nullable;

/**
 * A text that the user has written.
 *
 * @param message the message that the application has sent with it in the provider's own
 * words, or {@code null}
 * @param id its id in the history; empty while it is kept
 * @param text the text
 * @param number its number in the order of all that was sent
 * @param state where it is
 */
record WrittenText(@Nullable Message message, String id, String text, long number, State state) {

	WrittenText in(State next) {
		return new WrittenText(this.message, this.id, this.text, this.number, next);
	}

	/**
	 * Where a text is.
	 */
	enum State {

		/** With us, until the model is asked to answer it. */
		KEPT,

		/** Held back until there is a connection. */
		HELD,

		/** On its way, or with the service. */
		SENT,

		/** With the service, whose model has spoken since: the text is not said again. */
		ANSWERED

	}

}
