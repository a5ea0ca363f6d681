package dev.streaming.event;

import dev.streaming.Session;
import dev.streaming.Turn;

/**
 * Event published when a turn of a session's conversation has ended.
 *
 * @param session the session
 * @param turn the turn
 * @since 1.0.0
 */
public record TurnEndedEvent(Session session, Turn turn) implements SessionEvent {
}
