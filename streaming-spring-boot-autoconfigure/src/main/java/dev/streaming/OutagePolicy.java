package dev.streaming;

/**
 * Behavior of a send while its session has no connection. A frame that could not be
 * written completely is never sent again, regardless of the policy.
 *
 * @since 1.0.0
 */
public enum OutagePolicy {

	/** The send fails at once with {@link NotConnectedException}. */
	FAIL,

	/**
	 * The send waits for the next connection, up to the write wait, then fails with
	 * {@link NotConnectedException}. In a callback of the session the message is buffered
	 * as by {@link #BUFFER}.
	 */
	WAIT,

	/**
	 * The message is kept, up to the send buffer size, and sent in order after the setup
	 * of the next connection; beyond that size the send fails with
	 * {@link SendFailedException}.
	 */
	BUFFER,

	/** The message is dropped and counted. */
	DROP

}
