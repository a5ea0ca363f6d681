package dev.streaming.internal.retry;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential backoff with ±25 % jitter and a maximum, at which delays do not accumulate:
 * the jitter is chosen below the maximum, not truncated. Thread-safe if its random
 * generator is.
 */
public final class JitteredBackOff {

	private static final double JITTER = 0.25;

	private final Duration base;

	private final Duration max;

	private final RandomGenerator random;

	/**
	 * Create a backoff.
	 * @param base the delay after the first failure
	 * @param max the maximum delay
	 * @param random the source of jitter
	 */
	public JitteredBackOff(Duration base, Duration max, RandomGenerator random) {
		this.base = base;
		this.max = max;
		this.random = random;
	}

	/**
	 * Return the delay after a number of failures.
	 * @param failures the number of failures, at least 1
	 * @param hint the hint: a requested delay extends the delay up to the maximum; for an
	 * overloaded server it is at least the base
	 * @return the delay
	 */
	public Duration delayAfter(int failures, RetryHint hint) {
		double nominal = this.base.toNanos() * Math.pow(2, Math.min(failures - 1, 62));
		double max = this.max.toNanos();
		double low = Math.min(nominal, max) * (1 - JITTER);
		double high = Math.min(nominal * (1 + JITTER), max);
		double nanos = low + (high - low) * this.random.nextDouble();
		double least = Math.min(this.base.toNanos(), max);
		if (hint.overloaded() && nanos < least) {
			// Mirrored, so that delays do not accumulate there either
			nanos = Math.min(2 * least - nanos, max);
		}
		Duration delay = Duration.ofNanos((long) nanos);
		Duration asked = hint.retryAfter();
		if (asked != null && asked.compareTo(delay) > 0) {
			return (asked.compareTo(this.max) > 0) ? this.max : asked;
		}
		return delay;
	}

	/**
	 * Return a random delay between zero and the base, so that many clients whose
	 * connections were lost at the same time do not reconnect at the same time.
	 * @return the delay
	 */
	public Duration spread() {
		long bound = Math.min(this.base.toNanos(), this.max.toNanos());
		return (bound > 0) ? Duration.ofNanos(this.random.nextLong(bound)) : Duration.ZERO;
	}

}
