package dev.streaming.internal.session;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * Calls that a part of a session makes without its lock, in the order in which they were
 * added under it, one at a time. The first thread also runs the calls that others add
 * meanwhile, so that no thread waits. Thread-safe.
 */
final class SerialEffects {

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final Deque<Runnable> waiting = new ArrayDeque<>();

	@GuardedBy("lock")
	private Runner runner = Runner.NONE;

	// Whether calls may be waiting. Written under lock; read without it, because there
	// are
	// none for most chunks. Whoever adds a call also runs it
	private volatile boolean any;

	private final SessionLog log;

	SerialEffects(SessionLog log) {
		this.log = log;
	}

	void add(Runnable effect) {
		this.lock.lock();
		try {
			this.waiting.add(effect);
			this.any = true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Run the added calls. Must be called without a lock.
	 */
	void run() {
		if (!this.any) {
			return;
		}
		for (Runnable effect = next(Runner.NONE); effect != null; effect = next(Runner.RUNNING)) {
			try {
				effect.run();
			}
			catch (RuntimeException | LinkageError ex) {
				this.log.warn().setCause(ex).log("An observer failed; the session continues");
			}
		}
	}

	private @Nullable Runnable next(Runner own) {
		this.lock.lock();
		try {
			if (this.runner != own) {
				return null;
			}
			Runnable next = this.waiting.poll();
			this.any = !this.waiting.isEmpty();
			this.runner = (next != null) ? Runner.RUNNING : Runner.NONE;
			return next;
		}
		finally {
			this.lock.unlock();
		}
	}

	private enum Runner {

		NONE, RUNNING

	}

}
