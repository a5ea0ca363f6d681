package dev.streaming;

/**
 * Sets up a new connection of a session, before anything else is sent on it. Called on a
 * worker thread, and interrupted when the reconnect hook timeout has elapsed.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface ReconnectHook {

	/**
	 * Set up a connection.
	 * @param context why there is a new connection, and which attempt this is
	 * @param conn a view of the new connection that alone may write to it, and is dead
	 * when this method has returned
	 * @throws Exception if the attempt fails; a {@link PermanentFailureException} ends
	 * the session
	 */
	void reconnect(ReconnectContext context, Conn conn) throws Exception;

}
