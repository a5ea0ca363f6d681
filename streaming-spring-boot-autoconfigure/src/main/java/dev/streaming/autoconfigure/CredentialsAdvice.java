package dev.streaming.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import dev.streaming.ConnConfig;
import dev.streaming.HandshakeCustomizer;
import dev.streaming.autoconfigure.StreamingProperties.Connection;
import dev.streaming.autoconfigure.StreamingProviders.Bound;
import dev.streaming.realtime.AccessTokenProvider;
import dev.streaming.realtime.RealtimeAttributes;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.Environment;

/**
 * Provides the names of the properties with the credentials of a connection, for the
 * message of a refused dial. Thread-safe.
 */
final class CredentialsAdvice {

	private static final List<String> CREDENTIALS = List.of("auth", "key", "token", "secret");

	private final StreamingProperties properties;

	private final StreamingProviders providers;

	private final ObjectProvider<HandshakeCustomizer> handshakes;

	private final ObjectProvider<AccessTokenProvider> tokens;

	private final Environment environment;

	CredentialsAdvice(StreamingProperties properties, StreamingProviders providers,
			ObjectProvider<HandshakeCustomizer> handshakes, ObjectProvider<AccessTokenProvider> tokens,
			Environment environment) {
		this.properties = properties;
		this.providers = providers;
		this.handshakes = handshakes;
		this.tokens = tokens;
		this.environment = environment;
	}

	/**
	 * Return the advice for a connection that was refused with 401 or 403.
	 * @param config the connection's settings
	 * @return the advice, or {@code null} if the origin of the credentials is unknown
	 */
	@Nullable String advice(ConnConfig config) {
		String name = config.name();
		Connection named = this.properties.connections().get(name);
		Bound<?> provider = (named != null) ? this.providers.get(name) : null;
		List<String> apiKeys = (provider != null) ? provider.apiKeyProperties() : List.of();
		List<String> origins = new ArrayList<>();
		if (config.attributes().containsKey(RealtimeAttributes.API_KEY)) {
			origins.add("the attribute '" + RealtimeAttributes.API_KEY + "' of the session");
		}
		else {
			apiKeys.stream().filter(this::isGiven).map(CredentialsAdvice::quoted).forEach(origins::add);
		}
		String prefix = (named != null) ? PropertiesConnectionDefinitions.prefix(name) + ".conn" : "streaming.conn";
		boolean isConfigured = named != null || name.equals(ConnConfig.DEFAULT_NAME);
		if (isConfigured) {
			headers((named != null) ? named.getConn().getHeaders() : this.properties.getConn().getHeaders())
				.forEach((header) -> origins.add(quoted(prefix + ".headers." + header)));
		}
		if (this.handshakes.orderedStream().anyMatch((handshake) -> handshake.supports(name))) {
			origins.add("the HandshakeCustomizer of the connection");
		}
		if (origins.isEmpty() && !apiKeys.isEmpty()
				&& this.tokens.orderedStream().anyMatch((token) -> token.supports(name))) {
			origins.add("the AccessTokenProvider of the connection");
		}
		if (!origins.isEmpty()) {
			return "check the credentials: " + String.join(", ", origins);
		}
		return apiKeys.isEmpty() ? null : "no API key is configured: set " + quoted(apiKeys.get(0));
	}

	private boolean isGiven(String property) {
		return Binder.get(this.environment)
			.bind(ConfigurationPropertyName.adapt(property, '.'), Bindable.of(String.class))
			.isBound();
	}

	private static Stream<String> headers(Map<String, String> headers) {
		return headers.keySet()
			.stream()
			.filter((name) -> CREDENTIALS.stream().anyMatch(name.toLowerCase(Locale.ROOT)::contains));
	}

	private static String quoted(String property) {
		return "'" + property + "'";
	}

}
