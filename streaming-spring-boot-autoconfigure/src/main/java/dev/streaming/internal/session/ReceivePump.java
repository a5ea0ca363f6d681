package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.Message;
import dev.streaming.internal.connection.ConnectionEnd;
import dev.streaming.internal.connection.PhysicalConnection;
import org.jspecify.annotations.Nullable;

/**
 * Moves messages from the receive queue of a connection to a {@link MessageSink}. It runs
 * as a task of the session whenever there is a message and room in the response channel,
 * takes messages in batches, and holds no thread meanwhile.
 * <p>
 * The session's task calls every method but {@link #ended}, which a worker may call while
 * the task is in a callback: the lock guards what both use. Wake-ups come from any
 * thread.
 */
final class ReceivePump implements SessionTermination.Participant {

	/** After so many messages the other tasks of the session have their turn. */
	private static final int TURN = 256;

	private final SessionEnvironment environment;

	private final DefaultResponseChannel channel;

	private final MessageSink sink;

	private final EndListener endListener;

	private final SessionTermination termination;

	private final AtomicBoolean scheduled = new AtomicBoolean();

	private final ReentrantLock lock = new ReentrantLock();

	// Written under lock by moveTo alone; read by anyone
	private volatile State state = State.DETACHED;

	// Written under lock by moveTo alone; read by anyone. Expected or attached
	private volatile @Nullable PhysicalConnection connection;

	// Taken from the connection and not yet handled
	@GuardedBy("lock")
	private Deque<Message> batch = new ArrayDeque<>();

	private final long startedAt;

	// Written by the session's task; read by anyone
	private volatile Pauses pauses = new Pauses(Duration.ZERO, null);

	/**
	 * Create a pump that is attached to no connection.
	 * @param environment the session's environment
	 * @param channel has to have room before a message is taken
	 * @param sink handles the messages
	 * @param endListener called behind the last message of a connection
	 * @param termination the end of the session
	 */
	ReceivePump(SessionEnvironment environment, DefaultResponseChannel channel, MessageSink sink,
			EndListener endListener, SessionTermination termination) {
		this.environment = environment;
		this.channel = channel;
		this.sink = sink;
		this.endListener = endListener;
		this.termination = termination;
		this.startedAt = environment.timer().nanoTime();
	}

	/**
	 * Return the time since this pump was made, less the time in which reading was paused
	 * because the channel was full. Any thread.
	 * @return the time
	 */
	Duration readingTime() {
		Pauses current = this.pauses;
		Long since = current.since();
		long until = (since != null) ? since : this.environment.timer().nanoTime();
		return Duration.ofNanos(until - this.startedAt).minus(current.total());
	}

