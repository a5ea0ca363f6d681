package dev.streaming.autoconfigure;

import dev.streaming.ConnConfig;
import dev.streaming.SessionHandler;
import dev.streaming.autoconfigure.StreamingProperties.Connection;

/**
 * A provider that connections may name in {@code streaming.connections.<name>.provider}.
 * Beans of this type are found by their {@link #name()}.
 *
 * @since 1.0.0
 */
public interface StreamingProvider {

	/**
	 * Return what connections call this provider.
	 * @return the name, such as {@code openai-realtime}
	 */
	String name();

	/**
	 * Give a connection what the provider asks for, such as its URL and credentials.
	 * Called before the connection's own settings are applied, so that these win; and
	 * once at start-up, to check the settings.
	 * @param connectionName the connection's name
	 * @param properties its properties
	 * @param conn takes the settings; without a URL so far
	 * @throws StreamingConfigurationException if a property has a value that is not
	 * allowed
	 */
	default void configure(String connectionName, Connection properties, ConnConfig.Builder conn) {
	}

	/**
	 * Create the handler of one session.
	 * @param connectionName the connection's name
	 * @param properties its properties
	 * @return a new handler
	 */
	SessionHandler createHandler(String connectionName, Connection properties);

}
