package dev.streaming.internal.transport.websocket;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * Task that may block, run once on a thread of a pool, which {@link #interrupt()} can
 * interrupt from any other thread. An interrupt only affects the body, not other work of
 * the thread before or afterwards.
 */
final class InterruptibleTask implements Runnable {

	private final Body body;

	private final Consumer<@Nullable Throwable> done;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private @Nullable Thread thread;

	@GuardedBy("lock")
	private boolean interrupted;

	/**
	 * Create a task.
	 * @param body the body, which may block
	 * @param done called once with the exception of the body, or {@code null}, on the
	 * same thread, which is not interrupted any more
	 */
	InterruptibleTask(Body body, Consumer<@Nullable Throwable> done) {
		this.body = body;
		this.done = done;
	}

	@Override
	public void run() {
		Throwable failure = null;
		if (!begin()) {
			failure = new IOException("Cancelled before it began");
		}
		else {
			try {
				this.body.run();
			}
			catch (Throwable ex) {
				failure = ex;
			}
			finally {
				end();
			}
		}
		this.done.accept(failure);
	}

	/**
	 * Reject the task, because there is no thread for it.
	 * @param failure the reason
	 */
	void reject(Throwable failure) {
		this.done.accept(failure);
	}

	/**
	 * Interrupt the task; the body of a task that has not begun is never run. Does not
	 * block.
	 */
	void interrupt() {
		this.lock.lock();
		try {
			this.interrupted = true;
			if (this.thread != null) {
				this.thread.interrupt();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return whether the calling thread runs the body.
	 * @return whether it does
	 */
	boolean isOnThisThread() {
		this.lock.lock();
		try {
			return this.thread == Thread.currentThread();
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean begin() {
		this.lock.lock();
		try {
			if (this.interrupted) {
				return false;
			}
			this.thread = Thread.currentThread();
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void end() {
		this.lock.lock();
		try {
			this.thread = null;
			if (this.interrupted) {
				// The interrupt flag must not affect other tasks of this thread
				Thread.interrupted();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Body of a task, which may block.
	 */
	@FunctionalInterface
	interface Body {

		/**
		 * Run the body.
		 * @throws Exception if it fails
		 */
		void run() throws Exception;

	}

}
