package dev.streaming.internal.concurrent;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Clock with scheduled tasks. All delays and timeouts of this library use it, so that
 * tests can control time.
 */
public interface Scheduler {

	/**
	 * Return the time, as {@link System#nanoTime()} does.
	 * @return the time in nanoseconds, with an arbitrary origin
	 */
	long nanoTime();

	/**
	 * Run a task after a delay.
	 * @param delay the delay
	 * @param task the task, which must be fast and never block
	 * @return a handle to cancel the task
	 */
	Timeout schedule(Duration delay, Runnable task);

	/**
	 * Run a task after the backoff before a dial. A scheduler for tests may skip this
	 * delay while the clock does not advance.
	 * @param delay the delay
	 * @param task the task, which must be fast and never block
	 * @return a handle to cancel the task
	 */
	default Timeout scheduleDial(Duration delay, Runnable task) {
		return schedule(delay, task);
	}

	/**
	 * Cancel a timeout, if there is one.
	 * @param timeout the timeout, or {@code null}
	 */
	static void cancel(@Nullable Timeout timeout) {
		if (timeout != null) {
			timeout.cancel();
		}
	}

	/**
	 * Handle of a scheduled task.
	 */
	interface Timeout {

		/**
		 * Cancel the task. Without effect when it is running or has run.
		 */
		void cancel();

	}

}
