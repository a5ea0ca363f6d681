package dev.streaming.event;

import dev.streaming.Session;
import dev.streaming.ToolExecution;

/**
 * Event published when a tool call has ended.
 *
 * @param session the session
 * @param tool the call
 * @since 1.0.0
 */
public record ToolCallEndedEvent(Session session, ToolExecution tool) implements SessionEvent {
}
