package dev.streaming.relay;

/**
 * Reasons for the end of a relay.
 *
 * @since 1.0.0
 */
public enum RelayEnd {

	/** The browser has left. */
	LEFT,

	/** The browser was detached and did not resume in time. */
	EXPIRED,

	/** The session could not be opened. */
	UNAVAILABLE,

	/** The session ended normally. */
	ENDED,

	/** The session ended with an error. */
	FAILED,

	/** The session reached a limit, or the maximum number of sessions was reached. */
	LIMIT,

	/** There was no activity of either side for too long. */
	IDLE,

	/** The application is stopping. */
	SHUTDOWN

}
