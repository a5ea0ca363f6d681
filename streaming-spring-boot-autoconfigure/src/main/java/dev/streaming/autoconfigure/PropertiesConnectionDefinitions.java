package dev.streaming.autoconfigure;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import dev.streaming.ConnConfig;
import dev.streaming.ConnConfigCustomizer;
import dev.streaming.HandshakeCustomizer;
import dev.streaming.ProxySettings;
import dev.streaming.SessionConfig;
import dev.streaming.SessionInterceptor;
import dev.streaming.SessionListener;
import dev.streaming.autoconfigure.StreamingProperties.Conn;
import dev.streaming.autoconfigure.StreamingProperties.Connection;
import dev.streaming.autoconfigure.StreamingProviders.Bound;
import dev.streaming.internal.session.ConnectionDefinitions;
import dev.streaming.internal.util.HttpRules;
import dev.streaming.internal.util.WebSocketUrl;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.StringUtils;

/**
 * Definitions of connections by {@link StreamingProperties} and beans. The settings are
 * validated on creation.
 */
class PropertiesConnectionDefinitions implements ConnectionDefinitions {

	private static final String CONN = "streaming.conn";

	private static final String CONNECTIONS = "streaming.connections";

	private static final String URL_ACTION = "Set it to a ws:// or wss:// URL, such as wss://host/path.";

	private final StreamingProperties properties;

	private final SessionHandlers handlers;

	private final StreamingProviders providers;

	private final SslContexts sslContexts;

	private final ObjectProvider<ConnConfigCustomizer> customizers;

	private final ObjectProvider<HandshakeCustomizer> handshakes;

	private final ObjectProvider<SessionListener> listeners;

	private final ObjectProvider<SessionInterceptor> interceptors;

	private final ReconnectNotice reconnectNotice = new ReconnectNotice();

	PropertiesConnectionDefinitions(StreamingProperties properties, SessionHandlers handlers,
			StreamingProviders providers, SslContexts sslContexts, ObjectProvider<ConnConfigCustomizer> customizers,
			ObjectProvider<HandshakeCustomizer> handshakes, ObjectProvider<SessionListener> listeners,
			ObjectProvider<SessionInterceptor> interceptors) {
		this.properties = properties;
		this.handlers = handlers;
		this.providers = providers;
		this.sslContexts = sslContexts;
		this.customizers = customizers;
		this.handshakes = handshakes;
		this.listeners = listeners;
		this.interceptors = interceptors;
		check();
	}

	/**
	 * Return the property prefix of a connection.
	 * @param name the connection's name
	 * @return {@code streaming.connections.<name>}
	 */
	static String prefix(String name) {
		boolean plain = true;
		for (int i = 0; i < name.length(); i++) {
			char c = name.charAt(i);
			plain = plain && (Character.isLetterOrDigit(c) || c == '-' || c == '_');
		}
		return CONNECTIONS + (plain ? "." + name : "[" + name + "]");
	}

	/**
	 * Return the names of all connections, including {@code default}.
	 * @return the names, sorted
	 */
	Set<String> names() {
		Set<String> names = new TreeSet<>(this.properties.getConnections().keySet());
		names.add(ConnConfig.DEFAULT_NAME);
		return names;
	}

	private void check() {
		PropertySettings.check(CONN, this.properties.getConn());
		PropertySettings.check("streaming.session", this.properties.getSession());
		checkOwn(CONN, this.properties.getConn());
		checkMaxSessions("streaming", this.properties.getMaxSessions());
		Map<String, Connection> named = this.properties.getConnections();
		if (named.isEmpty() || StringUtils.hasText(this.properties.getConn().getUrl())) {
			Conn conn = this.properties.getConn();
			new ConfiguredTransport(CONN, conn, conn).check(proxy(null));
		}
		this.properties.getConnections().forEach((name, connection) -> {
			String prefix = prefix(name);
			if (ConnConfig.DEFAULT_NAME.equals(name.toLowerCase(Locale.ROOT))) {
				throw new StreamingConfigurationException(
						"The name of '" + prefix
								+ "' is reserved: the connection 'default' is the one under 'streaming.conn'.",
						"Give the connection another name, or move its settings to 'streaming.conn' and"
								+ " 'streaming.session'.");
			}
			PropertySettings.check(prefix + ".conn", connection.getConn());
			PropertySettings.check(prefix + ".session", connection.getSession());
			checkOwn(prefix + ".conn", connection.getConn());
			checkMaxSessions(prefix, connection.getMaxSessions());
			new ConfiguredTransport(prefix + ".conn", connection.getConn(), this.properties.getConn())
				.check(proxy(name));
			configured(name);
		});
	}

