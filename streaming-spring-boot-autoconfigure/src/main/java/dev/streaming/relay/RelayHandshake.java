package dev.streaming.relay;

import java.net.InetSocketAddress;
import java.net.URI;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Handshake of a browser with the relay. All data except the principal is provided by the
 * browser.
 *
 * @since 1.0.0
 */
public interface RelayHandshake {

	/**
	 * Return the authenticated principal.
	 * @return the principal, or empty if there is none
	 */
	Optional<Principal> principal();

	/**
	 * Return the id of the HTTP session of the browser. No session is created.
	 * @return the id, or empty
	 */
	Optional<String> httpSessionId();

	/**
	 * Return the URI of the request, with its query.
	 * @return the URI
	 */
	URI uri();

	/**
	 * Return the values of a header of the request.
	 * @param name its name, case-insensitive
	 * @return the values, possibly empty
	 */
	List<String> header(String name);

	/**
	 * Return the address of the browser, or of a proxy in front of the server.
	 * @return the address, or empty if unknown
	 */
	Optional<InetSocketAddress> remoteAddress();

	/**
	 * Return the attributes that customizers set for later ones and for
	 * {@link RelayCustomizer#customize}.
	 * @return a mutable map for this handshake
	 */
	Map<String, Object> attributes();

	/**
	 * Return the owner of the session for
	 * {@code streaming.relay.max-sessions-per-principal}: the name of the principal,
	 * unless a customizer has set another one.
	 * @return the owner, or empty if the session has none and is not counted
	 */
	Optional<String> owner();

	/**
	 * Set the owner of the session. Only the same owner may resume a session.
	 * @param owner any text that identifies the visitor
	 */
	void owner(String owner);

}
