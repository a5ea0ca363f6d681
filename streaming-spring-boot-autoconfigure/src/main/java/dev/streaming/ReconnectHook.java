package dev.streaming;

/**
 * Callback interface to set up a new connection of a session before anything else is sent
 * on it. Called on a worker thread, and interrupted when the reconnect hook timeout has
 * elapsed.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface ReconnectHook {

	/**
	 * Set up a connection.
	 * @param context the context of the attempt
	 * @param conn a view of the new connection with exclusive access, which is invalid
	 * when this method has returned
	 * @throws Exception to fail the attempt; a {@link PermanentFailureException} ends the
	 * session
	 */
	void reconnect(ReconnectContext context, Conn conn) throws Exception;

}
