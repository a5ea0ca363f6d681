package dev.streaming.internal.session;

import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * The bound that all channels of a session share: reading stops when one of them is full
 * and the chunks that wait behind any of them weigh as much as the read-ahead (S4, B1). A
 * connection that ends has more room, so that its end shows although nobody takes (B2).
 * Any thread; nothing blocks. Its lock is taken under the lock of a channel, never the
 * other way round.
 */
final class ReadAhead {

	/**
	 * A connection that ends may leave so much beyond three times the read-ahead. The
	 * chunks of all messages that were read before fit, unless there is a large one.
	 */
	static final long OVERFLOW_ALLOWANCE = 1536 * 1024;

	private final long limit;

	private final long overflow;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private long weight;

	// The number of channels without room
	@GuardedBy("lock")
	private int crowded;

	// Called once when there is room
	@GuardedBy("lock")
	private @Nullable Runnable onRoom;

	// There is room again at the overflow, and not at the limit
	@GuardedBy("lock")
	private boolean overflowing;

	@GuardedBy("lock")
	private Phase phase = Phase.READING;

	// Written under lock; read by any thread. There is no room
	private volatile boolean full;

	ReadAhead(long limit) {
		this.limit = limit;
		this.overflow = 3 * Math.min(limit, Long.MAX_VALUE / 4) + OVERFLOW_ALLOWANCE;
	}

	/**
	 * Return whether a channel must report each chunk that is taken, because room is
	 * counted in chunks.
	 * @return whether nothing may wait behind a channel
	 */
	boolean isCountedInChunks() {
		return this.limit == 0;
	}

	/**
	 * A channel has changed.
	 * @param moreWeight what waits behind it in addition, in bytes, may be negative
	 * @param moreCrowded 1 if it has no room any more, -1 if it has room again, else 0
	 * @param halfFree whether half of the channel is free
	 * @return a task to run without any lock, or {@code null}
	 */
	@Nullable Runnable changed(long moreWeight, int moreCrowded, boolean halfFree) {
		this.lock.lock();
		try {
			this.weight += moreWeight;
			this.crowded += moreCrowded;
			this.full = this.phase == Phase.READING && this.crowded > 0 && this.weight >= this.limit;
			boolean room = hasRoom(halfFree);
			Runnable call = room ? this.onRoom : null;
			this.onRoom = room ? null : this.onRoom;
			return call;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ask to be called when there is room, if there is none.
	 * @param onRoom called once, without a lock
	 * @return whether there is none
	 */
	boolean isFull(Runnable onRoom) {
		if (!this.full) {
			return false;
		}
		this.lock.lock();
		try {
			this.onRoom = this.full ? onRoom : null;
			this.overflowing = false;
			return this.full;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ask to be called when there is room for what a connection leaves that ends, if
	 * there is none.
	 * @param onRoom called once, without a lock
	 * @return whether there is none
	 */
	boolean isOverfull(Runnable onRoom) {
		this.lock.lock();
		try {
			boolean overfull = this.phase == Phase.READING && this.weight >= this.overflow;
			this.onRoom = overfull ? onRoom : null;
			this.overflowing = true;
			return overfull;
		}
		finally {
			this.lock.unlock();
		}
	}

	long overflow() {
		return this.overflow;
	}

	// Only when a good part of it is free, so that a slow consumer does not wake the
	// session for each chunk
	@GuardedBy("lock")
	private boolean hasRoom(boolean halfFree) {
		if (this.overflowing) {
			return this.weight <= this.overflow - this.overflow / 4;
		}
		return !this.full && ((this.limit > 0) ? this.weight <= this.limit / 2 : halfFree);
	}

	/**
	 * Nothing is read any more.
	 */
	void end() {
		this.lock.lock();
		try {
			this.phase = Phase.ENDED;
			this.full = false;
			this.onRoom = null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private enum Phase {

		/** Messages are read when there is room. */
		READING,

		/** The session has ended. */
		ENDED

	}

}
