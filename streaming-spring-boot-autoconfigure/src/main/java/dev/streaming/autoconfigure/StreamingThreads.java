package dev.streaming.autoconfigure;

import java.util.concurrent.Executor;

import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.concurrent.ThreadScheduler;

import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * The threads of one application context, which end with it. Its executors are no beans,
 * or Spring Boot would take them for the application's.
 */
final class StreamingThreads implements AutoCloseable {

	/** The most threads of a kind. */
	private static final int MAX_THREADS = 256;

	private final Pool workers;

	private final Pool dialers;

	private final Pool io;

	private final ThreadScheduler timer = new ThreadScheduler("streaming-timer");

	/**
	 * Create pools that are empty so far.
	 * @param virtual whether what blocks does so on virtual threads
	 */
	StreamingThreads(boolean virtual) {
		this.workers = pool("streaming-worker-", virtual);
		this.dialers = pool("streaming-dial-", virtual);
		this.io = pool("streaming-io-", virtual);
	}

	private static Pool pool(String threadNamePrefix, boolean virtual) {
		if (!virtual) {
			BoundedExecutor executor = new BoundedExecutor(threadNamePrefix, MAX_THREADS);
			return new Pool(executor, executor::close);
		}
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor(threadNamePrefix);
		executor.setVirtualThreads(true);
		executor.setCancelRemainingTasksOnClose(true);
		return new Pool(executor, executor::close);
	}

	Executor workers() {
		return this.workers.executor();
	}

	Executor dialers() {
		return this.dialers.executor();
	}

	Executor io() {
		return this.io.executor();
	}

	Scheduler timer() {
		return this.timer;
	}

	@Override
	public void close() {
		this.timer.close();
		this.dialers.close().run();
		this.workers.close().run();
		this.io.close().run();
	}

	private record Pool(Executor executor, Runnable close) {

	}

}
