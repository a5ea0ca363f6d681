package dev.streaming.internal.connection;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Pauses and resumes a transport, according to the state at the moment of the call, so
 * that it does not matter in which order several threads noticed a change.
 * <p>
 * The transport is told under the lock, because the thread that fills a queue must not
 * deliver another message before it has paused, and no thread may pause after another one
 * has resumed. The transport does not block and may deliver a message at once, on the
 * same thread; the lock is reentrant for that.
 */
final class FlowControl {

	private final BooleanSupplier pauseWanted;

	private final Consumer<Boolean> transport;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private boolean paused;

	@GuardedBy("lock")
	private boolean opened;

	/**
	 * Create a flow that is not paused.
	 * @param pauseWanted whether reading is to be paused; asked under the lock, takes
	 * none of its own
	 * @param transport told under the lock whether to pause or to resume
	 */
	FlowControl(BooleanSupplier pauseWanted, Consumer<Boolean> transport) {
		this.pauseWanted = pauseWanted;
		this.transport = transport;
	}

	/**
	 * Pause or resume if that is wanted and was not told before.
	 */
	void sync() {
		this.lock.lock();
		try {
			boolean pause = this.pauseWanted.getAsBoolean() && !this.opened;
			if (this.paused != pause) {
				this.paused = pause;
				this.transport.accept(pause);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Resume, and never pause again.
	 */
	void open() {
		this.lock.lock();
		try {
			this.opened = true;
			sync();
		}
		finally {
			this.lock.unlock();
		}
	}

}
