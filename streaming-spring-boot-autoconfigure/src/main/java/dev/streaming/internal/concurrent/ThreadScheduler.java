package dev.streaming.internal.concurrent;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Default {@link Scheduler} with one daemon thread, which exists only while tasks are
 * scheduled.
 * <p>
 * The thread wakes up twice a second while there are tasks, because otherwise each task
 * that is due before all others would wake it when it is scheduled: the deadline of each
 * message, for example, which is canceled as soon as the message is written.
 */
public final class ThreadScheduler implements Scheduler, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ThreadScheduler.class);

	private final Duration tick;

	private final ScheduledThreadPoolExecutor executor;

	private final AtomicBoolean ticking = new AtomicBoolean();

	/**
	 * Create a scheduler.
	 * @param threadName the name of its thread
	 */
	public ThreadScheduler(String threadName) {
		this(threadName, Duration.ofMillis(500), Duration.ofSeconds(5));
	}

	/**
	 * Create a scheduler.
	 * @param threadName the name of its thread
	 * @param tick the interval at which the thread wakes up
	 * @param keepAlive the time for which the thread exists without tasks
	 */
	ThreadScheduler(String threadName, Duration tick, Duration keepAlive) {
		this.tick = tick;
		this.executor = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, threadName);
			thread.setDaemon(true);
			return thread;
		}, new ThreadPoolExecutor.DiscardPolicy());
		this.executor.setRemoveOnCancelPolicy(true);
		this.executor.setKeepAliveTime(keepAlive.toNanos(), TimeUnit.NANOSECONDS);
		this.executor.allowCoreThreadTimeOut(true);
		this.executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
	}

	@Override
	public long nanoTime() {
		return System.nanoTime();
	}

	@Override
	public Timeout schedule(Duration delay, Runnable task) {
		if (delay.compareTo(this.tick) > 0 && this.ticking.compareAndSet(false, true)) {
			scheduleTick();
		}
		Future<?> future = this.executor.schedule(() -> run(task), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
		return () -> future.cancel(false);
	}

	private void scheduleTick() {
		this.executor.schedule(this::tick, this.tick.toNanos(), TimeUnit.NANOSECONDS);
	}

	private void tick() {
		if (!this.executor.getQueue().isEmpty()) {
			scheduleTick();
			return;
		}
		// A task that is scheduled at this moment only wakes the thread
		this.ticking.set(false);
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
