package dev.streaming.internal.concurrent;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Runs tasks that callers wait for, and reports a task that was not started within a
 * second because the pool is exhausted (rule B7).
 */
public final class PoolWatch {

	/** Maximum time for which a task waits for a thread. */
	public static final Duration LIMIT = Duration.ofSeconds(1);

	private PoolWatch() {
	}

	/**
	 * Run a task, or report that no thread is available. Does not block.
	 * @param pool the pool
	 * @param executor the executor for the task, which uses threads of the pool
	 * @param timer the scheduler
	 * @param task the task, which is not run after it was given up
	 * @param givenUp called on the scheduler's thread with a failure that contains the
	 * pool, its size and the corresponding setting
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

		/** Waiting for a thread. */
		WAITING,

		/** A thread has started the task. */
		BEGUN,

		/** No thread was available in time, and the task will not be run. */
		GIVEN_UP

	}

}
