package dev.streaming;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

/**
 * WebSocket clients for connections.
 *
 * @since 1.0.0
 */
public enum TransportType {

	/**
	 * Spring's {@code StandardWebSocketClient} on the WebSocket client of Tomcat or
	 * Jetty.
	 */
	STANDARD("jakarta.websocket.WebSocketContainer"),

	/**
	 * Netty's WebSocket codec. Requires {@code netty-codec-http},
	 * {@code netty-handler-proxy} and {@code netty-resolver-dns} on the class path.
	 */
	NETTY("io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder", "io.netty.handler.proxy.HttpProxyHandler",
			"io.netty.resolver.dns.DnsAddressResolverGroup");

	private static final String CONTAINER_PROVIDER = "META-INF/services/jakarta.websocket.ContainerProvider";

	private final String[] classNames;

	TransportType(String... classNames) {
		this.classNames = classNames;
	}

	/**
	 * Return whether the classes of the transport are on the class path.
	 * @return whether they are
	 */
	public boolean isAvailable() {
		ClassLoader classLoader = TransportType.class.getClassLoader();
		for (String className : this.classNames) {
			if (!ClassUtils.isPresent(className, classLoader)) {
				return false;
			}
		}
		return this != STANDARD || classLoader.getResource(CONTAINER_PROVIDER) != null;
	}

	/**
	 * Return the default transport: {@link #STANDARD}, unless only Netty is on the class
	 * path.
	 * @return the default
	 */
	public static TransportType defaultType() {
		return Default.TYPE;
	}

	/**
	 * Resolve a transport, and check that it is available.
	 * @param transport the transport, or {@code null} for the default
	 * @return the transport
	 * @throws IllegalArgumentException if its classes are missing; the message has the
	 * required dependencies
	 */
	static TransportType available(@Nullable TransportType transport) {
		if (transport == null) {
			return defaultType();
		}
		Assert.isTrue(transport != NETTY || NETTY.isAvailable(),
				"transport is NETTY, but Netty is not on the class path: add the dependencies"
						+ " 'io.netty:netty-codec-http', 'io.netty:netty-handler-proxy' and"
						+ " 'io.netty:netty-resolver-dns'");
		return transport;
	}

	// Determined once, because class path lookups are slow, and settings are built for
	// each session
	private static final class Default {

		static final TransportType TYPE = (!STANDARD.isAvailable() && NETTY.isAvailable()) ? NETTY : STANDARD;

	}

}
