package dev.streaming.event;

import dev.streaming.Session;

/**
 * A session lost its connection and will try to have another.
 *
 * @param session the session
 * @param cause the failure that ended the connection
 * @since 1.0.0
 */
public record SessionDisconnectedEvent(Session session, Throwable cause) implements SessionEvent {
}
