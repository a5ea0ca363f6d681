package dev.streaming.internal.session;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.internal.concurrent.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Checks periodically for a quiet moment, for a part of a session that waits for one.
 * Checks after messages of the provider are not sufficient, because a turn may end
 * without a message, after a timeout.
 * <p>
 * Thread-safe. The check runs on the session's task, without the lock.
 */
final class QuietMomentPoll {

	/**
	 * Interval of the checks.
	 */
	static final Duration INTERVAL = Duration.ofMillis(250);

	private final SessionEnvironment environment;

	private final Runnable question;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private Scheduler.@Nullable Timeout next;

	@GuardedBy("lock")
	private boolean closed;

	/**
	 * Create a poll that is not active.
	 * @param environment the session's environment
	 * @param question the check, which continues if the moment is quiet, or else calls
	 * {@link #askAgain()}
	 */
	QuietMomentPoll(SessionEnvironment environment, Runnable question) {
		this.environment = environment;
		this.question = question;
	}

	/**
	 * Schedule one check after the interval, unless one is scheduled.
	 */
	void askAgain() {
		this.lock.lock();
		try {
			if (this.next == null && !this.closed) {
				this.next = this.environment.schedule(INTERVAL, this::ask);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void ask() {
		this.lock.lock();
		try {
			this.next = null;
			if (this.closed) {
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		this.question.run();
	}

	/**
	 * Cancel the scheduled check.
	 */
	void cancel() {
		this.lock.lock();
		try {
			Scheduler.cancel(this.next);
			this.next = null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Cancel the scheduled check and schedule no others, because the session has ended.
	 */
	void close() {
		this.lock.lock();
		try {
			this.closed = true;
			Scheduler.cancel(this.next);
			this.next = null;
		}
		finally {
			this.lock.unlock();
		}
	}

}
