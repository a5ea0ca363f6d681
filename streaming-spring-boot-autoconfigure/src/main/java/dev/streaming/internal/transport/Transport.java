package dev.streaming.internal.transport;

/**
 * Strategy to dial WebSockets. Callers do not depend on types of a container, never block
 * a thread that calls a {@link TransportListener}, and do not assume that text is
 * received as a string.
 * <p>
 * Implementations must be thread-safe.
 */
public interface Transport {

	/**
	 * Start a dial and return at once. Either {@code opened} or {@code failed} of the
	 * listener is called once, on any thread, possibly before this method returns. DNS,
	 * proxy, TCP, TLS and the upgrade do not use the calling thread. Redirects are not
	 * followed.
	 * @param request the request
	 * @param listener notified of the connection
	 * @return a handle to abort the dial
	 */
	Dialing dial(DialRequest request, TransportListener listener);

	/**
	 * Handle of a dial.
	 */
	interface Dialing {

		/**
		 * Abort the dial and release its resources. Does not block. A connection that is
		 * opened nevertheless is dropped by the transport, or passed to the listener,
		 * which then aborts it. Without effect once the dial has ended.
		 */
		void abort();

	}

}
