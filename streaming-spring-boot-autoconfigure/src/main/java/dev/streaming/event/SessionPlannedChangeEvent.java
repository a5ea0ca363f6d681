package dev.streaming.event;

import dev.streaming.Session;

/**
 * Event published before a planned change of a session's connection.
 *
 * @param session the session
 * @param reason the reason of the change
 * @since 1.0.0
 */
public record SessionPlannedChangeEvent(Session session, String reason) implements SessionEvent {
}
