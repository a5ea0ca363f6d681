package dev.streaming;

import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * Upgrade request of one dial, which a {@link HandshakeCustomizer} may change. Not
 * thread-safe.
 *
 * @since 1.0.0
 */
public interface Handshake {

	/**
	 * Return the connection's name.
	 * @return the name
	 */
	String connectionName();

	/**
	 * Return the attributes of the session.
	 * @return the attributes, unmodifiable; empty without a session
	 */
	Map<String, Object> attributes();

	/**
	 * Return the URL to dial.
	 * @return a {@code ws} or {@code wss} URL
	 */
	URI uri();

	/**
	 * Change the URL to dial.
	 * @param uri a {@code ws} or {@code wss} URL
	 * @throws IllegalArgumentException if the scheme is neither
	 */
	void uri(URI uri);

	/**
	 * Return the additional headers of the upgrade request.
	 * @return a read-only view
	 */
	Map<String, List<String>> headers();

	/**
	 * Set a header, replacing any previous value.
	 * @param name its name, case-insensitive
	 * @param value its value
	 */
	void header(String name, String value);

}
