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
	 * Give a session the handler of its connection, a new one if it is a prototype.
	 * @param name the connection's name
	 * @param session takes the handler
	 * @return destroys the handler, once the session has ended
	 * @throws IllegalStateException if the connection has no handler
	 */
	Runnable handler(String name, SessionConfig.Builder session);

	/**
	 * Return the attributes that sessions on a connection have from the start.
	 * @param name the connection's name
	 * @return the attributes by name
	 */
	default Map<String, Object> attributes(String name) {
		return Map.of();
	}

	/**
	 * Return these definitions with one more.
	 * @param definition a connection that is defined in code
	 * @return definitions that know the connection by its name
	 * @throws IllegalArgumentException if the name is that of another connection, or
	 * there is no connection that it is based on
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
