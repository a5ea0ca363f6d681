package dev.streaming.event;

import dev.streaming.Session;

/**
 * Event published when a session has lost its connection and will try to reconnect.
 *
 * @param session the session
 * @param cause the failure that ended the connection
 * @since 1.0.0
 */
public record SessionDisconnectedEvent(Session session, Throwable cause) implements SessionEvent {
}
