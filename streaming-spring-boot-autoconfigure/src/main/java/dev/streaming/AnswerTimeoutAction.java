package dev.streaming;

/**
 * Reactions to an answer that does not begin within {@code answer-timeout}.
 *
 * @since 1.0.0
 */
public enum AnswerTimeoutAction {

	/** Deliver a chunk with an {@link AnswerTimeoutException}. */
	REPORT,

	/** Deliver that chunk, and change the connection at once. */
	RECONNECT

}
