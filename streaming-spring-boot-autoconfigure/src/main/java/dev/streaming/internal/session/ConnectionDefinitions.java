package dev.streaming.internal.session;

import java.util.Map;

import dev.streaming.ConnConfig;
import dev.streaming.ConnectionDefinition;
import dev.streaming.SessionConfig;

/**
 * Definitions of the configured connections. Internal, not API: public because the
 * auto-configuration implements it.
 */
public interface ConnectionDefinitions {

	/**
	 * Return the settings of a connection.
	 * @param name its name
	 * @return a new builder
	 * @throws IllegalArgumentException if there is no such connection, or it has no URL
	 */
	ConnConfig.Builder conn(String name);

	/**
	 * Return the settings of sessions on a connection, with listeners and classifier.
	 * @param name its name
	 * @return a new builder
	 * @throws IllegalArgumentException if there is no such connection
	 */
	SessionConfig.Builder session(String name);

	/**
	 * Set the handler of a session to that of its connection, a new one if it is a
	 * prototype.
	 * @param name the connection's name
	 * @param session the settings of the session
	 * @return a task that destroys the handler after the end of the session
	 * @throws IllegalStateException if the connection has no handler
	 */
	Runnable handler(String name, SessionConfig.Builder session);

	/**
	 * Return the default attributes of sessions on a connection.
	 * @param name the connection's name
	 * @return the attributes by name
	 */
	default Map<String, Object> attributes(String name) {
		return Map.of();
	}

	/**
	 * Return the maximum number of open sessions of all connections.
	 * @return the number, or zero for no limit
	 */
	default int maxSessions() {
		return 0;
	}

	/**
	 * Return the maximum number of open sessions of a connection.
	 * @param name the connection's name
	 * @return the number, or zero for no limit
	 * @throws IllegalArgumentException if there is no such connection
	 */
	default int maxSessions(String name) {
		return 0;
	}

	/**
	 * Return these definitions with an additional one.
	 * @param definition a connection that is defined in code
	 * @return definitions that include the connection
	 * @throws IllegalArgumentException if the name is in use by another connection, or
	 * the connection that it is based on does not exist
	 */
	default ConnectionDefinitions with(ConnectionDefinition definition) {
		throw new UnsupportedOperationException("There are only configured connections");
	}

	/**
	 * Called before a session is opened, when its settings are complete.
	 * @param name the connection's name
	 * @param session the settings
	 */
	default void opening(String name, SessionConfig session) {
	}

}
