package dev.streaming.observation;

import org.jspecify.annotations.Nullable;

/**
 * Current and maximum number of sessions, of one connection or of all.
 *
 * @param connection the configured name of the connection, or {@code null} for all
 * connections together
 * @param sessions the number of sessions that are open or being opened
 * @param maxSessions maximum number of open sessions, positive
 * @since 1.0.0
 */
public record SessionCapacity(@Nullable String connection, int sessions, int maxSessions) {
}
