package dev.streaming.internal.transport.websocket;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * A call that may block, run once on a thread of a pool, which {@link #interrupt()} can
 * break off from any other thread. An interrupt hits nothing but the body: not what the
 * thread does before, afterwards, or for others.
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
	 * Create a call.
	 * @param body the task, which may block
	 * @param done called once, with what the body threw, or {@code null}; on the same
	 * thread, which can no longer be interrupted then
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
	 * Mark the call as rejected, because there is no thread for it.
	 * @param failure why
	 */
	void reject(Throwable failure) {
		this.done.accept(failure);
	}

	/**
	 * Break the call off; one that has not begun never runs its body. Does not block.
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
	 * Return whether the calling thread is in the body.
	 * @return whether it is
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
				// Ours: whoever uses this thread next must not find it
				Thread.interrupted();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A task that may block.
	 */
	@FunctionalInterface
	interface Body {

		/**
		 * Run it.
		 * @throws Exception if it fails
		 */
		void run() throws Exception;

	}

}
