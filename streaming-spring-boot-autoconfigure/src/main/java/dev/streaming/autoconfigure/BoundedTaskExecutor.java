package dev.streaming.autoconfigure;

import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.internal.concurrent.ThreadPool;
import org.jspecify.annotations.Nullable;

import org.springframework.core.task.support.TaskExecutorAdapter;

/**
 * Adapts a {@link BoundedExecutor} to a task executor that is closed with its context.
 */
final class BoundedTaskExecutor extends TaskExecutorAdapter implements ThreadPool, AutoCloseable {

	private final BoundedExecutor executor;

	private BoundedTaskExecutor(BoundedExecutor executor) {
		super(executor);
		this.executor = executor;
	}

	BoundedTaskExecutor(String threadNamePrefix, int maxThreads, String setting) {
		this(new BoundedExecutor(threadNamePrefix, maxThreads, setting));
	}

	@Override
	public @Nullable String exhaustion() {
		return this.executor.exhaustion();
	}

	@Override
	public void close() {
		this.executor.close();
	}

}
