package dev.streaming.internal.connection;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.Message;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Queue of the received messages of one connection, followed by its end. The transport's
 * thread adds messages and is never blocked; reading is paused beyond a fixed size. One
 * receiver takes messages, by waiting or, like a session, by draining the queue when it
 * is woken; it is woken only if the queue was empty.
 */
public final class ReceiveQueue {

	/**
	 * Size in bytes beyond which reading is paused; twice that if a consumer has taken
	 * messages that it has not handled.
	 */
	static final int HIGH_WATER = 256 * 1024;

	/** Size in bytes below which reading is resumed. */
	static final int LOW_WATER = 64 * 1024;

	/** Overhead of a message, so that the number of empty ones is bounded, too. */
	private static final int MESSAGE_WEIGHT = 64;

	private final Runnable flow;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition arrived = this.lock.newCondition();

	@GuardedBy("lock")
	private Deque<Message> messages = new ArrayDeque<>();

	@GuardedBy("lock")
	private long weight;

	// Size of the messages that the consumer has drained and not handled yet
	@GuardedBy("lock")
	private long drainedWeight;

	// Written under lock; read by any thread
	private volatile boolean paused;

	@GuardedBy("lock")
	private @Nullable ConnectionEnd end;

	// Whether the end was reported to a receiver
	@GuardedBy("lock")
	private boolean endTaken;

	@GuardedBy("lock")
	private boolean receiving;

	@GuardedBy("lock")
	private @Nullable Runnable consumer;

	// Whether the consumer was woken and has not found the queue empty since
	@GuardedBy("lock")
	private boolean woken;

	/**
	 * Create an empty receive queue.
	 * @param flow called without the lock when {@link #isPaused()} has changed
	 */
	ReceiveQueue(Runnable flow) {
		this.flow = flow;
	}

	void add(Message message) {
		Runnable wake;
		boolean pause = false;
		this.lock.lock();
		try {
			if (this.end != null) {
				return;
			}
			this.messages.add(message);
			this.weight += weightOf(message);
			if (!this.paused && isTooMuch()) {
				this.paused = true;
				pause = true;
			}
			wake = wake();
		}
		finally {
			this.lock.unlock();
		}
		if (pause) {
			this.flow.run();
		}
		if (wake != null) {
			wake.run();
		}
	}

	@GuardedBy("lock")
	private boolean isTooMuch() {
		return this.weight > HIGH_WATER || this.weight + this.drainedWeight > 2 * HIGH_WATER;
	}

	/**
	 * Add the end after the messages. The first end counts.
	 * @param end the end of the connection
	 */
	void end(ConnectionEnd end) {
		end(end, false);
	}

	/**
	 * Drop the messages and set the end, replacing any other.
	 * @param end the end of the connection
	 * @return the number of dropped messages
	 */
	public int abandon(ConnectionEnd end) {
		return end(end, true);
	}

	private int end(ConnectionEnd end, boolean drop) {
		Runnable wake;
		boolean resume;
		int dropped = 0;
		this.lock.lock();
		try {
			if (drop) {
				dropped = this.messages.size();
				this.messages.clear();
				this.weight = 0;
				this.end = end;
				this.endTaken = false;
			}
			else if (this.end == null) {
				this.end = end;
			}
			resume = this.paused;
			this.paused = false;
			wake();
			// Even if it was woken already, because a consumer that waits for room must
			// be notified of the end
			wake = this.consumer;
		}
		finally {
			this.lock.unlock();
		}
		if (resume) {
			this.flow.run();
		}
		if (wake != null) {
			wake.run();
		}
		return dropped;
	}

	@GuardedBy("lock")
	private @Nullable Runnable wake() {
		if (this.receiving) {
			this.arrived.signal();
		}
		if (this.consumer == null || this.woken) {
			return null;
		}
		this.woken = true;
		return this.consumer;
	}

	/**
	 * Set the consumer that drains this queue. A waiting receiver fails.
	 * @param consumer called without the lock when the queue is not empty any more
	 */
	public void consumer(Runnable consumer) {
		boolean wake;
		this.lock.lock();
		try {
			this.consumer = consumer;
			this.arrived.signalAll();
			wake = !this.messages.isEmpty() || this.end != null;
			this.woken = wake;
		}
		finally {
			this.lock.unlock();
		}
		if (wake) {
			consumer.run();
		}
	}

	/**
	 * Take all messages for the consumer, which has handled the previous ones.
	 * @return the messages, owned by the caller; if empty, the next message wakes the
	 * consumer
	 */
	public Deque<Message> drain() {
		Deque<Message> drained;
		boolean resume;
		this.lock.lock();
		try {
			drained = this.messages;
			if (drained.isEmpty()) {
				this.woken = this.end != null;
			}
			// Not the deque that messages are added to
			this.messages = new ArrayDeque<>();
			this.drainedWeight = this.weight;
			this.weight = 0;
			resume = this.paused && !isTooMuch();
			this.paused = this.paused && !resume;
		}
		finally {
			this.lock.unlock();
		}
		if (resume) {
			this.flow.run();
		}
		return drained;
	}

	/**
	 * Return the end if there are no messages before it.
	 * @return the end or {@code null}
	 */
	public @Nullable ConnectionEnd reachedEnd() {
		this.lock.lock();
		try {
			return this.messages.isEmpty() ? this.end : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return whether reading must be paused.
	 * @return whether it must be
	 */
	boolean isPaused() {
		return this.paused;
	}

	public boolean isEmpty() {
		this.lock.lock();
		try {
			return this.messages.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait for a message or the end. Blocks the calling thread.
	 * @param nanos maximum time to wait, or a negative number for no limit
	 * @return the first message, or {@code null} if the time has elapsed
	 * @throws InterruptedException if the thread was interrupted; no message is lost
	 */
	@Nullable Received receive(long nanos) throws InterruptedException {
		Received received;
		boolean resume = false;
		this.lock.lockInterruptibly();
		try {
			Assert.state(!this.receiving, "Another thread is receiving from this connection");
			Assert.state(this.consumer == null, "A session receives from this connection");
			this.receiving = true;
			try {
				if (!await(nanos)) {
					return null;
				}
			}
			finally {
				this.receiving = false;
			}
			Assert.state(this.consumer == null, "A session receives from this connection now");
			Message message = this.messages.poll();
			if (message != null) {
				this.weight -= weightOf(message);
				if (this.paused && this.weight < LOW_WATER) {
					this.paused = false;
					resume = true;
				}
				received = new Received(message, null, false);
			}
			else {
				received = new Received(null, this.end, !this.endTaken);
				this.endTaken = true;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (resume) {
			this.flow.run();
		}
		return received;
	}

	@GuardedBy("lock")
	private boolean await(long nanos) throws InterruptedException {
		long left = nanos;
		while (this.messages.isEmpty() && this.end == null && this.consumer == null) {
			if (nanos < 0) {
				this.arrived.await();
			}
			else if (left <= 0) {
				return false;
			}
			else {
				left = this.arrived.awaitNanos(left);
			}
		}
		return true;
	}

	private static int weightOf(Message message) {
		// Cheap: the size was computed when the message was received
		return message.size() + MESSAGE_WEIGHT;
	}

	/**
	 * Message or end.
	 *
	 * @param message the message, or {@code null}
	 * @param end the end if there is no message
	 * @param first whether the end is reported for the first time
	 */
	record Received(@Nullable Message message, @Nullable ConnectionEnd end, boolean first) {

	}

}
