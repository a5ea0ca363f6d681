package dev.streaming.internal.concurrent;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executor that runs tasks that another executor rejects on its own threads. An executor
 * of the application may be closed before the sessions, or may have a bounded queue: a
 * session whose task is rejected would neither continue nor end.
 */
public final class FallbackExecutor implements ThreadPool {

	private static final Logger logger = LoggerFactory.getLogger(FallbackExecutor.class);

	/** Maximum number of threads, sufficient to close sessions in parallel. */
	private static final int MAX_THREADS = 32;

	private final Executor executor;

	private final BoundedExecutor fallback = new BoundedExecutor("streaming-fallback-", MAX_THREADS);

	/**
	 * Create an executor.
	 * @param executor the executor to use unless it rejects a task
	 */
	public FallbackExecutor(Executor executor) {
		this.executor = executor;
	}

	@Override
	public @Nullable String exhaustion() {
		return ThreadPool.exhaustion(this.executor);
	}

	@Override
	public void execute(Runnable task) {
		try {
			this.executor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			logger.atDebug().setCause(ex).log("An executor rejected a task; it runs on another thread");
			this.fallback.execute(task);
		}
	}

}
