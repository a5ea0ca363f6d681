package dev.streaming.internal.transport.websocket;

import java.time.Duration;

import javax.net.ssl.SSLContext;

import dev.streaming.ProxySettings;
import org.jspecify.annotations.Nullable;

/**
 * Settings of one dial for which Spring's {@code WebSocketClient} has no argument.
 * Implemented by the handler.
 */
interface DialOptions {

	/**
	 * Return the timeout of each step of the dial.
	 * @return the timeout
	 */
	Duration timeout();

	/**
	 * Return the SSL context.
	 * @return the context, or {@code null} for that of the client
	 */
	@Nullable SSLContext sslContext();

	/**
	 * Return the proxy.
	 * @return the proxy, or {@code null} to use the JVM's {@link java.net.ProxySelector}
	 */
	@Nullable ProxySettings proxy();

}
