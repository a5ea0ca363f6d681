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

	// Confined to the thread that runs a task
	private @Nullable Runnable afterwards;

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
		execute(task, this.executor);
	}

	/**
	 * Run a task, on a thread of another executor if no task is running.
	 * @param task the task
	 * @param starter the executor to use if no task is running
	 */
	public void execute(Runnable task, Executor starter) {
		if (isStart(task)) {
			start(this::run, starter);
		}
	}

	/**
	 * Run a task on a thread of another executor if no task is running, so that it does
	 * not wait for the threads of this one. Tasks that follow it run on threads of this
	 * executor, and so does the task if the other executor rejects it.
	 * @param other the other executor
	 * @param task the task
	 */
	public void executeOn(Executor other, Runnable task) {
		if (!isStart(task)) {
			return;
		}
		try {
			other.execute(this::runFirst);
		}
		catch (RejectedExecutionException ex) {
			start(this::run, this.executor);
		}
	}

	private boolean isStart(Runnable task) {
		this.lock.lock();
		try {
			this.tasks.add(task);
			boolean start = !this.running;
			this.running = true;
			return start;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Run a task of no order on the current thread when the current task has returned and
	 * there are no other tasks, which may run beside it then; on a thread of the executor
	 * otherwise. That saves waking a thread. Must be called by a task, which must call
	 * {@link #startAfterwards()} before anything that may take long.
	 * @param task the task, which may block
	 */
	public void executeAfterwards(Runnable task) {
		startAfterwards();
		this.afterwards = task;
	}

	/**
	 * Start the task that waits for the current one to return, if there is one. Must be
	 * called by a task.
	 */
	public void startAfterwards() {
		Runnable task = takeAfterwards();
		if (task != null) {
			start(task, this.executor);
		}
	}

	private @Nullable Runnable takeAfterwards() {
		Runnable task = this.afterwards;
		this.afterwards = null;
		return task;
	}

	private static void start(Runnable task, Executor starter) {
		try {
			starter.execute(task);
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
			Runnable after = null;
			for (Runnable task = next(); task != null; task = next()) {
				if (after != null) {
					start(after, this.executor);
				}
				run(task);
				after = takeAfterwards();
			}
			// Other threads may run tasks from here on
			if (after != null) {
				run(after);
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private void runFirst() {
		boolean interrupted = Thread.interrupted();
		this.thread = Thread.currentThread();
		try {
			Runnable task = next();
			if (task == null) {
				return;
			}
			run(task);
			startAfterwards();
			if (isMore()) {
				start(this::run, this.executor);
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private boolean isMore() {
		this.lock.lock();
		try {
			this.thread = null;
			this.running = !this.tasks.isEmpty();
			return this.running;
		}
		finally {
			this.lock.unlock();
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
