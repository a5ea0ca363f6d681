package dev.streaming.internal.concurrent;

import java.util.concurrent.Executor;

/**
 * Executor that can run tasks in the context of the calling thread, such as its logging
 * context and its current observation.
 */
public interface ContextExecutor extends Executor {

	/**
	 * Capture the context of the calling thread.
	 * @return an executor whose tasks all run in that context, on the same threads
	 */
	Executor capture();

	/**
	 * Capture the context of the calling thread, if the executor supports it.
	 * @param executor the executor
	 * @return an executor whose tasks all run in that context, or the executor itself
	 */
	static Executor capture(Executor executor) {
		return (executor instanceof ContextExecutor context) ? context.capture() : executor;
	}

}
