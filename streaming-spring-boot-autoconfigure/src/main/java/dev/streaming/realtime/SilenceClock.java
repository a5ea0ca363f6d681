package dev.streaming.realtime;

import java.time.Duration;

/**
 * Measures for how long an answer has given no sign, in the time that its session has
 * been reading, and for how long that time stood still. Not thread-safe; guarded by the
 * lock of its {@link StreamedAnswer}.
 */
final class SilenceClock {

	/**
	 * So many timeouts a session may stand still because nobody takes the chunks of
	 * others, before an answer behind them gives up.
	 */
	static final int STANDSTILL = 10;

	/** Minimum time between two looks. */
	static final Duration LEAST = Duration.ofMillis(250);

	private Duration timeout;

	private Duration lastSign;

	private Duration lastLook;

	// How long the session has read nothing
	private Duration stood = Duration.ZERO;

	private boolean told;

	/**
	 * Create a clock that has just seen a sign.
	 * @param timeout maximum time without a sign
	 * @param now the time that the session has been reading
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
	 * There was a sign.
	 * @param at the time that the session had been reading by then
	 */
	void sign(Duration at) {
		if (at.compareTo(this.lastSign) > 0) {
			this.lastSign = at;
		}
	}

	/**
	 * Look at the clock.
	 * @param now the time that the session has been reading
	 * @param passed the time since the last look
	 * @param paused whether the silence is not that of the model
	 * @return the finding
	 */
	Finding look(Duration now, Duration passed, boolean paused) {
		if (paused) {
			sign(now);
		}
		boolean standing = now.equals(this.lastLook);
		this.lastLook = now;
		this.stood = standing ? this.stood.plus(passed) : Duration.ZERO;
		this.told &= standing;
		if (now.minus(this.lastSign).compareTo(this.timeout) >= 0) {
			return Finding.SILENT;
		}
		if (this.stood.compareTo(this.timeout.multipliedBy(STANDSTILL)) >= 0) {
			return Finding.STUCK;
		}
		if (this.stood.compareTo(this.timeout) >= 0 && !this.told) {
			this.told = true;
			return Finding.STANDING;
		}
		return Finding.WAITING;
	}

	/**
	 * Return when to look again.
	 * @param now the time that the session has been reading
	 * @return the time from now
	 */
	Duration left(Duration now) {
		Duration left = this.timeout.minus(now.minus(this.lastSign));
		return (left.compareTo(LEAST) > 0) ? left : LEAST;
	}

	/**
	 * Findings of a look at the clock.
	 */
	enum Finding {

		/** There is still time. */
		WAITING,

		/** The session has read nothing for one timeout; told once. */
		STANDING,

		/** The session has read nothing for too long. */
		STUCK,

		/** The model was silent for the timeout. */
		SILENT;

		boolean isFinal() {
			return this == STUCK || this == SILENT;
		}

	}

}
