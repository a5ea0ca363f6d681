package dev.streaming.internal.transport;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLContext;

import org.jspecify.annotations.Nullable;

/**
 * Where to dial, and how.
 *
 * @param uri a {@code ws} or {@code wss} URL
 * @param headers headers of the upgrade request
 * @param subprotocols subprotocols to offer
 * @param sslContext trust and keys for {@code wss}, or {@code null} for the default
 * @param maxMessageSize the largest message to receive, in bytes; beyond it the transport
 * closes with 1009
 * @param timeout what is left of the dial's time; the caller aborts the dial itself, this
 * is for transports that want a limit of their own
 */
public record DialRequest(URI uri, Map<String, List<String>> headers, List<String> subprotocols,
		@Nullable SSLContext sslContext, int maxMessageSize, Duration timeout) {
}
