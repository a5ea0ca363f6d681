package dev.streaming.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import dev.streaming.ConnConfig;
import dev.streaming.SessionConfig;
import dev.streaming.SessionHandler;
import dev.streaming.autoconfigure.StreamingProperties.Connection;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Finds the provider of a connection and binds its settings, once. Thread-safe.
 */
final class StreamingProviders {

	private static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(20);

	private static final int MAX_RECONNECT_ATTEMPTS = 5;

	private final StreamingProperties properties;

	private final ObjectProvider<StreamingProvider<?>> providers;

	private final Environment environment;

	private final Map<String, Optional<Bound<?>>> bound = new ConcurrentHashMap<>();

	StreamingProviders(StreamingProperties properties, ObjectProvider<StreamingProvider<?>> providers,
			Environment environment) {
		this.properties = properties;
		this.providers = providers;
		this.environment = environment;
	}

	/**
	 * Return the provider of a connection.
	 * @param connection the connection's name
	 * @return the provider with its settings, or {@code null} if the connection has none
	 * @throws StreamingConfigurationException if there is no such provider, or a setting
	 * is invalid
	 */
	@Nullable Bound<?> get(String connection) {
		return this.bound.computeIfAbsent(connection, (name) -> Optional.ofNullable(find(name))).orElse(null);
	}

	/**
	 * Return all providers.
	 * @return the providers, in order
	 */
	List<StreamingProvider<?>> all() {
		return this.providers.orderedStream().toList();
	}

	private @Nullable Bound<?> find(String connection) {
		Connection named = this.properties.getConnections().get(connection);
		StreamingProvider<?> provider = provider(connection);
		return (named != null && provider != null) ? bind(provider, connection, named) : null;
	}

	/**
	 * Return the provider of a connection, without its settings.
	 * @param connection the connection's name
	 * @return the provider, or {@code null} if the connection has none
	 * @throws StreamingConfigurationException if there is no such provider
	 */
	@Nullable StreamingProvider<?> provider(String connection) {
		Connection named = this.properties.getConnections().get(connection);
		String name = (named != null) ? named.getProvider() : null;
		if (!StringUtils.hasText(name)) {
			return null;
		}
		Set<String> known = new TreeSet<>();
		for (StreamingProvider<?> provider : all()) {
			if (provider.name().equals(name)) {
				return provider;
			}
			known.add(provider.name());
		}
		String property = PropertiesConnectionDefinitions.prefix(connection) + ".provider";
		throw new StreamingConfigurationException(property, name, "There is no such provider.",
				known.isEmpty() ? "Remove the property, or define a bean of type StreamingProvider."
						: "Set it to one of " + known + ".");
	}

	private <S> Bound<S> bind(StreamingProvider<S> provider, String connection, Connection properties) {
		ProviderSettings<S> settings = provider.settings();
		String prefix = PropertiesConnectionDefinitions.prefix(connection);
		if (!settings.prefix().isEmpty()) {
			prefix += "." + settings.prefix();
		}
		return new Bound<>(provider,
				new ProviderConnection<>(connection, properties, prefix, settings.bind(this.environment, prefix)));
	}

	/**
	 * Provider with one of its connections.
	 *
	 * @param <S> the type of the provider's own settings
	 * @param provider the provider
	 * @param connection the connection
	 */
	record Bound<S>(StreamingProvider<S> provider, ProviderConnection<S> connection) {

		void check() {
			this.provider.check(this.connection);
		}

		List<String> apiKeyProperties() {
			return this.provider.settings().apiKeys().stream().map(this.connection::property).toList();
		}

		void configure(ConnConfig.Builder conn) {
			this.provider.configure(this.connection, conn.heartbeatInterval(HEARTBEAT_INTERVAL));
		}

		void configureSession(SessionConfig.Builder session) {
			this.provider.configureSession(this.connection, session.maxReconnectAttempts(MAX_RECONNECT_ATTEMPTS));
		}

		SessionHandler createHandler() {
			return this.provider.createHandler(this.connection);
		}

	}

}
