package dev.streaming;

/**
 * Makes connections from the application's settings.
 *
 * @since 1.0.0
 */
public interface ConnFactory {

	/**
	 * Create the connection {@code default}, from {@code streaming.conn}.
	 * @return a connection that is not yet dialled
	 */
	Conn create();

	/**
	 * Create a connection from {@code streaming.connections.<name>.conn}.
	 * @param name the connection's name
	 * @return a connection that is not yet dialled
	 * @throws IllegalArgumentException if there is no such connection; names those there
	 * are
	 */
	Conn create(String name);

	/**
	 * Create a connection from settings of one's own.
	 * @param config the settings
	 * @return a connection that is not yet dialled
	 */
	Conn create(ConnConfig config);

}
