package dev.streaming.event;

import dev.streaming.Session;
import dev.streaming.SessionLimitException;

/**
 * Event published when a limit was reached and ends a session after the model has
 * finished its sentence.
 *
 * @param session the session
 * @param limit the limit, which is the error of the session after its end
 * @since 1.0.0
 */
public record SessionLimitEvent(Session session, SessionLimitException limit) implements SessionEvent {
}
