package dev.streaming.autoconfigure.realtime;

import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;

import dev.streaming.Handshake;
import dev.streaming.HandshakeCustomizer;
import dev.streaming.PermanentFailureException;
import dev.streaming.realtime.AccessTokenProvider;
import dev.streaming.realtime.RealtimeAttributes;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.StringUtils;

/**
 * Access tokens of the application, for connections without a key. Internal, not API:
 * public because the auto-configurations of several providers use it.
 */
public final class AccessTokens {

	private static final Set<String> CREDENTIALS = Set.of("authorization", "api-key", "x-goog-api-key");

	private final ObjectProvider<AccessTokenProvider> providers;

	/**
	 * Create an instance.
	 * @param providers the providers, resolved at each dial
	 */
	public AccessTokens(ObjectProvider<AccessTokenProvider> providers) {
		this.providers = providers;
	}

	/**
	 * Return a customizer that adds a new token to a handshake, unless it has
	 * credentials.
	 * @return the customizer, for any connection
	 */
	public HandshakeCustomizer bearer() {
		return customizer((handshake, token) -> handshake.header("Authorization", "Bearer " + token));
	}

	/**
	 * Return a customizer that adds a new token to a handshake, unless it has
	 * credentials.
	 * @param target called to add the token to the handshake
	 * @return the customizer, for any connection
	 */
	public HandshakeCustomizer customizer(BiConsumer<Handshake, String> target) {
		return (handshake) -> {
			AccessTokenProvider provider = hasCredentials(handshake) ? null : provider(handshake.connectionName());
			if (provider != null) {
				target.accept(handshake, token(provider, handshake.connectionName()));
			}
		};
	}

	private static boolean hasCredentials(Handshake handshake) {
		return handshake.attributes().containsKey(RealtimeAttributes.API_KEY) || handshake.headers()
			.keySet()
			.stream()
			.anyMatch((name) -> CREDENTIALS.contains(name.toLowerCase(Locale.ROOT)));
	}

	private @Nullable AccessTokenProvider provider(String connectionName) {
		return this.providers.orderedStream()
			.filter((provider) -> provider.supports(connectionName))
			.findFirst()
			.orElse(null);
	}

	private static String token(AccessTokenProvider provider, String connectionName) throws Exception {
		String token = provider.token(connectionName);
		if (!StringUtils.hasText(token)) {
			throw new PermanentFailureException("The AccessTokenProvider " + provider.getClass().getName()
					+ " has returned no token for the connection '" + connectionName + "'", null);
		}
		return token.strip();
	}

}
