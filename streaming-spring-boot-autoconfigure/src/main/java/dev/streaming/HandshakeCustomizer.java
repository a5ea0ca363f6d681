package dev.streaming;

/**
 * Runs before every dial, within its timeout, so that URLs and tokens are fresh. Called
 * on a thread that may block, and interrupted when the dial is cancelled.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface HandshakeCustomizer {

	/**
	 * Change the handshake that is about to be made.
	 * @param handshake its URL and headers
	 * @throws Exception if the dial fails; a {@link PermanentFailureException} is not
	 * tried again
	 */
	void customize(Handshake handshake) throws Exception;

	/**
	 * As a bean: return whether this customizer applies to a connection. By default it
	 * applies to none, so that no token goes to another provider.
	 * @param connectionName the connection's name
	 * @return whether to call this customizer for it
	 */
	default boolean supports(String connectionName) {
		return false;
	}

}
