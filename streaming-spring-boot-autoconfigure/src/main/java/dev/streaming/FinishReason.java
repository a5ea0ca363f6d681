package dev.streaming;

/**
 * Why a response ended, the same for all providers.
 *
 * @since 1.0.0
 */
public enum FinishReason {

	/** The model was done. */
	STOP,

	/** The limit of tokens was reached. */
	LENGTH,

	/** The provider held the content back. */
	CONTENT_FILTER,

	/** The model wants tools to be called. */
	TOOL_CALLS,

	/** The user or the application interrupted it. */
	CANCELLED,

	/** It failed. */
	ERROR;

	/**
	 * Return whether the answer is over. After {@link #TOOL_CALLS} it goes on with the
	 * results.
	 * @return whether no further response belongs to the answer
	 */
	public boolean isFinal() {
		return this != TOOL_CALLS;
	}

}
