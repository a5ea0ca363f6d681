package dev.streaming.openai;

/**
 * Whether a call of a function may be run.
 */
enum CallPermission {

	/** It may, once. */
	RUN,

	/**
	 * It may not, because the answer has had too many rounds of calls (V8): the model is
	 * to be told.
	 */
	TOO_MANY_ROUNDS,

	/** It may not: its response is beside the conversation, or it is not known. */
	NONE

}
