package dev.streaming.internal.session;

import dev.streaming.ConnConfig;
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

}
