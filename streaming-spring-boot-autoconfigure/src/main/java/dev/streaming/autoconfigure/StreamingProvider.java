package dev.streaming.autoconfigure;

import dev.streaming.ConnConfig;
import dev.streaming.SessionConfig;
import dev.streaming.SessionHandler;

/**
 * Strategy for a provider that connections refer to in
 * {@code streaming.connections.<name>.provider}. Beans of this type are identified by
 * their {@link #name()}. The settings are bound at start-up, once for each connection of
 * the provider.
 *
 * @param <S> the type of the provider's own settings
 * @since 1.0.0
 */
public interface StreamingProvider<S> {

	/**
	 * Return the name by which connections refer to this provider.
	 * @return the name, such as {@code openai-realtime}
	 */
	String name();

	/**
	 * Return the description of the provider's own settings.
	 * @return the settings
	 */
	ProviderSettings<S> settings();

	/**
	 * Check a connection against the beans of the application. Called once at start-up,
	 * after all singletons were created.
	 * @param connection the connection
	 * @throws StreamingConfigurationException if the connection is not valid
	 */
	default void check(ProviderConnection<S> connection) {
	}

	/**
	 * Configure the provider's URL, credentials and heartbeat for a connection; the
	 * default heartbeat is a ping every 20 seconds. Called before the settings under
	 * {@code streaming.conn} and those of the connection are applied, which take
	 * precedence.
	 * @param connection the connection
	 * @param conn the settings, without a URL
	 */
	default void configure(ProviderConnection<S> connection, ConnConfig.Builder conn) {
	}

	/**
	 * Configure the provider's defaults for the sessions of a connection. By default they
	 * reconnect with five attempts. Called before the settings under
	 * {@code streaming.session} and those of the connection are applied, which take
	 * precedence.
	 * @param connection the connection
	 * @param session the settings
	 */
	default void configureSession(ProviderConnection<S> connection, SessionConfig.Builder session) {
	}

	/**
	 * Create the handler of one session.
	 * @param connection the connection
	 * @return a new handler
	 */
	SessionHandler createHandler(ProviderConnection<S> connection);

}
