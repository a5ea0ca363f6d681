package dev.streaming.internal.transport.websocket;

import java.time.Duration;

import javax.net.ssl.SSLContext;

import org.jspecify.annotations.Nullable;

/**
 * Settings of one dial for which Spring's {@code WebSocketClient} has no argument for:
 * implemented by the handler.
 */
interface DialOptions {

	/**
	 * Return the limit of each step of the dial.
	 * @return the limit
	 */
	Duration timeout();

	/**
	 * Return trust and keys.
	 * @return the context, or {@code null} for the client's
	 */
	@Nullable SSLContext sslContext();

}
