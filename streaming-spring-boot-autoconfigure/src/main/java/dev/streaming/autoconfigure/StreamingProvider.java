package dev.streaming.autoconfigure;

import dev.streaming.ConnConfig;
import dev.streaming.SessionConfig;
import dev.streaming.SessionHandler;

/**
 * A provider that connections may name in {@code streaming.connections.<name>.provider}.
 * Beans of this type are found by their {@link #name()}. Its settings are bound once for
 * each connection that names it, at start-up.
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
	 * Return the binding of the provider's own settings.
	 * @return the settings
	 */
	ProviderSettings<S> settings();

	/**
	 * Check a connection against the beans of the application. Called once at start-up,
	 * when all singletons are there.
	 * @param connection the connection
	 * @throws StreamingConfigurationException if the connection cannot work
	 */
	default void check(ProviderConnection<S> connection) {
	}

	/**
	 * Give a connection the provider's URL and credentials, and a heartbeat that fits the
	 * provider; without that it is a ping every 20 seconds. Called before the settings
	 * under {@code streaming.conn} and those of the connection are applied, so that those
	 * win.
	 * @param connection the connection
	 * @param conn takes the settings; without a URL so far
	 */
	default void configure(ProviderConnection<S> connection, ConnConfig.Builder conn) {
	}

	/**
	 * Give the sessions of a connection the provider's defaults. They reconnect, with
	 * five attempts, unless this or a setting says otherwise. Called before the settings
	 * under {@code streaming.session} and those of the connection are applied, so that
	 * those win.
	 * @param connection the connection
	 * @param session takes the settings
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
