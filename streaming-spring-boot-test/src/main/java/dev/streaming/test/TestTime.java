package dev.streaming.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.internal.concurrent.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.Assert;

/**
 * Clock of the sessions under test, which only the test advances: heartbeats, ages,
 * limits and timeouts of answers are controlled by the test, and take no time. Only the
 * backoff before a dial elapses automatically, at once, so that a session reconnects
 * while a test waits for its answer; {@link #holdBackOff()} changes that. Tasks that are
 * due at once do not wait for the clock, either.
 *
 * <pre>{@code
 * time.advance(Duration.ofMinutes(55));
 * }</pre>
 *
 * A bean in contexts with scripted providers. {@link #advance} and {@link #settle} block,
 * for milliseconds, until the sessions are idle. Thread-safe.
 *
 * @since 1.0.0
 * @see AutoConfigureScriptedProvider
 */
public final class TestTime {

	private static final Logger logger = LoggerFactory.getLogger(TestTime.class);

	/**
	 * Initial value, which overflows after five seconds, as a real clock may at any time.
	 */
	private static final long ORIGIN = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();

	private final VirtualScheduler scheduler = new VirtualScheduler();

	private final Activity activity;

	private final Executor executor;

	// Held by the thread that advances the clock
	private final ReentrantLock turning = new ReentrantLock();

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final TreeSet<Task> tasks = new TreeSet<>(
			Comparator.comparingLong(Task::due).thenComparingLong(Task::number));

	@GuardedBy("lock")
	private final List<Duration> backOffs = new ArrayList<>();

	@GuardedBy("lock")
	private final List<Task> held = new ArrayList<>();

	@GuardedBy("lock")
	private BackOff backOff = BackOff.PASSES;

	@GuardedBy("lock")
	private long elapsed;

	// Time at the start of the test
	@GuardedBy("lock")
	private long begun;

	@GuardedBy("lock")
	private long numbers;

	TestTime(Activity activity, Executor executor) {
		this.activity = activity;
		this.executor = activity.watch(executor);
	}

	Scheduler scheduler() {
		return this.scheduler;
	}

	/**
	 * Advance the clock. All tasks that become due are run in order, each at its time,
	 * including those that result from them.
	 * @param time the time to advance, not negative
	 */
	public void advance(Duration time) {
		Assert.isTrue(!time.isNegative(), "'time' must not be negative");
		this.turning.lock();
		try {
			this.activity.settle();
			long target = target(time);
			Task next = next(target);
			while (next != null) {
				run(next);
				this.activity.settle();
				next = next(target);
			}
		}
		finally {
			this.turning.unlock();
		}
	}

	private long target(Duration time) {
		this.lock.lock();
		try {
			return this.elapsed + time.toNanos();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait until there is no more activity: no message is in transit, and each session
	 * waits for its provider, its application or the clock. Does not wait for tools.
	 */
	public void settle() {
		this.activity.settle();
	}

	/**
	 * Return the time by which the clock was advanced.
	 * @return the time since the start of the test
	 */
	public Duration elapsed() {
		this.lock.lock();
		try {
			return Duration.ofNanos(this.elapsed - this.begun);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return the delays before dials, in the order in which they were started.
	 * @return the delays since the start of the test
	 */
	public List<Duration> backOffs() {
		this.lock.lock();
		try {
			return List.copyOf(this.backOffs);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Let the backoff before a dial depend on the clock, as all other times do: a session
	 * that has lost its connection does not reconnect until the clock is advanced.
	 */
	public void holdBackOff() {
		backOff(BackOff.HELD);
	}

	/**
	 * Let the backoff before a dial elapse at once again, including that of one in
	 * progress.
	 */
	public void releaseBackOff() {
		backOff(BackOff.PASSES).forEach((task) -> this.executor.execute(() -> run(task)));
	}

	private List<Task> backOff(BackOff value) {
		this.lock.lock();
		try {
			this.backOff = value;
			List<Task> released = new ArrayList<>(this.held);
			released.retainAll(this.tasks);
			this.tasks.removeAll(Set.copyOf(released));
			this.held.clear();
			return released;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Start a new test. Remaining times of sessions of an earlier one do not change.
	 */
	void reset() {
		releaseBackOff();
		this.lock.lock();
		try {
			this.backOffs.clear();
			this.begun = this.elapsed;
		}
		finally {
			this.lock.unlock();
		}
	}

	private static void run(Task task) {
		try {
			task.action().run();
		}
		catch (RuntimeException ex) {
			logger.atError().setCause(ex).log("A timer task failed");
		}
	}

	private @Nullable Task next(long target) {
		this.lock.lock();
		try {
			if (this.tasks.isEmpty() || this.tasks.first().due() > target) {
				this.elapsed = Math.max(this.elapsed, target);
				return null;
			}
			Task task = this.tasks.pollFirst();
			this.elapsed = Math.max(this.elapsed, task.due());
			return task;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Treatment of the backoff before a dial.
	 */
	private enum BackOff {

		/** Elapses at once. */
		PASSES,

		/** Depends on the clock. */
		HELD

	}

	private record Task(long due, long number, Runnable action) {

	}

	private final class VirtualScheduler implements Scheduler {

		@Override
		public long nanoTime() {
			TestTime.this.lock.lock();
			try {
				return ORIGIN + TestTime.this.elapsed;
			}
			finally {
				TestTime.this.lock.unlock();
			}
		}

		@Override
		public Timeout schedule(Duration delay, Runnable task) {
			if (delay.isZero()) {
				return atOnce(task);
			}
			Task added = add(delay, task);
			return () -> cancel(added);
		}

		@Override
		public Timeout scheduleDial(Duration delay, Runnable task) {
			TestTime.this.lock.lock();
			try {
				TestTime.this.backOffs.add(delay);
				if (TestTime.this.backOff == BackOff.HELD) {
					Task added = add(delay, task);
					TestTime.this.held.add(added);
					return () -> cancel(added);
				}
			}
			finally {
				TestTime.this.lock.unlock();
			}
			return atOnce(task);
		}

		private Timeout atOnce(Runnable task) {
			Immediate immediate = new Immediate(task);
			TestTime.this.executor.execute(immediate);
			return immediate::cancel;
		}

		private Task add(Duration delay, Runnable task) {
			TestTime.this.lock.lock();
			try {
				long wait = Math.max(0, delay.toNanos());
				Task added = new Task(TestTime.this.elapsed + wait, TestTime.this.numbers++, task);
				TestTime.this.tasks.add(added);
				return added;
			}
			finally {
				TestTime.this.lock.unlock();
			}
		}

		private void cancel(Task task) {
			TestTime.this.lock.lock();
			try {
				TestTime.this.tasks.remove(task);
			}
			finally {
				TestTime.this.lock.unlock();
			}
		}

	}

	/**
	 * Task that is due at once.
	 */
	private static final class Immediate implements Runnable {

		private final Runnable task;

		private final ReentrantLock lock = new ReentrantLock();

		@GuardedBy("lock")
		private boolean cancelled;

		Immediate(Runnable task) {
			this.task = task;
		}

		void cancel() {
			this.lock.lock();
			try {
				this.cancelled = true;
			}
			finally {
				this.lock.unlock();
			}
		}

		@Override
		public void run() {
			this.lock.lock();
			try {
				if (this.cancelled) {
					return;
				}
			}
			finally {
				this.lock.unlock();
			}
			TestTime.run(new Task(0, 0, this.task));
		}

	}

}
