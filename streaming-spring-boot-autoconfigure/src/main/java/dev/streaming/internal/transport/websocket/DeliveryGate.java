package dev.streaming.internal.transport.websocket;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Gate for every callback of the container: it blocks the reading thread while the
 * listener has paused, and detects that no callback is in progress, so that the end is
 * reported after the last message.
 */
final class DeliveryGate {

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition opened = this.lock.newCondition();

	// Read without the lock, once for each message
	private volatile boolean paused;

	@GuardedBy("lock")
	private boolean released;

	@GuardedBy("lock")
	private boolean finished;

	@GuardedBy("lock")
	private int inside;

	@GuardedBy("lock")
	private long passed;

	/**
	 * Begin a callback. Does not block.
	 * @return {@code false} if the end was reported already, so the callback must do
	 * nothing; otherwise {@link #exit()} must follow
	 */
	boolean enter() {
		this.lock.lock();
		try {
			if (this.finished) {
				return false;
			}
			this.inside++;
			this.passed++;
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait while paused, which stops the container from reading. Called within a
	 * callback, blocks its thread, and is not interruptible because the container
	 * interrupts its reading thread when it closes.
	 */
	void awaitOpen() {
		if (!this.paused) {
			return;
		}
		this.lock.lock();
		try {
			while (this.paused && !this.released) {
				this.opened.awaitUninterruptibly();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * End a callback.
	 */
	void exit() {
		this.lock.lock();
		try {
			this.inside--;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Block the next message.
	 */
	void pause() {
		this.lock.lock();
		try {
			this.paused = true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Let messages pass again.
	 */
	void resume() {
		this.lock.lock();
		try {
			this.paused = false;
			this.opened.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Let messages pass permanently, regardless of later calls of {@link #pause()}.
	 */
	void release() {
		this.lock.lock();
		try {
			this.released = true;
			this.opened.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return the number of callbacks that have begun.
	 * @return the number
	 */
	long passed() {
		this.lock.lock();
		try {
			return this.passed;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return whether no callback is in progress.
	 * @return whether none is
	 */
	boolean isIdle() {
		this.lock.lock();
		try {
			return this.inside == 0;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Shut the gate, unless a callback is in progress or has begun since.
	 * @param seen the value of {@link #passed()} at the last check
	 * @return whether this call has shut it
	 */
	boolean finish(long seen) {
		this.lock.lock();
		try {
			if (this.finished || this.inside > 0 || this.passed != seen) {
				return false;
			}
			this.finished = true;
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return whether the gate is shut.
	 * @return whether it is
	 */
	boolean isFinished() {
		this.lock.lock();
		try {
			return this.finished;
		}
		finally {
			this.lock.unlock();
		}
	}

}
