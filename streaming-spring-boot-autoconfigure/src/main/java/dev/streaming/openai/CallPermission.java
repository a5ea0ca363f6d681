package dev.streaming.openai;

/**
 * Permission to run a function call.
 */
enum CallPermission {

	/** The call may be run, once. */
	RUN,

	/**
	 * The call must not be run because the answer has had too many rounds of calls (V8):
	 * the model must be notified.
	 */
	TOO_MANY_ROUNDS,

	/**
	 * The call must not be run: its response is beside the conversation, or it is
	 * unknown.
	 */
	NONE

}
