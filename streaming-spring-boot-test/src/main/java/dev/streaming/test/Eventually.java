package dev.streaming.test;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Utility to wait for effects of other threads.
 */
final class Eventually {

	private static final Duration LIMIT = Duration.ofSeconds(5);

	private static final long LOOK_EVERY = Duration.ofMillis(1).toNanos();

	private Eventually() {
	}

	/**
	 * Wait until a condition is met, for a few seconds at most.
	 * @param condition the condition
	 * @return whether it is met
	 */
	static boolean holds(BooleanSupplier condition) {
		long end = System.nanoTime() + LIMIT.toNanos();
		boolean holds = condition.getAsBoolean();
		while (!holds && System.nanoTime() - end < 0 && !Thread.currentThread().isInterrupted()) {
			LockSupport.parkNanos(LOOK_EVERY);
			holds = condition.getAsBoolean();
		}
		return holds;
	}

}
