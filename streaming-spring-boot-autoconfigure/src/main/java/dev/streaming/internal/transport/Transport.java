package dev.streaming.internal.transport;

/**
 * Dials WebSockets. What is above this seam knows no container's types, never blocks a
 * thread that calls a {@link TransportListener}, and does not assume that text arrives as
 * a string.
 * <p>
 * Implementations are thread-safe.
 */
public interface Transport {

	/**
	 * Begin a dial and return at once. The listener is called with {@code opened} or
	 * {@code failed}, once, on any thread, possibly before this method returns. DNS,
	 * proxy, TCP, TLS and the upgrade are made off the calling thread. Redirects are not
	 * followed.
	 * @param request where to dial, and how
	 * @param listener notified of the connection
	 * @return the dial, to be cancelled
	 */
	Dialing dial(DialRequest request, TransportListener listener);

	/**
	 * A dial in progress.
	 */
	interface Dialing {

		/**
		 * Give the dial up and free what it holds. Does not block. A connection that
		 * comes up all the same is dropped by the transport, or handed to the listener
		 * which then aborts it. Without effect once the dial has ended.
		 */
		void abort();

	}

}
