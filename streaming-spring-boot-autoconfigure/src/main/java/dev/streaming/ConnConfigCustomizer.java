package dev.streaming;

/**
 * Callback interface for beans that customize the settings of connections, after the
 * properties were applied and before the changes of a session.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface ConnConfigCustomizer {

	/**
	 * Customize the settings of a connection.
	 * @param builder the settings so far
	 */
	void customize(ConnConfig.Builder builder);

	/**
	 * Return whether this customizer supports a connection. By default it supports all
	 * connections.
	 * @param connectionName the connection's name
	 * @return whether to call this customizer for it
	 */
	default boolean supports(String connectionName) {
		return true;
	}

}
