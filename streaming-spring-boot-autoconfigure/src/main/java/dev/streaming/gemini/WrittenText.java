package dev.streaming.gemini;

import dev.streaming.Message;
import org.jspecify.annotations.Nullable;

/**
 * Text of the user.
 *
 * @param message the raw message of the application with the text, or {@code null}
 * @param id its id in the history; empty while it is not sent
 * @param text the text
 * @param number its position in the order of sent messages
 * @param state its state
 */
record WrittenText(@Nullable Message message, String id, String text, long number, State state) {

	WrittenText in(State next) {
		return new WrittenText(this.message, this.id, this.text, this.number, next);
	}

	/**
	 * States of a text.
	 */
	enum State {

		/** Not sent until its answer is requested. */
		KEPT,

		/** Held until there is a connection. */
		HELD,

		/** Sent to the service. */
		SENT,

		/**
		 * Sent to the service, whose model has answered since: the text is not repeated.
		 */
		ANSWERED

	}

}
