package dev.streaming;

/**
 * Behavior of a send while its session has no connection. A frame whose writing failed is
 * never sent again, whatever the policy.
 *
 * @since 1.0.0
 */
public enum OutagePolicy {

	/** The send fails at once with {@link NotConnectedException}. */
	FAIL,

	/**
	 * The send waits for the next connection, up to the write wait, then fails with
	 * {@link NotConnectedException}. From within a callback of the session it acts as
	 * {@link #BUFFER}.
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
