package dev.streaming.test;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.internal.concurrent.ThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * Tracks the activity of threads of sessions and scripted providers. A thread that has
 * been parked for a while is assumed to wait for the test, and counts as idle.
 * Thread-safe.
 */
final class Activity {

	/** Time after which a parked thread is assumed not to wait for another active one. */
	private static final Duration PARKED = Duration.ofMillis(20);

	/** Maximum time to wait for a busy thread. */
	private static final Duration LIMIT = Duration.ofSeconds(5);

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	@GuardedBy("lock")
	private final Set<Thread> running = new HashSet<>();

	@GuardedBy("lock")
	private int queued;

	@GuardedBy("lock")
	private long changes;

	/**
	 * Create an executor whose tasks are tracked.
	 * @param executor the executor to delegate to
	 * @return the executor
	 */
	Executor watch(Executor executor) {
		return new Watched(executor);
	}

	/**
	 * Wait until no thread other than the calling one is active.
	 */
	void settle() {
		this.lock.lock();
		try {
			long end = System.nanoTime() + LIMIT.toNanos();
			long seen = -1;
			long since = System.nanoTime();
			while (isBusy() && System.nanoTime() - end < 0) {
				if (seen != this.changes || !isParked()) {
					seen = this.changes;
					since = System.nanoTime();
				}
				else if (System.nanoTime() - since > PARKED.toNanos()) {
					return;
				}
				this.changed.await(1, TimeUnit.MILLISECONDS);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private boolean isBusy() {
		int own = this.running.contains(Thread.currentThread()) ? 1 : 0;
		return this.queued > 0 || this.running.size() > own;
	}

	@GuardedBy("lock")
	private boolean isParked() {
		return this.queued == 0 && this.running.stream()
			.filter((thread) -> thread != Thread.currentThread())
			.allMatch((thread) -> thread.getState() == Thread.State.WAITING
					|| thread.getState() == Thread.State.TIMED_WAITING);
	}

	private void change(int queued, @Nullable Thread begun, @Nullable Thread ended) {
		this.lock.lock();
		try {
			this.queued += queued;
			this.changes++;
			if (begun != null) {
				this.running.add(begun);
			}
			if (ended != null) {
				this.running.remove(ended);
			}
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Executor whose tasks are tracked.
	 */
	private final class Watched implements ThreadPool {

		private final Executor executor;

		Watched(Executor executor) {
			this.executor = executor;
		}

		@Override
		public void execute(Runnable task) {
			change(1, null, null);
			try {
				this.executor.execute(() -> run(task));
			}
			catch (RuntimeException | Error ex) {
				change(-1, null, null);
				throw ex;
			}
		}

		private void run(Runnable task) {
			Thread thread = Thread.currentThread();
			change(-1, thread, null);
			try {
				task.run();
			}
			finally {
				change(0, null, thread);
			}
		}

		@Override
		public @Nullable String exhaustion() {
			return ThreadPool.exhaustion(this.executor);
		}

	}

}
