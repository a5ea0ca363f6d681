package dev.streaming.internal.concurrent;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Default {@link Scheduler} with one daemon thread, which exists only while tasks are
 * scheduled.
 */
public final class ThreadScheduler implements Scheduler, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ThreadScheduler.class);

	private final ScheduledThreadPoolExecutor executor;

	/**
	 * Create a scheduler.
	 * @param threadName the name of its thread
	 */
	public ThreadScheduler(String threadName) {
		this.executor = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, threadName);
			thread.setDaemon(true);
			return thread;
		}, new ThreadPoolExecutor.DiscardPolicy());
		this.executor.setRemoveOnCancelPolicy(true);
		this.executor.setKeepAliveTime(5, TimeUnit.SECONDS);
		this.executor.allowCoreThreadTimeOut(true);
		this.executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
	}

	@Override
	public long nanoTime() {
		return System.nanoTime();
	}

	@Override
	public Timeout schedule(Duration delay, Runnable task) {
		Future<?> future = this.executor.schedule(() -> run(task), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
		return () -> future.cancel(false);
	}

	private static void run(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException ex) {
			logger.atError().setCause(ex).log("A timer task failed");
		}
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

}
