package dev.streaming.internal.relay;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * Queue of the frames for a browser, with the history of events that it may have missed
 * when it resumes. Frames are never refused: the caller that adds frames checks for
 * {@linkplain #hasRoom() room} before the next chunk. Thread-safe.
 */
final class FrameQueue {

	private final int limit;

	private final int historyLimit;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final Deque<Frame> waiting = new ArrayDeque<>();

	@GuardedBy("lock")
	private final Deque<Frame.Event> history = new ArrayDeque<>();

	@GuardedBy("lock")
	private long weight;

	@GuardedBy("lock")
	private long historyWeight;

	@GuardedBy("lock")
	private long forgotten;

	/**
	 * Create an empty queue.
	 * @param limit the size in bytes from which on there is no room
	 * @param historyLimit maximum size of retained events in bytes
	 */
	FrameQueue(int limit, int historyLimit) {
		this.limit = limit;
		this.historyLimit = historyLimit;
	}

	void add(Frame frame) {
		this.lock.lock();
		try {
			this.waiting.addLast(frame);
			this.weight += frame.weight();
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean hasRoom() {
		this.lock.lock();
		try {
			return this.weight < this.limit;
		}
		finally {
			this.lock.unlock();
		}
	}

	long weight() {
		this.lock.lock();
		try {
			return this.weight + this.historyWeight;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Take the next frame to send.
	 * @return the frame, or {@code null} if there is none
	 */
	@Nullable Frame next() {
		this.lock.lock();
		try {
			Frame frame = this.waiting.pollFirst();
			if (frame != null) {
				this.weight -= frame.weight();
			}
			if (frame instanceof Frame.Event event && event.isKept()) {
				remember(event);
			}
			return frame;
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void remember(Frame.Event event) {
		this.history.addLast(event);
		this.historyWeight += event.weight();
		while (this.historyWeight > this.historyLimit) {
			Frame.Event oldest = this.history.removeFirst();
			this.historyWeight -= oldest.weight();
			this.forgotten = oldest.number();
		}
	}

	/**
	 * Drop the pending audio.
	 */
	void dropAudio() {
		drop(true);
	}

	/**
	 * Drop the frames that become stale while no browser is attached.
	 */
	void dropStale() {
		drop(false);
	}

	private void drop(boolean audioAlone) {
		this.lock.lock();
		try {
			for (Iterator<Frame> frames = this.waiting.iterator(); frames.hasNext();) {
				Frame frame = frames.next();
				boolean stale = (frame instanceof Frame.Event event) ? !audioAlone && !event.isKept() : true;
				if (stale) {
					frames.remove();
					this.weight -= frame.weight();
				}
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return whether all events after the given one are available.
	 * @param received the number of the last event that the browser has
	 * @return whether none is missing
	 */
	boolean isComplete(long received) {
		this.lock.lock();
		try {
			return this.forgotten <= received;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Resume: send the events again that a browser has not received.
	 * @param received the number of the last event that the browser has
	 * @param first the frame before all others
	 */
	void resume(long received, Frame first) {
		this.lock.lock();
		try {
			while (!this.history.isEmpty() && this.history.getLast().number() > received) {
				Frame.Event again = this.history.removeLast();
				this.historyWeight -= again.weight();
				this.waiting.addFirst(again);
				this.weight += again.weight();
			}
			this.waiting.addFirst(first);
			this.weight += first.weight();
		}
		finally {
			this.lock.unlock();
		}
	}

	void clear() {
		this.lock.lock();
		try {
			this.waiting.clear();
			this.history.clear();
			this.weight = 0;
			this.historyWeight = 0;
		}
		finally {
			this.lock.unlock();
		}
	}

}
