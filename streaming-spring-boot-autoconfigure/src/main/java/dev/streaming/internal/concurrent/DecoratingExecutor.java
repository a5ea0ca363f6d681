package dev.streaming.internal.concurrent;

import java.util.List;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.CompositeTaskDecorator;

/**
 * Executor that runs decorated tasks on the threads of another executor. A task is
 * decorated when it is submitted, so that a decorator has access to the context of the
 * submitting thread. Tasks of a session are submitted by threads of the transport and the
 * scheduler: for these, {@link #capture()} decorates once, on the thread that opens the
 * session.
 */
public final class DecoratingExecutor implements ContextExecutor, ThreadPool {

	private final Executor executor;

	private final TaskDecorator decorator;

	private DecoratingExecutor(Executor executor, TaskDecorator decorator) {
		this.executor = executor;
		this.decorator = decorator;
	}

	/**
	 * Create an executor that decorates the tasks of another one.
	 * @param executor the executor
	 * @param decorators the decorators, in order
	 * @return the executor itself if there are no decorators
	 */
	public static Executor of(Executor executor, List<TaskDecorator> decorators) {
		return decorators.isEmpty() ? executor
				: new DecoratingExecutor(executor, new CompositeTaskDecorator(decorators));
	}

	@Override
	public void execute(Runnable task) {
		this.executor.execute(this.decorator.decorate(task));
	}

	@Override
	public @Nullable String exhaustion() {
		return ThreadPool.exhaustion(this.executor);
	}

	@Override
	public Executor capture() {
		return new Captured(this.executor, this.decorator);
	}

	/**
	 * Executor that runs every task within the same decorated task.
	 */
	private static final class Captured implements ThreadPool {

		private final Executor executor;

		// Set while this thread runs a task, and read by the decorated task
		private final ThreadLocal<Runnable> current = new ThreadLocal<>();

		private final Runnable decorated;

		Captured(Executor executor, TaskDecorator decorator) {
			this.executor = executor;
			this.decorated = decorator.decorate(() -> this.current.get().run());
		}

		@Override
		public @Nullable String exhaustion() {
			return ThreadPool.exhaustion(this.executor);
		}

		@Override
		public void execute(Runnable task) {
			this.executor.execute(() -> {
				this.current.set(task);
				try {
					this.decorated.run();
				}
				finally {
					this.current.remove();
				}
			});
		}

	}

}
