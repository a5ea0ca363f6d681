package dev.streaming.internal.transport.websocket;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.internal.concurrent.PoolWatch;
import dev.streaming.internal.concurrent.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Blocking tasks of one connection, on the blocking executor. Thread-safe, never blocks.
 */
final class InterruptibleTasks {

	private final Executor executor;

	private final Scheduler timer;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final Set<InterruptibleTask> running = new HashSet<>();

	@GuardedBy("lock")
	private boolean ended;

	/**
	 * Create the tasks of a connection.
	 * @param executor the executor
	 * @param timer the scheduler
	 */
	InterruptibleTasks(Executor executor, Scheduler timer) {
		this.executor = executor;
		this.timer = timer;
	}

	/**
	 * Start a task.
	 * @param body the body, which may block
	 * @param done called once with the exception of the body, or {@code null}, on the
	 * task's thread, or on the calling thread or the scheduler's if there is no thread
	 * for it (B7)
	 * @return the task
	 */
	InterruptibleTask start(InterruptibleTask.Body body, Consumer<@Nullable Throwable> done) {
		InterruptibleTask call = new InterruptibleTask(body, done);
		if (!add(call)) {
			call.reject(new IOException("The connection was dropped"));
			return call;
		}
		try {
			PoolWatch.execute(this.executor, this.executor, this.timer, () -> {
				try {
					call.run();
				}
				finally {
					remove(call);
				}
			}, (failure) -> {
				remove(call);
				call.reject(failure);
			});
		}
		catch (RejectedExecutionException ex) {
			remove(call);
			call.reject(ex);
		}
		return call;
	}

	/**
	 * Interrupt all tasks, and reject later ones.
	 * @return {@code false} if this was called before
	 */
	boolean end() {
		List<InterruptibleTask> interrupted;
		this.lock.lock();
		try {
			if (this.ended) {
				return false;
			}
			this.ended = true;
			interrupted = List.copyOf(this.running);
		}
		finally {
			this.lock.unlock();
		}
		interrupted.forEach(InterruptibleTask::interrupt);
		return true;
	}

	/**
	 * Run a short task, also after the end, and on the calling thread if there is no
	 * other one.
	 * @param task the task
	 */
	void runRegardless(Runnable task) {
		try {
			this.executor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			task.run();
		}
	}

	private boolean add(InterruptibleTask call) {
		this.lock.lock();
		try {
			return !this.ended && this.running.add(call);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void remove(InterruptibleTask call) {
		this.lock.lock();
		try {
			this.running.remove(call);
		}
		finally {
			this.lock.unlock();
		}
	}

}
