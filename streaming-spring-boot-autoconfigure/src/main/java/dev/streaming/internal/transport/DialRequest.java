package dev.streaming.internal.transport;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import javax.net.ssl.SSLContext;

import dev.streaming.TransportType;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * The request of one dial. User info in the URL ({@code wss://user:password@host})
 * becomes a header {@code Authorization: Basic}, unless the request has such a header.
 *
 * @param uri a {@code ws} or {@code wss} URL; without user info, once created
 * @param headers headers of the upgrade request
 * @param subprotocols subprotocols to offer
 * @param sslContext trust and keys for {@code wss}, or {@code null} for the default
 * @param maxMessageSize the largest message to receive, in bytes; beyond it the transport
 * closes with 1009
 * @param timeout the remaining time of the dial; the caller aborts the dial itself, this
 * is for transports that want a limit of their own
 * @param transport the transport to dial with
 */
public record DialRequest(URI uri, Map<String, List<String>> headers, List<String> subprotocols,
		@Nullable SSLContext sslContext, int maxMessageSize, Duration timeout, TransportType transport) {

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
	 * Create a request for the default transport.
	 * @param uri a {@code ws} or {@code wss} URL
	 * @param headers headers of the upgrade request
	 * @param subprotocols subprotocols to offer
	 * @param sslContext trust and keys for {@code wss}, or {@code null} for the default
	 * @param maxMessageSize the largest message to receive, in bytes
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
