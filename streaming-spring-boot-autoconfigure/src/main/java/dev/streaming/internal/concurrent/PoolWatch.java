package dev.streaming.internal.concurrent;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Runs tasks that somebody waits for, and reports when no thread takes one within a
 * second because the pool is exhausted (rule B7).
 */
public final class PoolWatch {

	/** The time that a task waits for a thread. */
	public static final Duration LIMIT = Duration.ofSeconds(1);

	private PoolWatch() {
	}

	/**
	 * Run a task, or report that there is no thread for it. Does not block.
	 * @param pool has the threads
	 * @param executor runs the task, on a thread of the pool
	 * @param timer the clock
	 * @param task the task; not run any more once it was given up
	 * @param givenUp called on the timer's thread with a failure that names the pool, its
	 * size and the setting of that
	 */
	public static void execute(Executor pool, Executor executor, Scheduler timer, Runnable task,
			Consumer<RejectedExecutionException> givenUp) {
		String exhaustion = ThreadPool.exhaustion(pool);
		if (exhaustion == null) {
			executor.execute(task);
			return;
		}
		AtomicReference<State> state = new AtomicReference<>(State.WAITING);
		Scheduler.Timeout timeout = timer.schedule(LIMIT, () -> {
			if (state.compareAndSet(State.WAITING, State.GIVEN_UP)) {
				givenUp.accept(new RejectedExecutionException(
						"No thread was free within " + LIMIT.toMillis() + " ms: " + exhaustion));
			}
		});
		executor.execute(() -> {
			if (state.compareAndSet(State.WAITING, State.BEGUN)) {
				timeout.cancel();
				task.run();
			}
		});
	}

	private enum State {

		/** There was no thread yet. */
		WAITING,

		/** A thread has begun with the task. */
		BEGUN,

		/** There was no thread in time, and the task is not run. */
		GIVEN_UP

	}

}
