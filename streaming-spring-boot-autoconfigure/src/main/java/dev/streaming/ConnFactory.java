package dev.streaming;

/**
 * Factory for connections with the application's settings.
 *
 * @since 1.0.0
 */
public interface ConnFactory {

	/**
	 * Create the connection {@code default}, from {@code streaming.conn}.
	 * @return a connection in state {@link Conn.State#IDLE}
	 */
	Conn create();

	/**
	 * Create a connection from {@code streaming.connections.<name>.conn}.
	 * @param name the connection's name
	 * @return a connection in state {@link Conn.State#IDLE}
	 * @throws IllegalArgumentException if there is no such connection; the message has
	 * the available names
	 */
	Conn create(String name);

	/**
	 * Create a connection with the given settings.
	 * @param config the settings
	 * @return a connection in state {@link Conn.State#IDLE}
	 */
	Conn create(ConnConfig config);

}
