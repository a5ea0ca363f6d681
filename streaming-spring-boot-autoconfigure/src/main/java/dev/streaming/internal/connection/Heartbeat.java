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
 * Heartbeat of one physical connection: pings the peer and detects when it does not
 * respond. Inactive until an interval is set, and ends with its connection.
 * <p>
 * Pings are sent by the scheduler's thread, activity is reported by the transport's
 * threads, and the interval is set by any thread. Ping, loss and observer are called
 * without the lock. Nothing blocks.
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

	// Incremented with each change, so that tasks of earlier rounds have no effect
	@GuardedBy("lock")
	private int round;

	@GuardedBy("lock")
	private Scheduler.@Nullable Timeout nextPing;

	@GuardedBy("lock")
	private Scheduler.@Nullable Timeout check;

	// Time of the first ping since the last activity
	@GuardedBy("lock")
	private long waitingSince;

	@GuardedBy("lock")
	private long pings;

	// Written by the transport's thread, read by the timer's
	private volatile long lastSign;

	// While reading is paused, the activity of the peer is unknown
	private volatile boolean readingPaused;

	private volatile long readingPausedUntil;

	private volatile long pingSent;

	// A pong without a ping is activity, but not measured
	private final AtomicBoolean pingOut = new AtomicBoolean();

	/**
	 * Create an inactive heartbeat.
	 * @param pongTimeout maximum time to wait for any frame after a ping
	 * @param timer the scheduler
	 * @param ping called to send a ping
	 * @param lost called once with the reason when there was no activity
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
	 * Set the interval, and forget earlier pings. Without effect after {@link #stop()}.
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
		Scheduler.cancel(this.nextPing);
		Scheduler.cancel(this.check);
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
	 * Record activity of the peer.
	 */
	void activity() {
		this.lastSign = this.timer.nanoTime();
	}

	/**
	 * Record a pong of the peer.
	 */
	void pong() {
		activity();
		if (this.pingOut.compareAndSet(true, false)) {
			this.observer.pinged(Duration.ofNanos(this.timer.nanoTime() - this.pingSent), true);
		}
	}

	/**
	 * Record that back-pressure has paused or resumed reading. The time in between does
	 * not count as inactivity of the peer.
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
				Scheduler.cancel(this.check);
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

}
