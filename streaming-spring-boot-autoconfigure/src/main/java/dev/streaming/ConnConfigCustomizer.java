package dev.streaming;

/**
 * Callback interface for beans that change the settings of connections, after the
 * properties were applied and before a session's own changes.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface ConnConfigCustomizer {

	/**
	 * Change a connection's settings.
	 * @param builder the settings so far
	 */
	void customize(ConnConfig.Builder builder);

	/**
	 * Return whether this customizer applies to a connection. By default it applies to
	 * all.
	 * @param connectionName the connection's name
	 * @return whether to call this customizer for it
	 */
	default boolean supports(String connectionName) {
		return true;
	}

}
