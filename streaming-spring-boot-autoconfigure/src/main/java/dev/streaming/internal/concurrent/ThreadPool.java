package dev.streaming.internal.concurrent;

import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * An executor that can tell whether all of its threads are busy, so that a caller does
 * not wait for a thread without knowing.
 */
public interface ThreadPool extends Executor {

	/**
	 * Return the reason for which a task would have to wait. Any thread; does not block.
	 * @return names the pool, its size and the setting of that, or {@code null} if there
	 * is a thread or nobody knows
	 */
	@Nullable String exhaustion();

	/**
	 * Return the reason for which a task would have to wait, if the executor knows.
	 * @param executor the executor
	 * @return the reason, or {@code null}
	 */
	static @Nullable String exhaustion(Executor executor) {
		return (executor instanceof ThreadPool pool) ? pool.exhaustion() : null;
	}

}
