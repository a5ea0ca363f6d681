package dev.streaming.relay;

/**
 * Names of attributes of the sessions that the relay opens, which are also available to
 * their tools.
 *
 * @since 1.0.0
 * @see dev.streaming.SessionSpec#attribute(String, Object)
 */
public final class RelayAttributes {

	/**
	 * The principal of the handshake, a {@link java.security.Principal}; absent without
	 * authentication.
	 */
	public static final String PRINCIPAL = "principal";

	private RelayAttributes() {
	}

}
