package dev.streaming.internal.retry;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Hint of a failed dial for the delay before the next one.
 *
 * @param retryAfter the delay that the server requested, or {@code null}
 * @param overloaded whether the server has reported that it is overloaded
 */
public record RetryHint(@Nullable Duration retryAfter, boolean overloaded) {

	/** No hint. */
	public static final RetryHint NONE = new RetryHint(null, false);

}
