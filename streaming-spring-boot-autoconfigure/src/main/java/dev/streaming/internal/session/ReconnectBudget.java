package dev.streaming.internal.session;

import java.time.Duration;

import dev.streaming.ConnectFailedException;
import dev.streaming.internal.retry.JitteredBackOff;
import org.jspecify.annotations.Nullable;

/**
 * The attempts that a session may make, and the delays before them. The budget returns
 * once a connection held for {@code reconnectStableAfter}. Used by the session's task
 * alone.
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
	 * The session is open on a connection.
	 */
	void opened() {
		this.openSince = this.environment.timer().nanoTime();
	}

	/**
	 * The connection that was open is lost, or abandoned.
	 */
	void left() {
		long held = this.environment.timer().nanoTime() - this.openSince;
		if (held >= this.environment.config().reconnectStableAfter().toNanos()) {
			this.used = 0;
		}
	}

	/**
	 * Use up an attempt.
	 * @return {@code false} if there is none left
	 */
	boolean take() {
		if (this.used >= this.environment.config().maxReconnectAttempts()) {
			return false;
		}
		this.used++;
		return true;
	}

	/**
	 * Return the number of attempts that are used up.
	 * @return the number of the attempt that was taken last
	 */
	int used() {
		return this.used;
	}

	/**
	 * Return the delay before the attempt that was taken last.
	 * @param lastFailure the failure of the attempt before it, or {@code null}
	 * @return the delay
	 */
	Duration delay(@Nullable Throwable lastFailure) {
		return (this.used == 1) ? this.backOff.spread() : this.backOff.delayAfter(this.used, retryAfter(lastFailure));
	}

	private static @Nullable Duration retryAfter(@Nullable Throwable failure) {
		return (failure instanceof ConnectFailedException failed) ? failed.retryAfter().orElse(null) : null;
	}

}
