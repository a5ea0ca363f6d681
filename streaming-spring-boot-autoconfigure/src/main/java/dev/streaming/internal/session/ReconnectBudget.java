package dev.streaming.internal.session;

import java.time.Duration;

import dev.streaming.internal.connection.RetryHints;
import dev.streaming.internal.retry.JitteredBackOff;
import org.jspecify.annotations.Nullable;

/**
 * Budget of reconnect attempts of a session, and the delays before them. The budget is
 * reset after a connection was open for {@code reconnectStableAfter}. Confined to the
 * session's task.
 */
final class ReconnectBudget {

	private final SessionEnvironment environment;

	private final JitteredBackOff backOff;

	private int used;

	private long openSince;

	ReconnectBudget(SessionEnvironment environment, JitteredBackOff backOff) {
		this.environment = environment;
		this.backOff = backOff;
	}

	/**
	 * Record that the session is open on a connection.
	 */
	void opened() {
		this.openSince = this.environment.timer().nanoTime();
	}

	/**
	 * Record that the open connection was lost or abandoned.
	 */
	void left() {
		long held = this.environment.timer().nanoTime() - this.openSince;
		if (held >= this.environment.config().reconnectStableAfter().toNanos()) {
			this.used = 0;
		}
	}

	/**
	 * Take an attempt from the budget.
	 * @return {@code false} if none is left
	 */
	boolean take() {
		if (this.used >= this.environment.config().maxReconnectAttempts()) {
			return false;
		}
		this.used++;
		return true;
	}

	/**
	 * Return the number of attempts that were taken.
	 * @return the number of the last attempt
	 */
	int used() {
		return this.used;
	}

	/**
	 * Return the delay before the last attempt.
	 * @param lastFailure the failure of the previous attempt, or {@code null}
	 * @return the delay
	 */
	Duration delay(@Nullable Throwable lastFailure) {
		return (this.used == 1) ? this.backOff.spread()
				: this.backOff.delayAfter(this.used, RetryHints.of(lastFailure));
	}

}
