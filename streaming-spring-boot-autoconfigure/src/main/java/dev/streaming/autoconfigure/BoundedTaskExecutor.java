package dev.streaming.autoconfigure;

import dev.streaming.internal.concurrent.BoundedExecutor;

import org.springframework.core.task.support.TaskExecutorAdapter;

/**
 * A {@link BoundedExecutor} as a task executor, which ends with its context.
 */
final class BoundedTaskExecutor extends TaskExecutorAdapter implements AutoCloseable {

	private final BoundedExecutor executor;

	private BoundedTaskExecutor(BoundedExecutor executor) {
		super(executor);
		this.executor = executor;
	}

	BoundedTaskExecutor(String threadNamePrefix, int maxThreads) {
		this(new BoundedExecutor(threadNamePrefix, maxThreads));
	}

	@Override
	public void close() {
		this.executor.close();
	}

}
