package dev.streaming.internal.transport;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;

import dev.streaming.ProxySettings;
import dev.streaming.internal.transport.DialException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Peer of a failed dial: the server, or the proxy in front of it. Messages contain its
 * name, but no other part of the URL.
 *
 * @param name the name for messages, at the beginning of a sentence
 * @param server host and port of the server
 * @param isProxy whether this is the proxy
 */
public record DialPeer(String name, String server, boolean isProxy) {

	private static final int UNAUTHORIZED = 401;

	private static final int PROXY_AUTHENTICATION_REQUIRED = 407;

	/**
	 * Create the peer for a server.
	 * @param uri the URL that was dialed
	 * @return the peer
	 */
	public static DialPeer server(URI uri) {
		return new DialPeer(address(uri), address(uri), false);
	}

	/**
	 * Create the peer for a proxy.
	 * @param proxy the address of the proxy, or {@code null} if it is unknown
	 * @param uri the URL that was dialed
	 * @return the peer
	 */
	public static DialPeer proxy(@Nullable InetSocketAddress proxy, URI uri) {
		String name = (proxy != null) ? "The proxy " + proxy.getHostString() + ":" + proxy.getPort() : "The proxy";
		return new DialPeer(name, address(uri), true);
	}

	/**
	 * Create the peer for a proxy.
	 * @param proxy the settings of the proxy
	 * @param uri the URL that was dialed
	 * @return the peer
	 */
	public static DialPeer proxyOf(ProxySettings proxy, URI uri) {
		return proxy(InetSocketAddress.createUnresolved(proxy.host(), proxy.port()), uri);
	}

	/**
	 * Return host and port of a URL.
	 * @param uri a {@code ws} or {@code wss} URL
	 * @return the host and the port, the default one if the URL has none
	 */
	public static String address(URI uri) {
		int port = uri.getPort();
		if (port == -1) {
			port = "wss".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
		}
		return uri.getHost() + ":" + port;
	}

	/**
	 * Create the failure of a dial that was answered with a status.
	 * @param status an HTTP status other than success
	 * @return the failure
	 */
	public DialException answered(int status) {
		return answered(status, null);
	}

	/**
	 * Create the failure of a dial that was answered with a status.
	 * @param status an HTTP status other than success
	 * @param retryAfter the requested delay, or {@code null}
	 * @return the failure
	 */
	public DialException answered(int status, @Nullable Duration retryAfter) {
		if (this.isProxy) {
			// Some proxies respond with 401 to invalid credentials
			String advice = (status == PROXY_AUTHENTICATION_REQUIRED || status == UNAUTHORIZED)
					? ": it requires valid credentials" : "";
			return new DialException(Kind.PROXY_REFUSED,
					"%s refused to connect to %s with status %d%s".formatted(this.name, this.server, status, advice),
					null, status, retryAfter);
		}
		if (status < 200) {
			return new DialException(Kind.PROTOCOL,
					"%s sent the interim response %d before its answer, and the WebSocket client cannot skip it"
						.formatted(this.name, status),
					null);
		}
		if (status >= 300 && status < 400) {
			return new DialException(Kind.REDIRECT,
					"%s answered with a redirect (%d), which is not followed".formatted(this.name, status), null,
					status, retryAfter);
		}
		return new DialException(Kind.REFUSED, "%s refused the upgrade with status %d".formatted(this.name, status),
				null, status, retryAfter);
	}

	/**
	 * Create the failure of a dial whose credentials were not accepted by a SOCKS proxy,
	 * or which had none.
	 * @return the failure
	 */
	public DialException loginRefused() {
		return new DialException(Kind.PROXY_REFUSED,
				"%s refused to connect to %s: it requires valid credentials".formatted(this.name, this.server), null);
	}

	/**
	 * Create the failure of a dial that a SOCKS proxy has not completed.
	 * @param reason the reason, in terms of the protocol
	 * @return the failure
	 */
	public DialException refused(String reason) {
		return new DialException(Kind.NETWORK, "%s did not connect to %s: %s".formatted(this.name, this.server, reason),
				null);
	}

	/**
	 * Create the failure of a dial that was answered with an unsupported challenge.
	 * @return the failure
	 */
	public DialException challenged() {
		return answered(this.isProxy ? PROXY_AUTHENTICATION_REQUIRED : UNAUTHORIZED);
	}

}
