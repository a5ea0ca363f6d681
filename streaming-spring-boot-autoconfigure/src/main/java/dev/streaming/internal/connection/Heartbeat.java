package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.observation.ConnectionObserver;
import org.jspecify.annotations.Nullable;

/**
 * Pings the peer of one link and notices when it is gone. Driven by the timer's thread;
 * signs of life come on the transport's. It ends with its link.
 */
public final class Heartbeat {

	private final Duration interval;

	private final Duration pongTimeout;

	private final Scheduler timer;

	private final Runnable ping;

	private final Consumer<String> lost;

	private final ConnectionObserver observer;

	private final ReentrantLock lock = new ReentrantLock();

	// Guarded by lock
	private boolean stopped;

	// Guarded by lock
	private Scheduler.@Nullable Timeout nextPing;

	// Guarded by lock
	private Scheduler.@Nullable Timeout check;

	// Guarded by lock: when the first ping since the last sign of life was sent
	private long waitingSince;

	// Guarded by lock
	private long pings;

	// Written by the transport's thread, read by the timer's
	private volatile long lastSign;

	// Written by whoever pauses reading: while it is paused the peer cannot be heard
	private volatile boolean deaf;

	private volatile long deafUntil;

	private volatile long pingSent;

	// A pong that nobody asked for is a sign of life, and nothing to measure
	private final AtomicBoolean pingOut = new AtomicBoolean();

	Heartbeat(Duration interval, Duration pongTimeout, Scheduler timer, Runnable ping, Consumer<String> lost,
			ConnectionObserver observer) {
		this.interval = interval;
		this.pongTimeout = pongTimeout;
		this.timer = timer;
		this.ping = ping;
		this.lost = lost;
		this.observer = observer;
		long now = timer.nanoTime();
		this.lastSign = now;
		this.deafUntil = now;
	}

	void start() {
		this.lock.lock();
		try {
			if (!this.stopped) {
				this.nextPing = this.timer.schedule(this.interval, this::ping);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	void stop() {
		this.lock.lock();
		try {
			this.stopped = true;
			cancel(this.nextPing);
			cancel(this.check);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Something came from the peer.
	 */
	void alive() {
		this.lastSign = this.timer.nanoTime();
	}

	/**
	 * A pong came from the peer.
	 */
	void pong() {
		alive();
		if (this.pingOut.compareAndSet(true, false)) {
			this.observer.pinged(Duration.ofNanos(this.timer.nanoTime() - this.pingSent), true);
		}
	}

	/**
	 * Our own back-pressure stopped reading, or lets it go on. The time between does not
	 * count against the peer.
	 * @param deaf whether reading is stopped
	 */
	void deaf(boolean deaf) {
		this.deafUntil = this.timer.nanoTime();
		this.deaf = deaf;
	}

	private void ping() {
		this.lock.lock();
		try {
			if (this.stopped) {
				return;
			}
			long now = this.timer.nanoTime();
			if (this.check == null || isHeardSince(this.waitingSince)) {
				this.waitingSince = now;
				cancel(this.check);
				this.check = this.timer.schedule(this.pongTimeout, this::check);
			}
			this.pingSent = now;
			this.pingOut.set(true);
			this.pings++;
			this.nextPing = this.timer.schedule(this.interval, this::ping);
		}
		finally {
			this.lock.unlock();
		}
		this.ping.run();
	}

	private void check() {
		String loss;
		this.lock.lock();
		try {
			this.check = null;
			if (this.stopped || isHeardSince(this.waitingSince)) {
				return;
			}
			long now = this.timer.nanoTime();
			long from = this.deaf ? now : latest(this.waitingSince, this.deafUntil);
			long left = this.pongTimeout.toNanos() - (now - from);
			if (left > 0) {
				this.check = this.timer.schedule(Duration.ofNanos(left), this::check);
				return;
			}
			this.stopped = true;
			cancel(this.nextPing);
			loss = "no sign of life within " + this.pongTimeout.toMillis() + " ms of a ping; " + this.pings
					+ " pings were sent on this connection";
			this.observer.pinged(Duration.ofNanos(now - this.waitingSince), false);
		}
		finally {
			this.lock.unlock();
		}
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
