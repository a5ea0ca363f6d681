package dev.streaming.internal.session;

import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * Limit that all channels of a session share: reading is paused when one of them is full
 * and the size of the waiting chunks of all channels reaches the read-ahead (S4, B1). A
 * connection that ends has more room, so that its end is detected even if no chunks are
 * taken (B2). Called by any thread; nothing blocks. Its lock is acquired under the lock
 * of a channel, never the other way round.
 */
final class ReadAhead {

	/**
	 * Room for a connection that ends, in addition to three times the read-ahead. The
	 * chunks of all messages that were read before fit, except for large ones.
	 */
	static final long OVERFLOW_ALLOWANCE = 1536 * 1024;

	/** Room for the chunks of a setup, regardless of the waiting chunks. */
	static final long SETUP_ALLOWANCE = 64 * 1024;

	private final long limit;

	private final long overflow;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private long weight;

	// Number of channels without room
	@GuardedBy("lock")
	private int crowded;

	// Called once when there is room
	@GuardedBy("lock")
	private @Nullable Runnable onRoom;

	// Whether there is room again below the overflow limit instead of the read-ahead
	@GuardedBy("lock")
	private boolean overflowing;

	@GuardedBy("lock")
	private Phase phase = Phase.READING;

	// Whether there is no room. Written under lock; read by any thread
	private volatile boolean full;

	ReadAhead(long limit) {
		this.limit = limit;
		this.overflow = 3 * Math.min(limit, Long.MAX_VALUE / 4) + OVERFLOW_ALLOWANCE;
	}

	/**
	 * Return whether a channel must report each chunk that is taken, because room is
	 * counted in chunks.
	 * @return whether no chunks may wait for room in a channel
	 */
	boolean isCountedInChunks() {
		return this.limit == 0;
	}

	/**
	 * Handle a change of a channel.
	 * @param moreWeight the change of the size of its waiting chunks, possibly negative
	 * @param moreCrowded 1 if it has no room any more, -1 if it has room again, otherwise
	 * 0
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
	 * Register a callback for room if there is none.
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
	 * Register a callback for room for the messages of a connection that ends, if there
	 * is none.
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

	/**
	 * Return the maximum size of chunks that a setup may emit in addition to waiting
	 * chunks, because failed attempts add up.
	 * @return the limit in bytes
	 */
	long setupRoom() {
		this.lock.lock();
		try {
			return Math.max(SETUP_ALLOWANCE, this.overflow - this.weight);
		}
		finally {
			this.lock.unlock();
		}
	}

	// Only if a considerable part is free, so that a slow consumer does not wake the
	// session for
	// each chunk
	@GuardedBy("lock")
	private boolean hasRoom(boolean halfFree) {
		if (this.overflowing) {
			return this.weight <= this.overflow - this.overflow / 4;
		}
		return !this.full && ((this.limit > 0) ? this.weight <= this.limit / 2 : halfFree);
	}

	/**
	 * End, because nothing is read any more.
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
