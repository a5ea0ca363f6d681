package dev.streaming.event;

import dev.streaming.Session;
import org.jspecify.annotations.Nullable;

/**
 * A session has ended; nothing follows.
 *
 * @param session the session
 * @param error the failure that ended it, or {@code null} if it was closed in order
 * @since 1.0.0
 */
public record SessionClosedEvent(Session session, @Nullable Throwable error) implements SessionEvent {
}
