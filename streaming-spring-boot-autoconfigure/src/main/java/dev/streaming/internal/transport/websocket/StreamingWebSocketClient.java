package dev.streaming.internal.transport.websocket;

import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import javax.net.ssl.SSLContext;

import dev.streaming.ProxySettings;
import dev.streaming.internal.transport.DialException;
import dev.streaming.internal.transport.HandshakeRules;
import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.ContainerProvider;
import jakarta.websocket.Endpoint;
import jakarta.websocket.Extension;
import jakarta.websocket.WebSocketContainer;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpHeaders;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.standard.StandardWebSocketHandlerAdapter;
import org.springframework.web.socket.adapter.standard.StandardWebSocketSession;
import org.springframework.web.socket.adapter.standard.WebSocketToStandardExtensionAdapter;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;

/**
 * {@link StandardWebSocketClient} that does not follow redirects, so that no header is
 * sent to another host, validates the response of the server, and resumes TLS sessions,
 * all of which Tomcat's client does not do.
 * <p>
 * Connects on the calling thread, which blocks for DNS, TCP, TLS and the upgrade and is
 * interruptible; a configured task executor has no effect. The timeout of each step is
 * {@link #DEFAULT_TIMEOUT} unless the transport specifies another one; there is no limit
 * for the sum of the steps.
 */
public final class StreamingWebSocketClient extends StandardWebSocketClient implements DisposableBean {

	/** Timeout of one step of a handshake. */
	public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

	private static final String MAX_HTTP_RESPONSE_HEADER_BYTES = "org.apache.tomcat.websocket.MAX_HTTP_RESPONSE_HEADER_BYTES";

	private static final String MAX_REDIRECTIONS = "org.apache.tomcat.websocket.MAX_REDIRECTIONS";

	private static final String IO_TIMEOUT_MS = "org.apache.tomcat.websocket.IO_TIMEOUT_MS";

	private static final String PROXY_USER = "org.apache.tomcat.websocket.WS_AUTHENTICATION_PROXY_USER_NAME";

	private static final String PROXY_PASSWORD = "org.apache.tomcat.websocket.WS_AUTHENTICATION_PROXY_PASSWORD";

	private final DialProxies dialProxies = new DialProxies();

	private final WebSocketContainer container;

	private final boolean tomcat;

	private final boolean jetty;

	/**
	 * Create a client on Tomcat's WebSocket client if that is on the class path, or else
	 * on the available one.
	 */
	public StreamingWebSocketClient() {
		this(NativeSession.Containers.TOMCAT ? Tomcat.create() : ContainerProvider.getWebSocketContainer());
	}

	/**
	 * Create a client.
	 * @param container the container; Jetty's HTTP client is configured not to follow
	 * redirects
	 */
	public StreamingWebSocketClient(WebSocketContainer container) {
		super(container);
		this.container = container;
		this.tomcat = NativeSession.Containers.TOMCAT && Tomcat.is(container);
		this.jetty = container.getClass().getName().startsWith("org.eclipse.jetty.");
		if (this.tomcat) {
			TomcatField.warnIfMissing();
		}
		if (this.jetty) {
			forbidRedirects(container);
		}
	}