	private static void checkMaxSessions(String prefix, int maxSessions) {
		if (maxSessions < 0) {
			throw new StreamingConfigurationException(prefix + ".max-sessions", maxSessions, "It must not be negative.",
					"Set it to the number of sessions, or remove it for no limit.");
		}
	}

	private void checkOwn(String prefix, Conn conn) {
		String url = conn.getUrl();
		if (StringUtils.hasText(url)) {
			UnresolvedPlaceholder.refuse(prefix + ".url", url);
			checkUrl(prefix + ".url", url);
		}
		for (Map.Entry<String, String> header : conn.getHeaders().entrySet()) {
			String property = prefix + ".headers." + header.getKey();
			UnresolvedPlaceholder.refuse(property, header.getValue());
			check(property, null, () -> HttpRules.header(header.getKey(), header.getValue()),
					"Set it to the name and value of an HTTP header, without line breaks.");
		}
		for (String subprotocol : conn.getSubprotocols()) {
			check(prefix + ".subprotocols", subprotocol, () -> HttpRules.subprotocol(subprotocol),
					"Set it to the names of subprotocols, separated by commas.");
		}
		String bundle = conn.getSslBundle();
		if (StringUtils.hasText(bundle)) {
			check(prefix + ".ssl-bundle", bundle, () -> this.sslContexts.get(bundle),
					"Set it to the name of a bundle under 'spring.ssl.bundle', and check that bundle.");
		}
	}

	private static void checkUrl(String property, String url) {
		try {
			WebSocketUrl.parse(url);
		}
		catch (IllegalArgumentException ex) {
			throw refused(property, shown(url), ex, URL_ACTION);
		}
	}

	private static void check(String property, @Nullable Object shown, Runnable check, String action) {
		try {
			check.run();
		}
		catch (RuntimeException ex) {
			throw refused(property, shown, ex, action);
		}
	}

	private static StreamingConfigurationException refused(String property, @Nullable Object shown, RuntimeException ex,
			String action) {
		String reason = StringUtils.capitalize(String.valueOf(ex.getMessage()).replaceFirst("^url ", "URL "));
		return new StreamingConfigurationException(property, shown, reason.endsWith(".") ? reason : reason + ".",
				action, ex);
	}

	// Neither user info nor query, and nothing of a URL that cannot be parsed
	private static @Nullable String shown(String url) {
		try {
			URI uri = new URI(url);
			return (uri.getHost() != null)
					? new URI(uri.getScheme(), null, uri.getHost(), uri.getPort(), uri.getPath(), null, null).toString()
					: null;
		}
		catch (URISyntaxException ex) {
			return null;
		}
	}

	@Override
	public ConnConfig.Builder conn(String name) {
		ConnConfig.Builder builder = configured(name);
		customize(name, null, builder);
		return builder;
	}

	/**
	 * Apply the customizers that support a connection.
	 * @param name the connection's name
	 * @param done the connection whose customizers were applied before, or {@code null}
	 * @param builder the settings to customize
	 */
	void customize(String name, @Nullable String done, ConnConfig.Builder builder) {
		this.handshakes.orderedStream()
			.filter((bean) -> bean.supports(name) && (done == null || !bean.supports(done)))
			.forEach(builder::handshake);
		this.customizers.orderedStream()
			.filter((bean) -> bean.supports(name) && (done == null || !bean.supports(done)))
			.forEach((bean) -> bean.customize(builder));
	}

	/**
	 * Return the settings that all connections inherit.
	 * @return a new builder, without a URL
	 */
	ConnConfig.Builder inherited() {
		ConnConfig.Builder builder = ConnConfig.builder("");
		PropertySettings.apply(this.properties.getConn(), builder);
		applyProxy(null, builder);
		return builder;
	}

	private ConfiguredProxy proxy(@Nullable String name) {
		Conn inherited = this.properties.getConn();
		Connection named = (name != null) ? this.properties.getConnections().get(name) : null;
		return (name != null && named != null) ? new ConfiguredProxy(prefix(name) + ".conn", named.getConn(), inherited)
				: new ConfiguredProxy(CONN, inherited, inherited);
	}

