package dev.streaming.autoconfigure;

import dev.streaming.autoconfigure.StreamingProperties.Connection;

/**
 * Configured connection with a {@link StreamingProvider}.
 *
 * @param <S> the type of the provider's own settings
 * @param name the connection's name
 * @param properties the connection's properties, except the provider's
 * @param prefix the property prefix of the provider's settings
 * @param settings the provider's settings
 * @since 1.0.0
 */
public record ProviderConnection<S>(String name, Connection properties, String prefix, S settings) {

	/**
	 * Return the full name of one of the provider's properties.
	 * @param setting the name of the setting, such as {@code api-key}
	 * @return the name, such as {@code streaming.connections.assistant.openai.api-key}
	 */
	public String property(String setting) {
		return this.prefix + "." + setting;
	}

}
