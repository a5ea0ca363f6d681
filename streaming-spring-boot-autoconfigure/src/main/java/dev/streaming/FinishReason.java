package dev.streaming;

/**
 * Reasons for the end of a response, common to all providers.
 *
 * @since 1.0.0
 */
public enum FinishReason {

	/** The model has finished. */
	STOP,

	/** The limit of tokens was reached. */
	LENGTH,

	/** The provider withheld the content. */
	CONTENT_FILTER,

	/** The model calls tools. */
	TOOL_CALLS,

	/** The user or the application interrupted the response. */
	CANCELLED,

	/** The response failed. */
	ERROR;

	/**
	 * Return whether the answer has ended. After {@link #TOOL_CALLS} it continues with
	 * the results.
	 * @return whether the answer has no further responses
	 */
	public boolean isFinal() {
		return this != TOOL_CALLS;
	}

}
