package dev.streaming;

/**
 * What a send does while its session has no connection. A frame whose writing failed is
 * never sent again, whatever the policy.
 *
 * @since 1.0.0
 */
public enum OutagePolicy {

	/** Throws {@link NotConnectedException} at once. */
	FAIL,

	/**
	 * Waits for the next connection, up to the write wait, then throws
	 * {@link NotConnectedException}. From within a callback of the session it acts as
	 * {@link #BUFFER}.
	 */
	WAIT,

	/**
	 * Is kept, up to the send buffer's size, and sent in order behind the setup of the
	 * next connection; beyond that size it throws {@link SendFailedException}.
	 */
	BUFFER,

	/** Is dropped and counted. */
	DROP

}
