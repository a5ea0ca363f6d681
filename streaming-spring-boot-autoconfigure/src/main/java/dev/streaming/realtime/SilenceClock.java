package dev.streaming.realtime;

import java.time.Duration;

/**
 * Measures the time without activity of an answer, excluding the time for which reading
 * of its session was paused, and that paused time. Not thread-safe; guarded by the lock
 * of its {@link StreamedAnswer}.
 */
final class SilenceClock {

	/**
	 * Maximum time, in timeouts, for which reading may be paused because other chunks are
	 * not taken, before the answer fails.
	 */
	static final int STANDSTILL = 10;

	/** Minimum time between two checks. */
	static final Duration LEAST = Duration.ofMillis(250);

	private Duration timeout;

	private Duration lastSign;

	private Duration lastLook;

	// Time for which reading was paused
	private Duration stood = Duration.ZERO;

	private boolean reported;

	/**
	 * Create a clock, starting with activity.
	 * @param timeout maximum time without activity
	 * @param now the reading time of the session
	 */
	SilenceClock(Duration timeout, Duration now) {
		this.timeout = timeout;
		this.lastSign = now;
		this.lastLook = now;
	}

	Duration timeout() {
		return this.timeout;
	}

	void timeout(Duration timeout) {
		this.timeout = timeout;
	}

	/**
	 * Record activity.
	 * @param at the reading time of the session at that moment
	 */
	void sign(Duration at) {
		if (at.compareTo(this.lastSign) > 0) {
			this.lastSign = at;
		}
	}

	/**
	 * Check the clock.
	 * @param now the reading time of the session
	 * @param passed the time since the last check
	 * @param paused whether the answer waits for something other than the model
	 * @return the finding
	 */
	Finding look(Duration now, Duration passed, boolean paused) {
		if (paused) {
			sign(now);
		}
		boolean standing = now.equals(this.lastLook);
		this.lastLook = now;
		this.stood = standing ? this.stood.plus(passed) : Duration.ZERO;
		this.reported &= standing;
		if (now.minus(this.lastSign).compareTo(this.timeout) >= 0) {
			return Finding.SILENT;
		}
		if (this.stood.compareTo(this.timeout.multipliedBy(STANDSTILL)) >= 0) {
			return Finding.STUCK;
		}
		if (this.stood.compareTo(this.timeout) >= 0 && !this.reported) {
			this.reported = true;
			return Finding.STANDING;
		}
		return Finding.WAITING;
	}

	/**
	 * Return the time until the next check.
	 * @param now the reading time of the session
	 * @return the remaining time
	 */
	Duration left(Duration now) {
		Duration left = this.timeout.minus(now.minus(this.lastSign));
		return (left.compareTo(LEAST) > 0) ? left : LEAST;
	}

	/**
	 * Results of a check.
	 */
	enum Finding {

		/** The timeout has not passed. */
		WAITING,

		/** Reading was paused for one timeout; reported once. */
		STANDING,

		/** Reading was paused for too long. */
		STUCK,

		/** The model was silent for the timeout. */
		SILENT;

		boolean isFinal() {
			return this == STUCK || this == SILENT;
		}

	}

}
