package dev.streaming;

/**
 * Why a response ended, the same for all providers.
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

	/** The user or the application interrupted it. */
	CANCELLED,

	/** It failed. */
	ERROR;

	/**
	 * Return whether the answer has ended. After {@link #TOOL_CALLS} it continues with
	 * the results.
	 * @return whether no further response belongs to the answer
	 */
	public boolean isFinal() {
		return this != TOOL_CALLS;
	}

}
