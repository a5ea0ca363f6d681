package dev.streaming.internal.connection;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Pauses and resumes a transport, according to the state at the moment of the call, so
 * that the order in which several threads detect a change does not matter.
 * <p>
 * The transport is called under the lock, because the thread that fills a queue must not
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
	 * Create a flow control that is not paused.
	 * @param pauseWanted whether to pause reading; called under the lock, must not
	 * acquire another one
	 * @param transport called under the lock to pause or resume
	 */
	FlowControl(BooleanSupplier pauseWanted, Consumer<Boolean> transport) {
		this.pauseWanted = pauseWanted;
		this.transport = transport;
	}

	/**
	 * Pause or resume the transport if its state differs from the current one.
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
	 * Resume permanently.
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
