package dev.streaming.internal.session;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.internal.concurrent.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Invocation of a user's hook with a time limit. The calling thread runs the hook; the
 * scheduler's thread, or the thread that ends the session, interrupts it, but never after
 * it has returned.
 */
final class HookInvocation {

	private final Scheduler timer;

	private final Duration limit;

	private final Duration patience;

	private final Runnable ignored;

	private final ReentrantLock lock = new ReentrantLock();

	// Set while the hook is running
	@GuardedBy("lock")
	private @Nullable Thread running;

	@GuardedBy("lock")
	private boolean cancelled;

	@GuardedBy("lock")
	private boolean timedOut;

	@GuardedBy("lock")
	private Scheduler.@Nullable Timeout timeout;

	/**
	 * Create an invocation.
	 * @param timer the scheduler
	 * @param limit the time limit after which the hook is interrupted
	 * @param patience maximum time for which the hook may ignore the interruption
	 * @param ignored called on the scheduler's thread when the hook has ignored it
	 */
	HookInvocation(Scheduler timer, Duration limit, Duration patience, Runnable ignored) {
		this.timer = timer;
		this.limit = limit;
		this.patience = patience;
		this.ignored = ignored;
	}

	/**
	 * Run the hook on the calling thread.
	 * @param hook the hook
	 * @throws HookTimeoutException if the hook exceeded the limit, regardless of its
	 * result
	 * @throws Exception the failure of the hook
	 */
	void run(Callable<?> hook) throws Exception {
		this.lock.lock();
		try {
			if (this.cancelled) {
				throw new InterruptedException("The session has ended");
			}
			this.running = Thread.currentThread();
			this.timeout = this.timer.schedule(this.limit, this::expire);
		}
		finally {
			this.lock.unlock();
		}
		Throwable failure = null;
		try {
			hook.call();
		}
		catch (Throwable ex) {
			failure = ex;
		}
		if (finish()) {
			throw new HookTimeoutException(this.limit, failure);
		}
		if (failure instanceof Exception ex) {
			throw ex;
		}
		if (failure != null) {
			throw new IllegalStateException("The hook failed with " + failure, failure);
		}
	}

	private boolean finish() {
		this.lock.lock();
		try {
			this.running = null;
			if (this.timeout != null) {
				this.timeout.cancel();
			}
			if (this.timedOut || this.cancelled) {
				// The interrupt was for the hook, not for later tasks of the thread
				Thread.interrupted();
			}
			return this.timedOut;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void expire() {
		this.lock.lock();
		try {
			if (this.running == null) {
				return;
			}
			this.timedOut = true;
			this.running.interrupt();
			this.timeout = this.timer.schedule(this.patience, this::giveUp);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void giveUp() {
		this.lock.lock();
		try {
			if (this.running == null) {
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		this.ignored.run();
	}

	/**
	 * Interrupt the hook because its session has ended. May be called by any thread.
	 */
	void cancel() {
		this.lock.lock();
		try {
			this.cancelled = true;
			if (this.running != null) {
				this.running.interrupt();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Exception for a hook that exceeded its time limit.
	 */
	static final class HookTimeoutException extends Exception {

		private static final long serialVersionUID = 1L;

		HookTimeoutException(Duration limit, @Nullable Throwable cause) {
			super("The hook did not return within reconnectHookTimeout (" + limit.toMillis() + " ms)", cause);
		}

	}

}
