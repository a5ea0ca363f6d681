package dev.streaming.internal.connection;

import dev.streaming.ConnectFailedException;
import dev.streaming.internal.retry.RetryHint;
import org.jspecify.annotations.Nullable;

/**
 * Extracts hints for the delay before the next dial from a failed dial.
 */
public final class RetryHints {

	private static final int TOO_MANY_REQUESTS = 429;

	private static final int SERVICE_UNAVAILABLE = 503;

	private RetryHints() {
	}

	/**
	 * Return the hint of a failure. Not every transport provides {@code Retry-After} of
	 * an overloaded server, but each provides the status.
	 * @param failure the failure of the last dial, or {@code null}
	 * @return the hint
	 */
	public static RetryHint of(@Nullable Throwable failure) {
		if (!(failure instanceof ConnectFailedException failed)) {
			return RetryHint.NONE;
		}
		int status = failed.statusCode().orElse(0);
		return new RetryHint(failed.retryAfter().orElse(null),
				status == TOO_MANY_REQUESTS || status == SERVICE_UNAVAILABLE);
	}

}
