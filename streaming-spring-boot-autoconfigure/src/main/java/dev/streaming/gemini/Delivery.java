package dev.streaming.gemini;

import dev.streaming.gemini.ModelAnswer.Fate;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * How much of the content of a response is delivered.
 *
 * @param response the number of the response
 * @param question the question that it is part of the answer to, or {@code null}
 * @param fate what has become of the response
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
	 * Return whether audio is delivered. Nobody is to hear a response any more that was
	 * interrupted (V4).
	 * @return whether it is
	 */
	boolean isHeard() {
		return this.fate == Fate.WANTED;
	}

}
