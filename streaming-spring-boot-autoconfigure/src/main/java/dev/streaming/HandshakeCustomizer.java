package dev.streaming;

/**
 * Callback interface to customize the handshake of every dial, so that URLs and tokens
 * are up to date. Called within the timeout of the dial on a thread that may block, and
 * interrupted when the dial is cancelled.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface HandshakeCustomizer {

	/**
	 * Customize a handshake.
	 * @param handshake the handshake
	 * @throws Exception to fail the dial; a {@link PermanentFailureException} is not
	 * retried
	 */
	void customize(Handshake handshake) throws Exception;

	/**
	 * Return whether this customizer supports a connection, if it is a bean. By default
	 * it supports none, so that no token is sent to the wrong provider.
	 * @param connectionName the connection's name
	 * @return whether to call this customizer for it
	 */
	default boolean supports(String connectionName) {
		return false;
	}

}
