package dev.streaming.internal.transport.websocket;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import jakarta.websocket.ClientEndpointConfig.Configurator;
import jakarta.websocket.HandshakeResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Adds the headers to the upgrade request and, for a container that does not do it
 * itself, checks the answer. Called on the dialing thread.
 */
final class HandshakeConfigurator extends Configurator {

	private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

	private static final Set<String> RESERVED = Set.of("cache-control", "connection", "host",
			"sec-websocket-extensions", "sec-websocket-key", "sec-websocket-protocol", "sec-websocket-version",
			"pragma", "upgrade");

	private final HttpHeaders headers;

	private final List<String> subprotocols;

	private final boolean extensionsOffered;

	private final boolean checked;

	private @Nullable String key;

	/**
	 * Create a configurator for one dial.
	 * @param headers headers to add
	 * @param subprotocols subprotocols that are offered
	 * @param extensionsOffered whether extensions are
	 * @param checked whether to check the answer
	 */
	HandshakeConfigurator(HttpHeaders headers, List<String> subprotocols, boolean extensionsOffered, boolean checked) {
		this.headers = headers;
		this.subprotocols = subprotocols;
		this.extensionsOffered = extensionsOffered;
		this.checked = checked;
	}

	/**
	 * Return whether a header is the handshake's own, and not for others to set.
	 * @param name the name of the header
	 * @return whether it is
	 */
	static boolean isReserved(String name) {
		return RESERVED.contains(name.toLowerCase(Locale.ROOT));
	}

	@Override
	public void beforeRequest(Map<String, List<String>> requestHeaders) {
		this.key = first(requestHeaders, "Sec-WebSocket-Key");
		this.headers.forEach(requestHeaders::put);
	}

	@Override
	public void afterResponse(HandshakeResponse response) {
		Map<String, List<String>> answer = response.getHeaders();
		if (!names(answer, "Upgrade", "websocket")) {
			throw new HandshakeViolationException("it has no header Upgrade: websocket");
		}
		if (!names(answer, "Connection", "Upgrade")) {
			throw new HandshakeViolationException("it has no header Connection: Upgrade");
		}
		if (!this.checked) {
			return;
		}
		if (this.key != null && !acceptOf(this.key).equals(first(answer, HandshakeResponse.SEC_WEBSOCKET_ACCEPT))) {
			throw new HandshakeViolationException("its Sec-WebSocket-Accept is missing or wrong");
		}
		String subprotocol = first(answer, "Sec-WebSocket-Protocol");
		if (subprotocol != null && !this.subprotocols.contains(subprotocol)) {
			throw new HandshakeViolationException("it names a subprotocol that was not offered");
		}
		if (!this.extensionsOffered && first(answer, "Sec-WebSocket-Extensions") != null) {
			throw new HandshakeViolationException("it names an extension that was not offered");
		}
	}

	// Return whether a header names a token. It may be there more than once, and each
	// value may be a list.
	private static boolean names(Map<String, List<String>> headers, String name, String token) {
		return headers.entrySet()
			.stream()
			.filter((header) -> header.getKey().equalsIgnoreCase(name))
			.flatMap((header) -> header.getValue().stream())
			.flatMap((value) -> Arrays.stream(value.split(",")))
			.anyMatch((each) -> each.strip().equalsIgnoreCase(token));
	}

	private static String acceptOf(String key) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-1")
				.digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
			return Base64.getEncoder().encodeToString(digest);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static @Nullable String first(Map<String, List<String>> headers, String name) {
		for (Map.Entry<String, List<String>> header : headers.entrySet()) {
			if (header.getKey().equalsIgnoreCase(name) && !header.getValue().isEmpty()) {
				return header.getValue().get(0).strip();
			}
		}
		return null;
	}

}
