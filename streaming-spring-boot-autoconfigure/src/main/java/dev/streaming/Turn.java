package dev.streaming;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Turn of a conversation that has ended: from the end of the user's speech, or the
 * request for an answer, to the end of the answer, including tool calls. Times are
 * measured from its start.
 *
 * @param outcome the outcome
 * @param duration the time to the end of the answer
 * @param firstAudio the time to the first audio, or {@code null} if there was none, or
 * the provider spoke without a request
 * @param firstText the time to the first text or transcript, or {@code null}
 * @param error the failure, or {@code null}
 * @since 1.0.0
 */
public record Turn(TurnOutcome outcome, Duration duration, @Nullable Duration firstAudio, @Nullable Duration firstText,
		@Nullable Throwable error) {
}
