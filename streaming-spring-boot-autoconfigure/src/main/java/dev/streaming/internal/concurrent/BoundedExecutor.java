package dev.streaming.internal.concurrent;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
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

	@GuardedBy("lock")
	private int running;

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
		this.maxThreads = maxThreads;
		this.threadNamePrefix = threadNamePrefix;
		this.setting = setting;
		AtomicInteger number = new AtomicInteger();
		this.threads = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 5, TimeUnit.SECONDS, new SynchronousQueue<>(),
				(task) -> {
					Thread thread = new Thread(task, threadNamePrefix + number.incrementAndGet());
					thread.setDaemon(true);
					return thread;
				}, new ThreadPoolExecutor.AbortPolicy());
	}

	/**
	 * Run a task when a thread is free. Does not block.
	 * @param task the task
	 * @throws java.util.concurrent.RejectedExecutionException if the pool is closed
	 */
	@Override
	public void execute(Runnable task) {
		this.lock.lock();
		try {
			if (this.running == this.maxThreads) {
				this.waiting.add(task);
				return;
			}
			this.running++;
		}
		finally {
			this.lock.unlock();
		}
		this.threads.execute(() -> run(task));
	}

	@Override
	public @Nullable String exhaustion() {
		this.lock.lock();
		try {
			if (this.running < this.maxThreads) {
				return null;
			}
		}
		finally {
			this.lock.unlock();
		}
		return "all " + this.maxThreads + " threads of the pool '" + this.threadNamePrefix + "*' are busy"
				+ (this.setting.isEmpty() ? "" : "; '" + this.setting + "' is the number of threads");
	}

	private void run(Runnable first) {
		Runnable task = first;
		while (task != null) {
			try {
				task.run();
			}
			catch (Throwable ex) {
				logger.atError().setCause(ex).log("A task failed");
			}
			task = next();
		}
	}

	private @Nullable Runnable next() {
		this.lock.lock();
		try {
			Runnable task = this.waiting.poll();
			if (task == null) {
				this.running--;
			}
			return task;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void close() {
		this.threads.shutdownNow();
	}

}
