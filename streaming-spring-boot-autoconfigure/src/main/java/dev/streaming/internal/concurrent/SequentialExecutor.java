package dev.streaming.internal.concurrent;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executor that runs tasks one after another, in order, on threads of another executor. A
 * task sees the writes of earlier tasks. No thread is occupied while there are no tasks.
 * <p>
 * {@link #execute} may be called from any thread and does not block.
 */
public final class SequentialExecutor implements Executor {

	private static final Logger logger = LoggerFactory.getLogger(SequentialExecutor.class);

	private final Executor executor;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final Queue<Runnable> tasks = new ArrayDeque<>();

	@GuardedBy("lock")
	private boolean running;

	// Written by the thread that runs a task; compared with the current thread only
	private volatile @Nullable Thread thread;

	/**
	 * Create an executor without tasks.
	 * @param executor the executor for the tasks
	 */
	public SequentialExecutor(Executor executor) {
		this.executor = executor;
	}

	/**
	 * Return whether the calling thread runs a task of this executor.
	 * @return whether it does
	 */
	public boolean isCurrent() {
		return this.thread == Thread.currentThread();
	}

	@Override
	public void execute(Runnable task) {
		boolean start;
		this.lock.lock();
		try {
			this.tasks.add(task);
			start = !this.running;
			this.running = true;
		}
		finally {
			this.lock.unlock();
		}
		if (start) {
			start();
		}
	}

	private void start() {
		try {
			this.executor.execute(this::run);
		}
		catch (RejectedExecutionException ex) {
			// The application has stopped, so that there are no listeners any more
			logger.atDebug().setCause(ex).log("Rejected a session task: the executor is shut down");
		}
	}

	private void run() {
		// A hook's timeout may have left an interrupt flag, which was for that hook only
		boolean interrupted = Thread.interrupted();
		this.thread = Thread.currentThread();
		try {
			Runnable task = next();
			while (task != null) {
				run(task);
				task = next();
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private @Nullable Runnable next() {
		this.lock.lock();
		try {
			Runnable task = this.tasks.poll();
			if (task == null) {
				this.thread = null;
				this.running = false;
			}
			return task;
		}
		finally {
			this.lock.unlock();
		}
	}

	private static void run(Runnable task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			logger.atError().setCause(ex).log("A session task failed");
		}
		// An interrupt flag of one callback must not affect the next one
		Thread.interrupted();
	}

}
