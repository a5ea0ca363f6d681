package dev.streaming.gemini;

import dev.streaming.FinishReason;
import dev.streaming.gemini.ModelAnswer.Fate;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * How a response has ended.
 *
 * @param response the number of the response, or {@link #NOTHING}
 * @param question the question that it was part of the answer to, or {@code null}
 * @param fate what has become of the response
 * @param waiting whether it waits for the results of its own calls
 */
record TurnEnd(long response, @Nullable Question question, Fate fate, boolean waiting) {

	/** There was no response. */
	static final long NOTHING = -1;

	/**
	 * Return whether the end is delivered.
	 * @return {@code false} if it was told before
	 */
	boolean isDelivered() {
		return this.fate != Fate.GIVEN_UP;
	}

	/**
	 * Return whether the end has the text of the response.
	 * @return {@code false} if nobody wants it
	 */
	boolean hasContent() {
		return this.fate != Fate.CANCELLED;
	}

	/**
	 * Return the reason to tell.
	 * @param told the reason that the service tells
	 * @return the reason
	 */
	FinishReason finishReason(FinishReason told) {
		if (this.fate == Fate.INTERRUPTED || this.fate == Fate.CANCELLED) {
			return FinishReason.CANCELLED;
		}
		return (told == FinishReason.STOP && this.waiting) ? FinishReason.TOOL_CALLS : told;
	}

}