	@Override
	protected CompletableFuture<WebSocketSession> executeInternal(WebSocketHandler handler, HttpHeaders headers,
			URI uri, List<String> subprotocols, List<WebSocketExtension> extensions, Map<String, Object> attributes) {
		try {
			return CompletableFuture
				.completedFuture(connect(handler, headers, uri, subprotocols, extensions, attributes));
		}
		catch (Exception ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * Connect on this thread. Unlike {@code execute} this does not log the URL, whose
	 * query may contain a key.
	 * @param handler notified of the connection; may implement {@link DialOptions}
	 * @param headers headers to add, except those of the handshake
	 * @param uri the URL
	 * @param subprotocols subprotocols to offer
	 * @param extensions extensions to offer
	 * @param attributes attributes of the session
	 * @return the session
	 * @throws Exception if the dial fails
	 */
	WebSocketSession connect(WebSocketHandler handler, HttpHeaders headers, URI uri, List<String> subprotocols,
			List<WebSocketExtension> extensions, Map<String, Object> attributes) throws Exception {
		@Nullable DialOptions options = (handler instanceof DialOptions own) ? own : null;
		if (options != null && options.sslContext() != null && this.jetty) {
			// The container uses that of its HTTP client, regardless of the configuration
			throw new DialException(DialException.Kind.MALFORMED,
					"The WebSocket container takes no SSL context for one connection:"
							+ " configure the container's own HTTP client instead",
					null);
		}
		ProxySettings proxy = (options != null) ? options.proxy() : null;
		if (proxy != null && !this.tomcat && proxy.appliesTo(uri.getHost())) {
			throw new DialException(DialException.Kind.MALFORMED,
					"The WebSocket container takes no proxy for one connection:"
							+ " configure the container's own HTTP client, or use transport: netty",
					null);
		}
		boolean secure = "wss".equalsIgnoreCase(uri.getScheme());
		ClientEndpointConfig config = ClientEndpointConfig.Builder.create()
			.configurator(new HandshakeConfigurator(headers, subprotocols, !extensions.isEmpty(), this.tomcat))
			.preferredSubprotocols(subprotocols)
			.extensions(extensions.stream().<Extension>map(WebSocketToStandardExtensionAdapter::new).toList())
			.sslContext(secure ? sslContext(options) : null)
			.build();
		Duration timeout = (options != null) ? options.timeout() : DEFAULT_TIMEOUT;
		// Ignored unless they are strings. Tomcat's timeout applies to each step; the
		// caller's timeout of the whole dial must be shorter
		config.getUserProperties().put(MAX_REDIRECTIONS, "0");
		config.getUserProperties().put(MAX_HTTP_RESPONSE_HEADER_BYTES, String.valueOf(HandshakeRules.MAX_HEADER_BYTES));
		config.getUserProperties().put(IO_TIMEOUT_MS, String.valueOf(timeout.plusSeconds(1).toMillis()));
		config.getUserProperties().putAll(getUserProperties());
		credentials(proxy, config.getUserProperties());
		NamelessSession session = new NamelessSession(headers, attributes, uri);
		StandardWebSocketHandlerAdapter endpoint = new StandardWebSocketHandlerAdapter(handler, session);
		if (proxy == null || !this.tomcat) {
			connect(endpoint, config, uri);
		}
		else {
			this.dialProxies.with(HttpProxies.configured(uri, proxy), () -> connect(endpoint, config, uri));
		}
		return session;
	}

	private void connect(Endpoint endpoint, ClientEndpointConfig config, URI uri) throws Exception {
		InetSocketAddress proxy = this.tomcat ? HttpProxies.select(uri) : null;
		if (proxy == null) {
			this.container.connectToServer(endpoint, config, uri);
			return;
		}
		TunnelConfig tunnel = new TunnelConfig(config);
		try {
			this.container.connectToServer(endpoint, tunnel, uri);
		}
		catch (Exception ex) {
			throw tunnel.isTunnelOpen() ? ex : DialFailures.ofProxy(uri, proxy, ex);
		}
	}

	// Credentials that the client has for a proxy of the JVM must not be sent to another
	// one
	private static void credentials(@Nullable ProxySettings proxy, Map<String, Object> properties) {
		if (proxy == null) {
			return;
		}
		properties.remove(PROXY_USER);
		properties.remove(PROXY_PASSWORD);
		if (proxy.user() != null && proxy.password() != null) {
			properties.put(PROXY_USER, proxy.user());
			properties.put(PROXY_PASSWORD, proxy.password());
		}
	}

	private static void forbidRedirects(WebSocketContainer container) {
		Method getHttpClient = ReflectionUtils.findMethod(container.getClass(), "getHttpClient");
		Assert.state(getHttpClient != null, "Jetty's container shows no HTTP client to forbid redirects to");
		ReflectionUtils.makeAccessible(getHttpClient);
		Object httpClient = ReflectionUtils.invokeMethod(getHttpClient, container);
		Assert.state(httpClient != null, "Jetty's container has no HTTP client to forbid redirects to");
		ReflectionUtils.invokeMethod(ClassUtils.getMethod(httpClient.getClass(), "setFollowRedirects", boolean.class),
				httpClient, false);
		ReflectionUtils.invokeMethod(
				ClassUtils.getMethod(httpClient.getClass(), "setMaxResponseHeadersSize", int.class), httpClient,
				HandshakeRules.MAX_HEADER_BYTES);
	}

	private SSLContext sslContext(@Nullable DialOptions options) throws NoSuchAlgorithmException {
		SSLContext own = (options != null) ? options.sslContext() : null;
		if (own == null) {
			own = getSslContext();
		}
		// Tomcat's default is a new context for each dial, without sessions to resume
		return (own != null) ? own : SSLContext.getDefault();
	}

	/**
	 * Close the remaining sessions and release Tomcat's threads. The client can be used
	 * again. Blocks for the time of a close frame.
	 */
	@Override
	public void destroy() {
		this.dialProxies.close();
		if (this.tomcat) {
			Tomcat.destroy(this.container);
		}
	}

	/**
	 * Parts that depend on Tomcat's classes.
	 */
	private static final class Tomcat {

		static WebSocketContainer create() {
			return new TomcatContainer();
		}

		static boolean is(WebSocketContainer container) {
			return container instanceof org.apache.tomcat.websocket.WsWebSocketContainer;
		}

		static void destroy(WebSocketContainer container) {
			if (container instanceof TomcatContainer own) {
				own.destroy();
			}
		}

	}

	/**
	 * Session whose name in Spring's log has no URL.
	 */
	private static final class NamelessSession extends StandardWebSocketSession {

		private final String name;

		NamelessSession(HttpHeaders headers, Map<String, Object> attributes, URI uri) {
			super(headers, attributes, null,
					InetSocketAddress.createUnresolved(uri.getHost(), Math.max(0, uri.getPort())));
			this.name = "WebSocketSession[id=" + getId() + ", host=" + uri.getHost() + "]";
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
