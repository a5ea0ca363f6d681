package dev.streaming.internal.transport;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Rules of the opening handshake (RFC 6455, section 4) that do not depend on the client.
 */
public final class HandshakeRules {

	/** Maximum size of the headers of a response, in bytes. */
	public static final int MAX_HEADER_BYTES = 32 * 1024;

	private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

	private static final Set<String> RESERVED = Set.of("cache-control", "connection", "host",
			"sec-websocket-extensions", "sec-websocket-key", "sec-websocket-protocol", "sec-websocket-version",
			"pragma", "upgrade");

	private HandshakeRules() {
	}

	/**
	 * Return whether a header is reserved for the handshake.
	 * @param name the name of the header
	 * @return whether it is
	 */
	public static boolean isReserved(String name) {
		return RESERVED.contains(name.toLowerCase(Locale.ROOT));
	}

	/**
	 * Check that a response with status 101 switches to WebSocket.
	 * @param answer the headers of the response
	 * @throws HandshakeViolationException if it does not
	 */
	public static void checkUpgrade(Map<String, List<String>> answer) {
		if (!names(answer, "Upgrade", "websocket")) {
			throw new HandshakeViolationException("it has no header Upgrade: websocket");
		}
		if (!names(answer, "Connection", "Upgrade")) {
			throw new HandshakeViolationException("it has no header Connection: Upgrade");
		}
	}

	/**
	 * Check that a response accepts the request, and agrees to nothing that was not
	 * offered.
	 * @param answer the headers of the response
	 * @param key the key of the request, or {@code null} if it is unknown
	 * @param subprotocols the subprotocols that were offered
	 * @param extensionsOffered whether extensions were offered
	 * @throws HandshakeViolationException if it does not
	 */
	public static void checkAgreement(Map<String, List<String>> answer, @Nullable String key, List<String> subprotocols,
			boolean extensionsOffered) {
		if (key != null && !acceptOf(key).equals(first(answer, "Sec-WebSocket-Accept"))) {
			throw new HandshakeViolationException("its Sec-WebSocket-Accept is missing or wrong");
		}
		String subprotocol = first(answer, "Sec-WebSocket-Protocol");
		if (subprotocol != null && !subprotocols.contains(subprotocol)) {
			throw new HandshakeViolationException("it names a subprotocol that was not offered");
		}
		if (!extensionsOffered && first(answer, "Sec-WebSocket-Extensions") != null) {
			throw new HandshakeViolationException("it names an extension that was not offered");
		}
	}

	/**
	 * Return the first value of a header.
	 * @param headers the headers
	 * @param name the name, case-insensitive
	 * @return the value, or {@code null}
	 */
	public static @Nullable String first(Map<String, List<String>> headers, String name) {
		for (Map.Entry<String, List<String>> header : headers.entrySet()) {
			if (header.getKey().equalsIgnoreCase(name) && !header.getValue().isEmpty()) {
				return header.getValue().get(0).strip();
			}
		}
		return null;
	}

	// Return whether a header contains a token. There may be several values, each of
	// which may be a list.
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

}
