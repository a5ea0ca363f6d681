package dev.streaming;

/**
 * Outcome of a turn of a conversation.
 *
 * @since 1.0.0
 */
public enum TurnOutcome {

	/** The model has answered. */
	COMPLETED,

	/** The user interrupted the answer. */
	INTERRUPTED,

	/** The application cancelled the answer, or closed the session. */
	CANCELLED,

	/** The provider failed, refused, or did not answer. */
	FAILED,

	/** The connection was lost. */
	LOST

}
