package dev.streaming.internal.connection;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Tells a transport to pause and to resume, as is wanted at the moment of telling, so
 * that it does not matter in which order several threads noticed a change. The transport
 * is told under the lock: it does not block, and calls nobody while it holds a lock of
 * its own.
 */
final class FlowControl {

	private final BooleanSupplier wanted;

	private final Consumer<Boolean> transport;

	private final ReentrantLock lock = new ReentrantLock();

	// Guarded by lock
	private boolean paused;

	// Guarded by lock
	private boolean opened;

	FlowControl(BooleanSupplier wanted, Consumer<Boolean> transport) {
		this.wanted = wanted;
		this.transport = transport;
	}

	/**
	 * What is wanted may have changed.
	 */
	void sync() {
		this.lock.lock();
		try {
			boolean pause = this.wanted.getAsBoolean() && !this.opened;
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
