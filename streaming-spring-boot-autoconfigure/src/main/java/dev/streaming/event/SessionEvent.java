package dev.streaming.event;

import dev.streaming.Session;

/**
 * Something happened to a session. Published as an application event, on the session's
 * own task: a listener that takes long holds up the session. Listen with
 * {@code @EventListener} to this type or to one of the events.
 *
 * @since 1.0.0
 */
public sealed interface SessionEvent
		permits SessionOpenedEvent, SessionDisconnectedEvent, SessionReconnectedEvent, SessionClosedEvent {

	/**
	 * Return the session.
	 * @return the session
	 */
	Session session();

}
