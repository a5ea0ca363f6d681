package dev.streaming.internal.relay;

import dev.streaming.internal.concurrent.Scheduler;

/**
 * Rate limiter. Not thread-safe: used by one browser, whose messages are received one at
 * a time.
 */
final class TokenBucket {

	private static final double NANOS = 1_000_000_000;

	private final Scheduler clock;

	private final double perSecond;

	private final double burst;

	private double tokens;

	private long filled;

	/**
	 * Create a full bucket.
	 * @param clock the clock
	 * @param perSecond the number of tokens added each second
	 * @param burst the maximum number of tokens
	 */
	TokenBucket(Scheduler clock, double perSecond, double burst) {
		this.clock = clock;
		this.perSecond = perSecond;
		this.burst = burst;
		this.tokens = burst;
		this.filled = clock.nanoTime();
	}

	/**
	 * Take tokens.
	 * @param count the number of tokens
	 * @return whether there were enough tokens; otherwise, none are taken
	 */
	boolean take(double count) {
		long now = this.clock.nanoTime();
		this.tokens = Math.min(this.burst, this.tokens + (now - this.filled) / NANOS * this.perSecond);
		this.filled = now;
		if (this.tokens < count) {
			return false;
		}
		this.tokens -= count;
		return true;
	}

}
