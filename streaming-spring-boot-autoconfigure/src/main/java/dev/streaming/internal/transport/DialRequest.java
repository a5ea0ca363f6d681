package dev.streaming.internal.transport;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import javax.net.ssl.SSLContext;

import dev.streaming.ProxySettings;
import dev.streaming.TransportType;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * Request of one dial. User info in the URL ({@code wss://user:password@host}) becomes a
 * header {@code Authorization: Basic}, unless the request has such a header.
 *
 * @param uri a {@code ws} or {@code wss} URL; the accessor returns it without user info
 * @param headers headers of the upgrade request
 * @param subprotocols subprotocols to offer
 * @param sslContext the SSL context for {@code wss}, or {@code null} for the default
 * @param maxMessageSize maximum size of a received message, in bytes; beyond it the
 * transport closes with 1009
 * @param timeout the remaining time of the dial, for transports with their own timeout;
 * the caller aborts the dial itself
 * @param transport the transport to dial with
 * @param connection the name of the connection's configuration, empty for none
 * @param proxy the proxy, or {@code null} to use the JVM's {@link java.net.ProxySelector}
 * @param compression whether to offer compression
 */
public record DialRequest(URI uri, Map<String, List<String>> headers, List<String> subprotocols,
		@Nullable SSLContext sslContext, int maxMessageSize, Duration timeout, TransportType transport,
		String connection, @Nullable ProxySettings proxy, boolean compression) {

	private static final String AUTHORIZATION = "Authorization";

	/**
	 * Create a request.
	 */
	public DialRequest {
		String userInfo = uri.getRawUserInfo();
		if (userInfo != null) {
			headers = withCredentials(headers, userInfo);
			uri = withoutUserInfo(uri);
		}
	}

	/**
	 * Create a request for a connection without a name.
	 * @param uri a {@code ws} or {@code wss} URL
	 * @param headers headers of the upgrade request
	 * @param subprotocols subprotocols to offer
	 * @param sslContext the SSL context for {@code wss}, or {@code null} for the default
	 * @param maxMessageSize maximum size of a received message, in bytes
	 * @param timeout the remaining time of the dial
	 * @param transport the transport to dial with
	 */
	public DialRequest(URI uri, Map<String, List<String>> headers, List<String> subprotocols,
			@Nullable SSLContext sslContext, int maxMessageSize, Duration timeout, TransportType transport) {
		this(uri, headers, subprotocols, sslContext, maxMessageSize, timeout, transport, "", null, false);
	}

	/**
	 * Create a request for the default transport.
	 * @param uri a {@code ws} or {@code wss} URL
	 * @param headers headers of the upgrade request
	 * @param subprotocols subprotocols to offer
	 * @param sslContext the SSL context for {@code wss}, or {@code null} for the default
	 * @param maxMessageSize maximum size of a received message, in bytes
	 * @param timeout the remaining time of the dial
	 */
	public DialRequest(URI uri, Map<String, List<String>> headers, List<String> subprotocols,
			@Nullable SSLContext sslContext, int maxMessageSize, Duration timeout) {
		this(uri, headers, subprotocols, sslContext, maxMessageSize, timeout, TransportType.defaultType());
	}

	private static Map<String, List<String>> withCredentials(Map<String, List<String>> headers, String userInfo) {
		Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		all.putAll(headers);
		String raw = userInfo.contains(":") ? userInfo : userInfo + ":";
		String credentials = StringUtils.uriDecode(raw, StandardCharsets.UTF_8);
		String encoded = Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
		all.putIfAbsent(AUTHORIZATION, List.of("Basic " + encoded));
		return all;
	}

	private static URI withoutUserInfo(URI uri) {
		String authority = uri.getRawAuthority();
		String text = uri.toString();
		int begin = text.indexOf("//") + 2;
		return URI.create(text.substring(0, begin) + text.substring(begin + authority.lastIndexOf('@') + 1));
	}

}
