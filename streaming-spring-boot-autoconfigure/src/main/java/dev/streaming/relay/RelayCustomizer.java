package dev.streaming.relay;

import dev.streaming.SessionSpec;

/**
 * Callback interface to refuse handshakes of browsers, and to customize the sessions that
 * the relay opens for them. All beans of this type are called, in order. Implementations
 * must be thread-safe.
 *
 * @since 1.0.0
 */
public interface RelayCustomizer {

	/**
	 * Return whether to accept a handshake. Called on a thread of the web server, which
	 * it blocks, for each handshake, including those that resume a session.
	 * @param handshake the handshake
	 * @return whether the browser may connect; otherwise, the status is 403, as for an
	 * exception, which is logged
	 */
	default boolean accept(RelayHandshake handshake) {
		return true;
	}

	/**
	 * Customize the session that is opened for a browser. Not called when a session is
	 * resumed. Called on a worker thread.
	 * @param handshake the handshake
	 * @param spec the customization of the session, which has the principal as an
	 * attribute
	 */
	default void customize(RelayHandshake handshake, SessionSpec spec) {
	}

}
