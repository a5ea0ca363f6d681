package dev.streaming.autoconfigure;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

import dev.streaming.ConnConfig;
import dev.streaming.ConnConfigCustomizer;
import dev.streaming.HandshakeCustomizer;
import dev.streaming.SessionConfig;
import dev.streaming.SessionListener;
import dev.streaming.autoconfigure.StreamingProperties.Conn;
import dev.streaming.autoconfigure.StreamingProperties.Connection;
import dev.streaming.autoconfigure.StreamingProviders.Bound;
import dev.streaming.internal.session.ConnectionDefinitions;
import dev.streaming.internal.util.HttpRules;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.StringUtils;

/**
 * Connections as {@link StreamingProperties} and beans define them. The settings are
 * checked when this is created.
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

	PropertiesConnectionDefinitions(StreamingProperties properties, SessionHandlers handlers,
			StreamingProviders providers, SslContexts sslContexts, ObjectProvider<ConnConfigCustomizer> customizers,
			ObjectProvider<HandshakeCustomizer> handshakes, ObjectProvider<SessionListener> listeners) {
		this.properties = properties;
		this.handlers = handlers;
		this.providers = providers;
		this.sslContexts = sslContexts;
		this.customizers = customizers;
		this.handshakes = handshakes;
		this.listeners = listeners;
		check();
	}

	/**
	 * Return the property prefix of a connection.
	 * @param name the connection's name
	 * @return {@code streaming.connections.<name>}
	 */
	static String prefix(String name) {
		boolean plain = name.chars().allMatch((c) -> Character.isLetterOrDigit(c) || c == '-' || c == '_');
		return CONNECTIONS + (plain ? "." + name : "[" + name + "]");
	}

	/**
	 * Return the names of all connections, the one that is always there included.
	 * @return the names, sorted
	 */
	Set<String> names() {
		Set<String> names = new TreeSet<>(this.properties.getConnections().keySet());
		names.add(ConnConfig.DEFAULT_NAME);
		return names;
	}

	private void check() {
		PropertySettings.CONN.check(CONN, this.properties.getConn());
		PropertySettings.SESSION.check("streaming.session", this.properties.getSession());
		checkOwn(CONN, this.properties.getConn());
		this.properties.getConnections().forEach((name, connection) -> {
			String prefix = prefix(name);
			if (ConnConfig.DEFAULT_NAME.equals(name.toLowerCase(Locale.ROOT))) {
				throw new StreamingConfigurationException(
						"The name of '" + prefix
								+ "' is reserved: the connection 'default' is the one under 'streaming.conn'.",
						"Give the connection another name, or move its settings to 'streaming.conn' and"
								+ " 'streaming.session'.");
			}
			PropertySettings.CONN.check(prefix + ".conn", connection.getConn());
			PropertySettings.SESSION.check(prefix + ".session", connection.getSession());
			checkOwn(prefix + ".conn", connection.getConn());
			configured(name);
		});
	}

	private void checkOwn(String prefix, Conn conn) {
		String url = conn.getUrl();
		if (StringUtils.hasText(url)) {
			UnresolvedPlaceholder.refuse(prefix + ".url", url);
			check(prefix + ".url", shown(url), () -> ConnConfig.builder(url).build(), URL_ACTION);
		}
		conn.getHeaders().forEach((name, value) -> {
			String property = prefix + ".headers." + name;
			UnresolvedPlaceholder.refuse(property, value);
			check(property, null, () -> ConnConfig.builder("").header(name, value),
					"Set it to the name and value of an HTTP header, without line breaks.");
		});
		conn.getSubprotocols()
			.forEach((subprotocol) -> check(prefix + ".subprotocols", subprotocol,
					() -> HttpRules.subprotocol(subprotocol),
					"Set it to the names of subprotocols, separated by commas."));
		String bundle = conn.getSslBundle();
		if (StringUtils.hasText(bundle)) {
			check(prefix + ".ssl-bundle", bundle, () -> this.sslContexts.get(bundle),
					"Set it to the name of a bundle under 'spring.ssl.bundle', and check that bundle.");
		}
	}

	private static void check(String property, @Nullable Object shown, Runnable check, String action) {
		try {
			check.run();
		}
		catch (RuntimeException ex) {
			String reason = StringUtils.capitalize(String.valueOf(ex.getMessage()).replaceFirst("^url ", "URL "));
			throw new StreamingConfigurationException(property, shown, reason.endsWith(".") ? reason : reason + ".",
					action, ex);
		}
	}

	// Neither user info nor query, and nothing at all of a URL that cannot be taken apart
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
		this.handshakes.orderedStream().filter((bean) -> bean.supports(name)).forEach(builder::handshake);
		this.customizers.orderedStream()
			.filter((bean) -> bean.supports(name))
			.forEach((bean) -> bean.customize(builder));
		return builder;
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
		PropertySettings.CONN.apply(this.properties.getConn(), builder);
		Conn own = this.properties.getConn();
		if (named != null) {
			own = named.getConn();
			PropertySettings.CONN.apply(own, builder);
		}
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
		PropertySettings.SESSION.apply(this.properties.getSession(), builder);
		if (named != null) {
			PropertySettings.SESSION.apply(named.getSession(), builder);
		}
		this.listeners.orderedStream().forEach(builder::listener);
		return builder.onError(this.handlers.errorClassifier(name));
	}

	@Override
	public Runnable handler(String name, SessionConfig.Builder session) {
		named(name);
		return this.handlers.handle(name, session);
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
			throw new IllegalArgumentException(
					"There is no connection '" + name + "' under '" + CONNECTIONS + "'; the known ones are " + names());
		}
		return named;
	}

}
