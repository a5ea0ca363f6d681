package dev.streaming.testsupport;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import dev.streaming.internal.concurrent.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A timer that stands still until it is turned. Tasks run on the thread that turns it, in
 * the order of their times, and see the clock at exactly their time.
 */
public final class ManualScheduler implements Scheduler, InstantSource {

	private static final Duration WAIT = Duration.ofSeconds(10);

	/** Overflows after five seconds, so that a wrong comparison of times fails. */
	private static final long ORIGIN = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();

	/** Time of day before the clock is turned. */
	private static final Instant START = Instant.parse("2026-11-29T12:00:00.25Z");

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final TreeSet<Task> tasks = new TreeSet<>(
			Comparator.comparingLong(Task::due).thenComparingLong(Task::number));

	private long elapsed;

	private long numbers;

	@Override
	public long nanoTime() {
		this.lock.lock();
		try {
			return ORIGIN + this.elapsed;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public Instant instant() {
		return START.plusNanos(elapsed());
	}

	@Override
	public Timeout schedule(Duration delay, Runnable task) {
		Jitter.pause();
		this.lock.lock();
		try {
			Task added = new Task(this.elapsed + Math.max(0, delay.toNanos()), this.numbers++, task);
			this.tasks.add(added);
			this.changed.signalAll();
			return () -> cancel(added);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void cancel(Task task) {
		Jitter.pause();
		this.lock.lock();
		try {
			this.tasks.remove(task);
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Turn the clock and run what falls due, also what these tasks schedule.
	 * @param time the time to advance; zero runs the tasks that are due already
	 */
	public void advance(Duration time) {
		long target = elapsed() + time.toNanos();
		Task next = next(target);
		while (next != null) {
			next.action().run();
			next = next(target);
		}
	}

	/**
	 * Wait until a task is due in exactly this time, for code that schedules on another
	 * thread, then turn the clock to it.
	 * @param time the time to advance
	 * @throws InterruptedException if interrupted
	 */
	public void fallDue(Duration time) throws InterruptedException {
		awaitDue(time);
		advance(time);
	}

	/**
	 * Wait until a task is due in exactly this time.
	 * @param time the time from now
	 * @throws InterruptedException if interrupted
	 */
	public void awaitDue(Duration time) throws InterruptedException {
		await(() -> isDue(time), () -> "nothing is due in " + time);
	}

	/**
	 * Return whether a task is due in exactly this time.
	 * @param time the time from now
	 * @return whether there is one
	 */
	public boolean isDue(Duration time) {
		this.lock.lock();
		try {
			long due = this.elapsed + time.toNanos();
			return this.tasks.stream().anyMatch((task) -> task.due() == due);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Turn the clock to the next task and run all that is due then.
	 * @return the time that the clock was advanced
	 */
	public Duration advanceToNext() {
		Duration time = untilNext().orElseThrow(() -> new AssertionError("Nothing is scheduled"));
		advance(time);
		return time;
	}

	private long elapsed() {
		this.lock.lock();
		try {
			return this.elapsed;
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable Task next(long target) {
		this.lock.lock();
		try {
			if (this.tasks.isEmpty() || this.tasks.first().due() > target) {
				this.elapsed = Math.max(this.elapsed, target);
				return null;
			}
			Task task = this.tasks.first();
			this.tasks.remove(task);
			this.elapsed = Math.max(this.elapsed, task.due());
			this.changed.signalAll();
			return task;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return the time until the next task is due.
	 * @return the time, empty if nothing is scheduled
	 */
	public Optional<Duration> untilNext() {
		this.lock.lock();
		try {
			return this.tasks.isEmpty() ? Optional.empty()
					: Optional.of(Duration.ofNanos(Math.max(0, this.tasks.first().due() - this.elapsed)));
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return the number of tasks that are neither run nor cancelled. A test that ends
	 * with some has found a leak.
	 * @return the number
	 */
	public int pending() {
		this.lock.lock();
		try {
			return this.tasks.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait until as many tasks are scheduled, for code that schedules on another thread.
	 * @param count the least number
	 * @throws InterruptedException if interrupted
	 */
	public void awaitPending(int count) throws InterruptedException {
		await(() -> this.tasks.size() >= count, () -> "not " + count + " tasks");
	}

	private void await(BooleanSupplier condition, Supplier<String> failure) throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			long left = WAIT.toNanos();
			while (!condition.getAsBoolean()) {
				if (left <= 0) {
					throw new AssertionError(
							failure.get() + " of those scheduled at " + this.elapsed + ": " + this.tasks);
				}
				left = this.changed.awaitNanos(left);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private record Task(long due, long number, Runnable action) {

	}

}
