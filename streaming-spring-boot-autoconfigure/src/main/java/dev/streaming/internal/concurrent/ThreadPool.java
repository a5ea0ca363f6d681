package dev.streaming.internal.concurrent;

import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * Executor that can report whether all of its threads are busy, so that callers can
 * detect that a task waits for a thread.
 */
public interface ThreadPool extends Executor {

	/**
	 * Return the reason why a task would have to wait for a thread. May be called by any
	 * thread; does not block.
	 * @return a text with the pool, its size and the corresponding setting, or
	 * {@code null} if a thread is available or this is unknown
	 */
	@Nullable String exhaustion();

	/**
	 * Return the reason why a task would have to wait for a thread, if the executor can
	 * report it.
	 * @param executor the executor
	 * @return the reason, or {@code null}
	 */
	static @Nullable String exhaustion(Executor executor) {
		return (executor instanceof ThreadPool pool) ? pool.exhaustion() : null;
	}

}
