package dev.streaming.internal.relay;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.concurrent.Scheduler.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Detects that there was no activity of either side for too long. An open microphone is
 * not activity. Thread-safe.
 */
final class IdleWatch {

	private final Scheduler scheduler;

	private final Duration limit;

	private final Runnable onIdle;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private @Nullable Timeout timeout;

	private volatile long lastSaid;

	/**
	 * Create a watch that is not started.
	 * @param scheduler the scheduler
	 * @param limit the time, zero for no limit
	 * @param onIdle called on the scheduler's thread when the time has elapsed
	 */
	IdleWatch(Scheduler scheduler, Duration limit, Runnable onIdle) {
		this.scheduler = scheduler;
		this.limit = limit;
		this.onIdle = onIdle;
	}

	void start() {
		said();
		if (!this.limit.isZero()) {
			schedule(this.limit);
		}
	}

	/**
	 * Record activity of one side.
	 */
	void said() {
		this.lastSaid = this.scheduler.nanoTime();
	}

	void stop() {
		this.lock.lock();
		try {
			if (this.timeout != null) {
				this.timeout.cancel();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void schedule(Duration delay) {
		this.lock.lock();
		try {
			this.timeout = this.scheduler.schedule(delay, this::check);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void check() {
		Duration left = this.limit.minus(Duration.ofNanos(this.scheduler.nanoTime() - this.lastSaid));
		if (left.isZero() || left.isNegative()) {
			this.onIdle.run();
		}
		else {
			schedule(left);
		}
	}

}
