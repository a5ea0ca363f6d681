package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.observation.ConnectionObserver;
import org.jspecify.annotations.Nullable;

/**
 * Pings the peer of one physical connection and notices when it is gone. It stands still
 * until it is given an interval, and ends with its connection.
 * <p>
 * The timer's thread pings; signs of life come on the transport's threads; the interval
 * is set by any thread. Ping, loss and observer are called without the lock. Nothing
 * blocks.
 */
final class Heartbeat {

	private final Duration pongTimeout;

	private final Scheduler timer;

	private final Runnable ping;

	private final Consumer<String> lost;

	private final ConnectionObserver observer;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private boolean stopped;

	@GuardedBy("lock")
	private Duration interval = Duration.ZERO;

	// Goes up with each change, so that a task of an earlier round does nothing
	@GuardedBy("lock")
	private int round;

	@GuardedBy("lock")
	private Scheduler.@Nullable Timeout nextPing;

	@GuardedBy("lock")
	private Scheduler.@Nullable Timeout check;

	// When the first ping since the last sign of life was sent
	@GuardedBy("lock")
	private long waitingSince;

	@GuardedBy("lock")
	private long pings;

	// Written by the transport's thread, read by the timer's
	private volatile long lastSign;

	// While reading is paused the peer cannot be heard
	private volatile boolean readingPaused;

	private volatile long readingPausedUntil;

	private volatile long pingSent;

	// A pong without a ping is a sign of life, and nothing to measure
	private final AtomicBoolean pingOut = new AtomicBoolean();

	/**
	 * Create a heartbeat that does not ping yet.
	 * @param pongTimeout maximum time to wait for any frame after a ping
	 * @param timer the clock
	 * @param ping sends a ping
	 * @param lost called once with the reason when there was no sign of life
	 * @param observer notified of pings
	 */
	Heartbeat(Duration pongTimeout, Scheduler timer, Runnable ping, Consumer<String> lost,
			ConnectionObserver observer) {
		this.pongTimeout = pongTimeout;
		this.timer = timer;
		this.ping = ping;
		this.lost = lost;
		this.observer = observer;
		long now = timer.nanoTime();
		this.lastSign = now;
		this.readingPausedUntil = now;
	}

	/**
	 * Ping at an interval from now on, and forget the pings before. Without effect once
	 * it was stopped.
	 * @param interval the interval, zero for no pings
	 */
	void interval(Duration interval) {
		this.lock.lock();
		try {
			if (this.stopped) {
				return;
			}
			endRound();
			this.interval = interval;
			this.pings = 0;
			this.pingOut.set(false);
			if (!interval.isZero()) {
				schedulePing();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Stop permanently.
	 */
	void stop() {
		this.lock.lock();
		try {
			this.stopped = true;
			endRound();
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void endRound() {
		this.round++;
		cancel(this.nextPing);
		cancel(this.check);
		this.nextPing = null;
		this.check = null;
	}

	@GuardedBy("lock")
	private void schedulePing() {
		int current = this.round;
		this.nextPing = this.timer.schedule(this.interval, () -> ping(current));
	}

	@GuardedBy("lock")
	private void scheduleCheck(Duration delay) {
		int current = this.round;
		this.check = this.timer.schedule(delay, () -> check(current));
	}

	/**
	 * Record that something came from the peer.
	 */
	void activity() {
		this.lastSign = this.timer.nanoTime();
	}

	/**
	 * Record that a pong came from the peer.
	 */
	void pong() {
		activity();
		if (this.pingOut.compareAndSet(true, false)) {
			this.observer.pinged(Duration.ofNanos(this.timer.nanoTime() - this.pingSent), true);
		}
	}

	/**
	 * Record that our own back-pressure paused or resumed reading. The time between does
	 * not count against the peer.
	 * @param paused whether reading is paused
	 */
	void readingPaused(boolean paused) {
		this.readingPausedUntil = this.timer.nanoTime();
		this.readingPaused = paused;
	}

	private void ping(int current) {
		this.lock.lock();
		try {
			if (this.round != current) {
				return;
			}
			long now = this.timer.nanoTime();
			if (this.check == null || isHeardSince(this.waitingSince)) {
				this.waitingSince = now;
				cancel(this.check);
				scheduleCheck(this.pongTimeout);
			}
			this.pingSent = now;
			this.pingOut.set(true);
			this.pings++;
			schedulePing();
		}
		finally {
			this.lock.unlock();
		}
		this.ping.run();
	}

	private void check(int current) {
		String loss;
		Duration waited;
		this.lock.lock();
		try {
			if (this.round != current) {
				return;
			}
			this.check = null;
			if (isHeardSince(this.waitingSince)) {
				return;
			}
			long now = this.timer.nanoTime();
			long from = this.readingPaused ? now : latest(this.waitingSince, this.readingPausedUntil);
			long left = this.pongTimeout.toNanos() - (now - from);
			if (left > 0) {
				scheduleCheck(Duration.ofNanos(left));
				return;
			}
			this.stopped = true;
			endRound();
			loss = "no frame was received within " + this.pongTimeout.toMillis() + " ms after a ping; " + this.pings
					+ " pings were sent on this connection";
			waited = Duration.ofNanos(now - this.waitingSince);
		}
		finally {
			this.lock.unlock();
		}
		this.observer.pinged(waited, false);
		this.lost.accept(loss);
	}

	private boolean isHeardSince(long time) {
		return this.lastSign - time >= 0;
	}

	private static long latest(long one, long other) {
		return (one - other > 0) ? one : other;
	}

	private static void cancel(Scheduler.@Nullable Timeout timeout) {
		if (timeout != null) {
			timeout.cancel();
		}
	}

}
