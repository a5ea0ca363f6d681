package dev.streaming.event;

import dev.streaming.Reconnected;
import dev.streaming.Session;

/**
 * Event published when a session has a new connection that is set up.
 *
 * @param session the session
 * @param reconnected the details
 * @since 1.0.0
 */
public record SessionReconnectedEvent(Session session, Reconnected reconnected) implements SessionEvent {
}
