package dev.streaming.internal.concurrent;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a task that another executor rejects on a thread of its own. An executor of the
 * application may end before the sessions do, and may have a bounded queue: a session
 * whose task is rejected would neither continue nor end.
 */
public final class FallbackExecutor implements ThreadPool {

	private static final Logger logger = LoggerFactory.getLogger(FallbackExecutor.class);

	/** Enough to close sessions side by side. */
	private static final int MAX_THREADS = 32;

	private final Executor executor;

	private final BoundedExecutor fallback = new BoundedExecutor("streaming-fallback-", MAX_THREADS);

	/**
	 * Create an executor.
	 * @param executor runs the tasks that it does not reject
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
