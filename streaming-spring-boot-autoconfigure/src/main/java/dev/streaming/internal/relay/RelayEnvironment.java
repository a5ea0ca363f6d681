package dev.streaming.internal.relay;

import java.util.concurrent.Executor;

import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.relay.RelayObserver;

/**
 * Collaborators that all relays share.
 *
 * @param settings the settings
 * @param scheduler the scheduler
 * @param executor the executor for blocking calls
 * @param observer notified of events
 */
record RelayEnvironment(RelaySettings settings, Scheduler scheduler, Executor executor, RelayObserver observer) {
}
