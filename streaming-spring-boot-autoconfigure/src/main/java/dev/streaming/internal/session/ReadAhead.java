package dev.streaming.internal.session;

import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * The bound that all channels of a session share: reading stops when one of them is full
 * and the messages whose chunks wait behind any of them reach the read-ahead (S4, B1).
 * Any thread; nothing blocks. Its lock is taken under the lock of a channel, never the
 * other way round.
 */
final class ReadAhead {

	private final long limit;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private long bytes;

	// The number of channels without room
	@GuardedBy("lock")
	private int crowded;

	// Called once when there is room
	@GuardedBy("lock")
	private @Nullable Runnable onRoom;

	@GuardedBy("lock")
	private Phase phase = Phase.READING;

	// Written under lock; read by anyone. There is no room
	private volatile boolean full;

	ReadAhead(long limit) {
		this.limit = limit;
	}

	/**
	 * Return whether a channel has to report each chunk that is taken, because room is
	 * counted in chunks.
	 * @return whether nothing may wait behind a channel
	 */
	boolean isCountedInChunks() {
		return this.limit == 0;
	}

	/**
	 * A channel has changed.
	 * @param moreBytes bytes that wait behind it in addition, may be negative
	 * @param moreCrowded 1 if it has no room any more, -1 if it has room again, else 0
	 * @param halfFree whether half of the channel is free
	 * @return a task to run without any lock, or {@code null}
	 */
	@Nullable Runnable changed(long moreBytes, int moreCrowded, boolean halfFree) {
		this.lock.lock();
		try {
			this.bytes += moreBytes;
			this.crowded += moreCrowded;
			this.full = this.phase == Phase.READING && this.crowded > 0 && this.bytes >= this.limit;
			// Only when half of it is free, so that a slow consumer does not wake the
			// session for each chunk
			boolean room = !this.full && ((this.limit > 0) ? this.bytes <= this.limit / 2 : halfFree);
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
			return this.full;
		}
		finally {
			this.lock.unlock();
		}
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