	private boolean moveTo(State next, @Nullable PhysicalConnection with) {
		this.lock.lock();
		try {
			if (this.state == State.ENDED) {
				return false;
			}
			this.state = next;
			this.connection = with;
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Expect a connection that is being set up. It will be attached, or the messages that
	 * its hook left will be handled.
	 * @param next the connection
	 */
	void expect(PhysicalConnection next) {
		moveTo(State.EXPECTING, next);
	}

	/**
	 * Take messages from a connection from now on.
	 * @param next the connection
	 */
	void attach(PhysicalConnection next) {
		if (moveTo(State.ATTACHED, next)) {
			next.receiveQueue().consumer(this::wake);
		}
	}

	/**
	 * Take what the attached connection still receives without regard to room, because
	 * its end is awaited.
	 */
	void drain() {
		if (this.state == State.ATTACHED && moveTo(State.DRAINING, this.connection)) {
			wake();
		}
	}

	/**
	 * Handle the messages that the hook of a connection left. The connection will not be
	 * attached.
	 * @param left the connection
	 */
	void handleLeft(PhysicalConnection left) {
		moveTo(State.DETACHED, null);
		Message message = takeBatch(left);
		while (message != null && this.sink.accept(message)) {
			message = poll();
		}
	}

	private void wake() {
		if (this.scheduled.compareAndSet(false, true)) {
			this.environment.serial().execute(this::run);
		}
	}

	private void run() {
		this.scheduled.set(false);
		for (int i = 0; i < TURN; i++) {
			if (!step()) {
				return;
			}
		}
		wake();
	}

	private boolean step() {
		PhysicalConnection current = this.connection;
		State now = this.state;
		if (current == null || (now != State.ATTACHED && now != State.DRAINING) || this.termination.isOver()) {
			return false;
		}
		// What an ended connection has received is bounded, and its end must not wait for
		// the consumer
		boolean unlimited = now == State.DRAINING || current.end() != null;
		if (!unlimited && this.channel.isFull(this::wake)) {
			pause();
			return false;
		}
		resume();
		Message message = poll();
		if (message == null) {
			message = takeBatch(current);
		}
		if (message != null) {
			return this.sink.accept(message);
		}
		ConnectionEnd end = current.receiveQueue().reachedEnd();
		if (end != null && moveTo(State.DETACHED, null)) {
			this.endListener.ended(current, end);
		}
		return false;
	}

	private @Nullable Message poll() {
		this.lock.lock();
		try {
			return this.batch.poll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable Message takeBatch(PhysicalConnection from) {
		Deque<Message> drained = from.receiveQueue().drain();
		this.lock.lock();
		try {
			if (this.state != State.ENDED) {
				this.batch = drained;
				return drained.poll();
			}
		}
		finally {
			this.lock.unlock();
		}
		discarded(drained.size());
		return null;
	}

	private void pause() {
		if (this.pauses.since() == null) {
			this.pauses = new Pauses(this.pauses.total(), this.environment.timer().nanoTime());
		}
	}

	private void resume() {
		Long since = this.pauses.since();
		if (since != null) {
			Duration paused = Duration.ofNanos(this.environment.timer().nanoTime() - since);
			this.pauses = new Pauses(this.pauses.total().plus(paused), null);
			this.environment.observer().readPaused(paused);
		}
	}

	private void discarded(int messages) {
		if (messages > 0) {
			this.environment.observer().chunksDiscarded(messages);
		}
	}

	/**
	 * Discard and count the messages that were received and not handled.
	 */
	@Override
	public void ended(SessionOutcome how) {
		PhysicalConnection last;
		int unhandled;
		this.lock.lock();
		try {
			last = this.connection;
			unhandled = this.batch.size();
			this.batch = new ArrayDeque<>();
			moveTo(State.ENDED, null);
		}
		finally {
			this.lock.unlock();
		}
		discarded(unhandled + ((last != null) ? last.receiveQueue().abandon(ConnectionEnd.RESET) : 0));
	}

	private enum State {

		/** There is no connection to take messages from. */
		DETACHED,

		/** A connection is being set up. */
		EXPECTING,

		/** Messages are taken when there is room. */
		ATTACHED,

		/** Messages are taken without regard to room. */
		DRAINING,

		/** The session has ended. */
		ENDED

	}

	/**
	 * The time in which reading was paused.
	 *
	 * @param total of all pauses that are over
	 * @param since when the pause began that is not over, or {@code null}
	 */
	private record Pauses(Duration total, @Nullable Long since) {

	}

	/**
	 * Handles the messages of a session.
	 */
	@FunctionalInterface
	interface MessageSink {

		/**
		 * Handle a message.
		 * @param message the message
		 * @return whether to go on with the next message
		 */
		boolean accept(Message message);

	}

	/**
	 * Called when a connection has ended and all that it received was handled.
	 */
	@FunctionalInterface
	interface EndListener {

		/**
		 * Decide what follows.
		 * @param connection the connection, which is not attached any more
		 * @param end the end of the connection
		 */
		void ended(PhysicalConnection connection, ConnectionEnd end);

	}

}
