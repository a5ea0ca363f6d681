package dev.streaming.gemini;

import dev.streaming.FinishReason;
import dev.streaming.gemini.ModelAnswer.Fate;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * End of a turn, with or without a response.
 *
 * @param response the number of the response, or {@link #NOTHING}
 * @param question the question whose answer it was part of, or {@code null}
 * @param fate the outcome of the response
 * @param waiting whether it waits for the results of its own calls
 */
record TurnEnd(long response, @Nullable Question question, Fate fate, boolean waiting) {

	/** There was no response. */
	static final long NOTHING = -1;

	/**
	 * Return whether the end is delivered.
	 * @return {@code false} if it was delivered before
	 */
	boolean isDelivered() {
		return this.fate != Fate.GIVEN_UP;
	}

	/**
	 * Return whether the end has the text of the response.
	 * @return {@code false} if the response was cancelled
	 */
	boolean hasContent() {
		return this.fate != Fate.CANCELLED;
	}

	/**
	 * Return the finish reason to report.
	 * @param reported the reason that the service reports
	 * @return the reason
	 */
	FinishReason finishReason(FinishReason reported) {
		if (this.fate == Fate.INTERRUPTED || this.fate == Fate.CANCELLED) {
			return FinishReason.CANCELLED;
		}
		return (reported == FinishReason.STOP && this.waiting) ? FinishReason.TOOL_CALLS : reported;
	}

}
