package dev.streaming.testsupport;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.concurrent.ThreadScheduler;

/**
 * Threads and the timer of a runtime on real sockets, which count what they have still to
 * do, so that what is left behind shows. Tomcat's client is silent meanwhile.
 */
public final class CountedThreads implements AutoCloseable {

	/** Held, so that its level stays. */
	private static final Logger TOMCAT = Logger.getLogger("org.apache.tomcat.websocket");

	private final Level level = TOMCAT.getLevel();

	private final AtomicInteger tasks = new AtomicInteger();

	private final AtomicInteger timeouts = new AtomicInteger();

	private final ThreadScheduler clock;

	private final BoundedExecutor io;

	private final BoundedExecutor workers;

	private final BoundedExecutor dialers;

	private final Scheduler timer = new CountingTimer();

	public CountedThreads(String prefix) {
		// A broken pipe is worth a stack trace to Tomcat
		TOMCAT.setLevel(Level.OFF);
		this.clock = new ThreadScheduler(prefix + "timer");
		this.io = new BoundedExecutor(prefix + "io-", 256);
		this.workers = new BoundedExecutor(prefix + "worker-", 256);
		this.dialers = new BoundedExecutor(prefix + "dial-", 256);
	}

	public Scheduler timer() {
		return this.timer;
	}

	public Executor io() {
		return counted(this.io);
	}

	public Executor workers() {
		return counted(this.workers);
	}

	public Executor dialers() {
		return counted(this.dialers);
	}

	/**
	 * Return the number of tasks that wait or run.
	 */
	public int tasks() {
		return this.tasks.get();
	}

	/**
	 * Return the number of timeouts that are pending.
	 */
	public int timeouts() {
		return this.timeouts.get();
	}

	private Executor counted(Executor pool) {
		return (task) -> {
			this.tasks.incrementAndGet();
			pool.execute(() -> {
				try {
					task.run();
				}
				finally {
					this.tasks.decrementAndGet();
				}
			});
		};
	}

	@Override
	public void close() {
		TOMCAT.setLevel(this.level);
		this.clock.close();
		this.io.close();
		this.workers.close();
		this.dialers.close();
	}

	private final class CountingTimer implements Scheduler {

		@Override
		public long nanoTime() {
			return CountedThreads.this.clock.nanoTime();
		}

		@Override
		public Timeout schedule(Duration delay, Runnable task) {
			AtomicInteger left = new AtomicInteger(1);
			CountedThreads.this.timeouts.incrementAndGet();
			Timeout timeout = CountedThreads.this.clock.schedule(delay, () -> {
				CountedThreads.this.timeouts.addAndGet(-left.getAndSet(0));
				task.run();
			});
			return () -> {
				timeout.cancel();
				CountedThreads.this.timeouts.addAndGet(-left.getAndSet(0));
			};
		}

	}

}
