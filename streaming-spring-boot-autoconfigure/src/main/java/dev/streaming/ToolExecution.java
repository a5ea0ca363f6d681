package dev.streaming;

import java.time.Duration;

/**
 * Tool call that has ended. Contains neither arguments nor result.
 *
 * @param tool the name of the tool
 * @param callId the id of the call
 * @param outcome the outcome
 * @param duration the time from its start
 * @since 1.0.0
 */
public record ToolExecution(String tool, String callId, ToolOutcome outcome, Duration duration) {
}
