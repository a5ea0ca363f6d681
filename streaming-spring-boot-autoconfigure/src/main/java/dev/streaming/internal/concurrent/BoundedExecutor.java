package dev.streaming.internal.concurrent;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pool of daemon threads that reuses idle threads before it starts others, has a maximum
 * number of threads, and queues further tasks. {@link ThreadPoolExecutor} does not
 * support this combination.
 * <p>
 * Only one thread at a time is on its way to the tasks: a thread that has got its first
 * task wakes the next one if there are more. To wake a thread takes longer than most
 * tasks do, so many short tasks at once wake few threads. A task that blocks delays no
 * other, because the next thread was woken before, unless the system has no thread left.
 */
public final class BoundedExecutor implements ThreadPool, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(BoundedExecutor.class);

	private final int maxThreads;

	private final String threadNamePrefix;

	private final String setting;

	private final ExecutorService threads;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final Queue<Runnable> waiting = new ArrayDeque<>();

	/** Number of threads that run tasks, including the one that is being woken. */
	@GuardedBy("lock")
	private int running;

	/** Whether a thread is being woken and has not asked for a task yet. */
	@GuardedBy("lock")
	private boolean waking;

	@GuardedBy("lock")
	private boolean closed;

	/**
	 * Create a pool without threads.
	 * @param threadNamePrefix the prefix of thread names
	 * @param maxThreads maximum number of threads
	 */
	public BoundedExecutor(String threadNamePrefix, int maxThreads) {
		this(threadNamePrefix, maxThreads, "");
	}

	/**
	 * Create a pool without threads whose size is defined by a setting.
	 * @param threadNamePrefix the prefix of thread names
	 * @param maxThreads maximum number of threads
	 * @param setting the name of the setting, empty for none
	 */
	public BoundedExecutor(String threadNamePrefix, int maxThreads, String setting) {
		this(threadNamePrefix, maxThreads, setting, threads(threadNamePrefix));
	}

	/**
	 * Create a pool.
	 * @param threadNamePrefix the prefix of thread names
	 * @param maxThreads maximum number of threads
	 * @param setting the name of the setting, empty for none
	 * @param threads provides the threads; without a queue
	 */
	BoundedExecutor(String threadNamePrefix, int maxThreads, String setting, ExecutorService threads) {
		this.maxThreads = maxThreads;
		this.threadNamePrefix = threadNamePrefix;
		this.setting = setting;
		this.threads = threads;
	}

	private static ExecutorService threads(String threadNamePrefix) {
		AtomicInteger number = new AtomicInteger();
		return new ThreadPoolExecutor(0, Integer.MAX_VALUE, 5, TimeUnit.SECONDS, new SynchronousQueue<>(), (task) -> {
			Thread thread = new Thread(task, threadNamePrefix + number.incrementAndGet());
			thread.setDaemon(true);
			return thread;
		}, new ThreadPoolExecutor.AbortPolicy());
	}

	/**
	 * Run a task when a thread is free. Does not block.
	 * @param task the task
	 * @throws RejectedExecutionException if the pool is closed
	 */
	@Override
	public void execute(Runnable task) {
		boolean wake;
		this.lock.lock();
		try {
			if (this.closed) {
				throw new RejectedExecutionException("The pool '" + this.threadNamePrefix + "*' is closed");
			}
			this.waiting.add(task);
			wake = isThreadToWake();
		}
		finally {
			this.lock.unlock();
		}
		if (wake) {
			wake(task);
		}
	}

	@GuardedBy("lock")
	private boolean isThreadToWake() {
		if (this.waking || this.waiting.isEmpty() || this.running == this.maxThreads) {
			return false;
		}
		this.running++;
		this.waking = true;
		return true;
	}

	private void wake(Runnable task) {
		try {
			this.threads.execute(this::run);
		}
		catch (RuntimeException | Error ex) {
			boolean withdrawn;
			boolean wake;
			this.lock.lock();
			try {
				notWoken();
				withdrawn = this.waiting.remove(task);
				wake = isThreadToWake();
			}
			finally {
				this.lock.unlock();
			}
			if (wake) {
				wakeNext();
			}
			endIfClosed();
			// Unless another thread has the task already
			if (withdrawn) {
				throw ex;
			}
		}
	}

	private void wakeNext() {
		try {
			this.threads.execute(this::run);
		}
		catch (RuntimeException | Error ex) {
			// The threads that run take these tasks after their own ones
			this.lock.lock();
			try {
				notWoken();
			}
			finally {
				this.lock.unlock();
			}
			logger.atWarn().setCause(ex).log("No thread for the next task of the pool '{}*'", this.threadNamePrefix);
		}
	}

	@GuardedBy("lock")
	private void notWoken() {
		this.running--;
		this.waking = false;
	}

	@Override
	public @Nullable String exhaustion() {
		this.lock.lock();
		try {
			// A thread that is being woken is for the first of the tasks that wait
			int taken = this.running + this.waiting.size() - (this.waking ? 1 : 0);
			if (taken < this.maxThreads) {
				return null;
			}
		}
		finally {
			this.lock.unlock();
		}
		return "all " + this.maxThreads + " threads of the pool '" + this.threadNamePrefix + "*' are busy"
				+ (this.setting.isEmpty() ? "" : "; '" + this.setting + "' is the number of threads");
	}

	private void run() {
		for (Runnable task = next(true); task != null; task = next(false)) {
			try {
				task.run();
			}
			catch (Throwable ex) {
				logger.atError().setCause(ex).log("A task failed");
			}
			// An interrupt of one task must not affect the next one, that of close() must
			Thread.interrupted();
			if (this.threads.isShutdown()) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private @Nullable Runnable next(boolean woken) {
		Runnable task;
		boolean wake;
		boolean end;
		this.lock.lock();
		try {
			if (woken) {
				this.waking = false;
			}
			task = this.waiting.poll();
			if (task == null) {
				this.running--;
			}
			wake = isThreadToWake();
			end = isToEnd();
		}
		finally {
			this.lock.unlock();
		}
		if (wake) {
			wakeNext();
		}
		if (end) {
			this.threads.shutdownNow();
		}
		return task;
	}

	/**
	 * Run no further tasks, except those that wait already, and interrupt all threads as
	 * soon as these tasks have one.
	 */
	@Override
	public void close() {
		this.lock.lock();
		try {
			this.closed = true;
		}
		finally {
			this.lock.unlock();
		}
		endIfClosed();
	}

	private void endIfClosed() {
		boolean end;
		this.lock.lock();
		try {
			end = isToEnd();
		}
		finally {
			this.lock.unlock();
		}
		if (end) {
			this.threads.shutdownNow();
		}
	}

	// A thread that is being woken still comes, and wakes those for all tasks that wait
	@GuardedBy("lock")
	private boolean isToEnd() {
		return this.closed && !this.waking;
	}

}
