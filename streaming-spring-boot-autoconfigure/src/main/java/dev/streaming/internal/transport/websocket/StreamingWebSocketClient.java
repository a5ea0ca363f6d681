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
 * A {@link StandardWebSocketClient} without the traps of Tomcat's client: it follows no
 * redirect, so no header reaches another host, checks what the server answers, and
 * resumes TLS sessions.
 * <p>
 * It connects on the calling thread, which blocks for DNS, TCP, TLS and the upgrade and
 * which an interrupt sets free; a task executor that is set has no effect. Each step has
 * {@link #DEFAULT_TIMEOUT} unless the transport says otherwise; the sum of the steps has
 * no limit here.
 */
public final class StreamingWebSocketClient extends StandardWebSocketClient implements DisposableBean {

	/** Timeout of one step of a handshake. */
	public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

	private static final String MAX_HTTP_RESPONSE_HEADER_BYTES = "org.apache.tomcat.websocket.MAX_HTTP_RESPONSE_HEADER_BYTES";

	private static final String MAX_REDIRECTIONS = "org.apache.tomcat.websocket.MAX_REDIRECTIONS";

	private static final String IO_TIMEOUT_MS = "org.apache.tomcat.websocket.IO_TIMEOUT_MS";

	private final WebSocketContainer container;

	private final boolean tomcat;

	private final boolean jetty;

	/**
	 * Create a client on Tomcat's WebSocket client if that is on the class path, or else
	 * on the one that is.
	 */
	public StreamingWebSocketClient() {
		this(NativeSession.Containers.TOMCAT ? Tomcat.create() : ContainerProvider.getWebSocketContainer());
	}

	/**
	 * Create a client.
	 * @param container makes the connections; Jetty's HTTP client is configured not to
	 * follow redirects
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
	 * Connect on this thread. Unlike {@code execute} it logs nothing: a URL's query may
	 * hold a key.
	 * @param handler notified of the connection; may have {@link DialOptions}
	 * @param headers headers to add, none of them the handshake's own
	 * @param uri where to connect
	 * @param subprotocols subprotocols to offer
	 * @param extensions extensions to offer
	 * @param attributes attributes of the session
	 * @return the session
	 * @throws Exception if the connection cannot be made
	 */
	WebSocketSession connect(WebSocketHandler handler, HttpHeaders headers, URI uri, List<String> subprotocols,
			List<WebSocketExtension> extensions, Map<String, Object> attributes) throws Exception {
		@Nullable DialOptions options = (handler instanceof DialOptions own) ? own : null;
		if (options != null && options.sslContext() != null && this.jetty) {
			// It takes the one of its HTTP client, whatever the configuration says
			throw new DialException(DialException.Kind.MALFORMED,
					"The WebSocket container takes no SSL context for one connection:"
							+ " configure the container's own HTTP client instead",
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
		// They are ignored unless they are strings. Tomcat's timeout is for each step:
		// the
		// deadline of the whole dial is the caller's, and is to pass first
		config.getUserProperties().put(MAX_REDIRECTIONS, "0");
		config.getUserProperties().put(MAX_HTTP_RESPONSE_HEADER_BYTES, String.valueOf(HandshakeRules.MAX_HEADER_BYTES));
		config.getUserProperties().put(IO_TIMEOUT_MS, String.valueOf(timeout.plusSeconds(1).toMillis()));
		config.getUserProperties().putAll(getUserProperties());
		NamelessSession session = new NamelessSession(headers, attributes, uri);
		connect(new StandardWebSocketHandlerAdapter(handler, session), config, uri);
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
		// Tomcat's own default is a new one each time, and nothing to resume in it
		return (own != null) ? own : SSLContext.getDefault();
	}

	/**
	 * Close the sessions that are left and free Tomcat's threads. The client can be used
	 * again. Blocks for as long as a close frame takes.
	 */
	@Override
	public void destroy() {
		if (this.tomcat) {
			Tomcat.destroy(this.container);
		}
	}

	/**
	 * Parts that need Tomcat's classes.
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
	 * A session whose name in Spring's log lines has no URL.
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
