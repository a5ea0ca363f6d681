package dev.streaming.internal.concurrent;

import java.time.Duration;

/**
 * A clock and what it sets off. Everything in this library that waits for a time does so
 * here, so that a test can turn the clock.
 */
public interface Scheduler {

	/**
	 * Return the time, as {@link System#nanoTime()} does.
	 * @return nanoseconds of no fixed origin
	 */
	long nanoTime();

	/**
	 * Run a task after a delay.
	 * @param delay the delay
	 * @param task must be quick and never block
	 * @return to call it off
	 */
	Timeout schedule(Duration delay, Runnable task);

	/**
	 * A task that was not yet run.
	 */
	interface Timeout {

		/**
		 * Call the task off. Without effect when it runs or has run.
		 */
		void cancel();

	}

}