	private void applyProxy(@Nullable String name, ConnConfig.Builder builder) {
		ProxySettings settings = proxy(name).settings();
		if (settings != null) {
			builder.proxy(settings);
		}
	}

	/**
	 * Return whether a connection is defined by properties.
	 * @param name its name
	 * @return whether it is, or is {@code default}
	 */
	boolean isConfigured(String name) {
		return ConnConfig.DEFAULT_NAME.equals(name) || this.properties.getConnections().containsKey(name);
	}

	private ConnConfig.Builder configured(String name) {
		Connection named = named(name);
		ConnConfig.Builder builder = ConnConfig.builder("").name(name);
		if (named != null) {
			Bound<?> provider = this.providers.get(name);
			if (provider != null) {
				provider.configure(builder);
			}
		}
		PropertySettings.apply(this.properties.getConn(), builder);
		Conn own = this.properties.getConn();
		if (named != null) {
			own = named.getConn();
			PropertySettings.apply(own, builder);
		}
		applyProxy(name, builder);
		applyOwn(own, builder);
		return builder;
	}

	private void applyOwn(Conn own, ConnConfig.Builder builder) {
		if (StringUtils.hasText(own.getUrl())) {
			builder.url(own.getUrl());
		}
		builder.headers(own.getHeaders());
		if (!own.getSubprotocols().isEmpty()) {
			builder.subprotocols(own.getSubprotocols().toArray(String[]::new));
		}
		if (StringUtils.hasText(own.getSslBundle())) {
			builder.sslContext(this.sslContexts.get(own.getSslBundle()));
		}
	}

	@Override
	public SessionConfig.Builder session(String name) {
		Connection named = named(name);
		SessionConfig.Builder builder = SessionConfig.builder();
		Bound<?> provider = (named != null) ? this.providers.get(name) : null;
		if (provider != null && named != null && !StringUtils.hasText(named.getHandler())) {
			provider.configureSession(builder);
		}
		PropertySettings.apply(this.properties.getSession(), builder);
		if (named != null) {
			PropertySettings.apply(named.getSession(), builder);
		}
		this.listeners.orderedStream().forEach(builder::listener);
		this.interceptors.orderedStream().forEach(builder::interceptor);
		return builder.onError(this.handlers.errorClassifier(name));
	}

	@Override
	public int maxSessions() {
		return this.properties.getMaxSessions();
	}

	@Override
	public int maxSessions(String name) {
		Connection named = named(name);
		return (named != null) ? named.getMaxSessions() : 0;
	}

	@Override
	public Runnable handler(String name, SessionConfig.Builder session) {
		named(name);
		return this.handlers.handle(name, session);
	}

	@Override
	public void opening(String name, SessionConfig session) {
		opening(name, name, session);
	}

	/**
	 * Called before a session is opened.
	 * @param name the connection's name
	 * @param configured the configured connection that its settings come from
	 * @param session the settings
	 */
	void opening(String name, String configured, SessionConfig session) {
		String prefix = configured.equals(ConnConfig.DEFAULT_NAME) ? "streaming" : prefix(configured);
		this.reconnectNotice.opening(name, prefix + ".session", session);
	}

	/**
	 * Return a description of an unknown connection.
	 * @param name the name
	 * @param others names of connections that are defined in code
	 * @return a message with the most similar name and all known names
	 */
	String unknown(String name, Set<String> others) {
		Set<String> known = new TreeSet<>(this.properties.getConnections().keySet());
		known.addAll(others);
		if (StringUtils.hasText(this.properties.getConn().getUrl())) {
			known.add(ConnConfig.DEFAULT_NAME);
		}
		String nearest = NearestName.of(name, known);
		return "There is no connection '" + name + "' under '" + CONNECTIONS + "'; "
				+ ((nearest != null) ? "did you mean '" + nearest + "'? The" : "the") + " known ones are " + known;
	}

	/**
	 * Return the properties of a named connection.
	 * @param name its name
	 * @return the properties, or {@code null} for the connection {@code default}
	 * @throws IllegalArgumentException if there is no such connection
	 */
	private @Nullable Connection named(String name) {
		Connection named = this.properties.getConnections().get(name);
		if (named == null && !ConnConfig.DEFAULT_NAME.equals(name)) {
			throw new IllegalArgumentException(unknown(name, Set.of()));
		}
		return named;
	}

}
