package dev.streaming.event;

import dev.streaming.Session;

/**
 * Base interface of events of a session. Published as an application event on the
 * session's task, so that a slow listener delays the session. Listen with
 * {@code @EventListener} to this type or to one of the events.
 *
 * @since 1.0.0
 */
public sealed interface SessionEvent permits SessionOpenedEvent, SessionDisconnectedEvent, SessionPlannedChangeEvent,
		SessionReconnectedEvent, SessionLimitEvent, TurnEndedEvent, ToolCallEndedEvent, SessionClosedEvent {

	/**
	 * Return the session.
	 * @return the session
	 */
	Session session();

}
