package dev.streaming.internal.session;

import dev.streaming.internal.connection.PhysicalConnection;

/**
 * Opens a session on another connection. Called by the session's task.
 */
@FunctionalInterface
interface SessionOpener {

	/**
	 * Open the session, unless it has ended.
	 * @param connection the connection that is set up
	 * @param outage the outage that has ended with it
	 * @param context the context of the hook that set it up
	 */
	void reopen(PhysicalConnection connection, Outage outage, DefaultReconnectContext context);

}
