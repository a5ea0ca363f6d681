package dev.streaming.autoconfigure.realtime;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * Where the settings are that a provider has of its own beside a connection's others.
 * Internal, not API: public because the auto-configurations of several providers use it.
 */
public final class ProviderSettings {

	private static final String CONNECTIONS = "streaming.connections";

	private ProviderSettings() {
	}

	/**
	 * Return the property prefix of a connection.
	 * @param connection the connection's name
	 * @return the prefix
	 */
	public static ConfigurationPropertyName nameOf(String connection) {
		boolean plain = connection.chars().allMatch((c) -> Character.isLetterOrDigit(c) || c == '-' || c == '_');
		ConfigurationPropertyName connections = ConfigurationPropertyName.of(CONNECTIONS);
		return plain ? ConfigurationPropertyName.adapt(CONNECTIONS + "." + connection, '.')
				: connections.append("[" + connection + "]");
	}

}
