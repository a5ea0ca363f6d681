package dev.streaming.gemini;

import dev.streaming.gemini.ModelAnswer.Fate;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * Part of the content of a response that is delivered.
 *
 * @param response the number of the response
 * @param question the question whose answer it is part of, or {@code null}
 * @param fate the outcome of the response
 */
record Delivery(long response, @Nullable Question question, Fate fate) {

	/**
	 * Return whether text and other content is delivered.
	 * @return whether it is
	 */
	boolean isDelivered() {
		return this.fate == Fate.WANTED || this.fate == Fate.INTERRUPTED;
	}

	/**
	 * Return whether audio is delivered. Audio of an interrupted response is dropped
	 * (V4).
	 * @return whether it is
	 */
	boolean isHeard() {
		return this.fate == Fate.WANTED;
	}

}
