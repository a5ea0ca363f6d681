package dev.streaming.event;

import dev.streaming.Session;

/**
 * Event published when a session is open.
 *
 * @param session the session
 * @since 1.0.0
 */
public record SessionOpenedEvent(Session session) implements SessionEvent {
}
