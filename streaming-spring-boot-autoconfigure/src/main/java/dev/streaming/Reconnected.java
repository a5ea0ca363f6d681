package dev.streaming;

import java.time.Duration;

/**
 * Event of a session that has reconnected.
 *
 * @param attempt the attempt that succeeded, 1 for the first
 * @param outage the time from the end of the old connection to the setup of the new one
 * @param planned whether the change was requested
 * @param stateRestored whether the provider kept the conversation, as reported by the
 * hook
 * @since 1.0.0
 */
public record Reconnected(int attempt, Duration outage, boolean planned, boolean stateRestored) {
}
