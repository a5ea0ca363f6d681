package dev.streaming.internal.transport;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;

import dev.streaming.internal.transport.DialException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The one that a dial has failed on: the server, or the proxy before it. Its name is all
 * that messages say of a URL.
 *
 * @param name the name for messages, with which a sentence begins
 * @param server host and port of the server
 * @param isProxy whether this is the proxy
 */
public record DialPeer(String name, String server, boolean isProxy) {

	private static final int UNAUTHORIZED = 401;

	private static final int PROXY_AUTHENTICATION_REQUIRED = 407;

	/**
	 * Return the server.
	 * @param uri the URL that was dialed
	 * @return the peer
	 */
	public static DialPeer server(URI uri) {
		return new DialPeer(address(uri), address(uri), false);
	}

	/**
	 * Return the proxy.
	 * @param proxy the address of the proxy, or {@code null} if it is not known
	 * @param uri the URL that was dialed
	 * @return the peer
	 */
	public static DialPeer proxy(@Nullable InetSocketAddress proxy, URI uri) {
		String name = (proxy != null) ? "The proxy " + proxy.getHostString() + ":" + proxy.getPort() : "The proxy";
		return new DialPeer(name, address(uri), true);
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
	 * Return the failure of a dial that was answered with a status.
	 * @param status an HTTP status other than that of success
	 * @return the failure
	 */
	public DialException answered(int status) {
		return answered(status, null);
	}

	/**
	 * Return the failure of a dial that was answered with a status.
	 * @param status an HTTP status other than that of success
	 * @param retryAfter the delay that the answer asks for, or {@code null}
	 * @return the failure
	 */
	public DialException answered(int status, @Nullable Duration retryAfter) {
		if (this.isProxy) {
			String advice = (status == PROXY_AUTHENTICATION_REQUIRED) ? ": it requires valid credentials" : "";
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
	 * Return the failure of a dial that was answered with a challenge which the client
	 * cannot meet.
	 * @return the failure
	 */
	public DialException challenged() {
		return answered(this.isProxy ? PROXY_AUTHENTICATION_REQUIRED : UNAUTHORIZED);
	}

}
