package dev.streaming.internal.retry;

import java.time.Duration;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

/**
 * Delays that double, with ±25 % jitter, never above a maximum and not piled up at it:
 * the jitter is drawn below the maximum, not cut off there. Thread-safe if its random is.
 */
public final class JitteredBackOff {

	private static final double JITTER = 0.25;

	private final Duration base;

	private final Duration max;

	private final RandomGenerator random;

	/**
	 * Create a backoff.
	 * @param base the delay after the first failure
	 * @param max the longest delay
	 * @param random draws the jitter
	 */
	public JitteredBackOff(Duration base, Duration max, RandomGenerator random) {
		this.base = base;
		this.max = max;
		this.random = random;
	}

	/**
	 * Return the delay after a number of failures.
	 * @param failures the number of failures, at least 1
	 * @param retryAfter the delay that the server asks for, or {@code null}; lengthens
	 * the delay, up to the maximum
	 * @return the delay
	 */
	public Duration delayAfter(int failures, @Nullable Duration retryAfter) {
		double nominal = this.base.toNanos() * Math.pow(2, Math.min(failures - 1, 62));
		double max = this.max.toNanos();
		double low = Math.min(nominal, max) * (1 - JITTER);
		double high = Math.min(nominal * (1 + JITTER), max);
		Duration delay = Duration.ofNanos((long) (low + (high - low) * this.random.nextDouble()));
		if (retryAfter != null && retryAfter.compareTo(delay) > 0) {
			return (retryAfter.compareTo(this.max) > 0) ? this.max : retryAfter;
		}
		return delay;
	}

	/**
	 * Return a delay anywhere between nothing and the base, so that a fleet whose
	 * connections were lost together does not return together.
	 * @return the delay
	 */
	public Duration spread() {
		long bound = Math.min(this.base.toNanos(), this.max.toNanos());
		return (bound > 0) ? Duration.ofNanos(this.random.nextLong(bound)) : Duration.ZERO;
	}

}
