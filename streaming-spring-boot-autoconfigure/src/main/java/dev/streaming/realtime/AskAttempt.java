package dev.streaming.realtime;

/**
 * Result of an attempt to ask a question of an {@link AnswerQueue}.
 */
enum AskAttempt {

	/** The question was sent. */
	ASKED,

	/** The question must wait. */
	LATER,

	/** The question could not be sent. */
	FAILED

}
