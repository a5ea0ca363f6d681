package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.Message;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.connection.ConnectionEnd;
import dev.streaming.internal.connection.PhysicalConnection;
import org.jspecify.annotations.Nullable;

/**
 * Moves messages from the receive queue of a connection to a {@link MessageSink}. Runs on
 * the session's task whenever there is a message and room in the response channel, takes
 * messages in batches, and occupies no thread in between.
 * <p>
 * Messages of a connection that has ended have more room, so that its end is detected
 * soon even if no chunks are taken. Messages that do not fit within the grace period of a
 * close are dropped and counted (rule B2).
 * <p>
 * All methods are called by the session's task, except {@link #ended}, which a worker may
 * call while the task is in a callback: the lock guards the shared state. Wake-ups come
 * from any thread.
 */
final class ReceivePump implements SessionTermination.Participant {

	/** Number of messages after which other tasks of the session may run. */
	private static final int TURN = 256;

	private final SessionEnvironment environment;

	private final DefaultResponseChannel channel;

	private final MessageSink sink;

	private final EndListener endListener;

	private final SessionTermination termination;

	private final AtomicBoolean scheduled = new AtomicBoolean();

	private final ReentrantLock lock = new ReentrantLock();

	// Written under lock by moveTo alone; read by any thread
	private volatile State state = State.DETACHED;

	// The expected or attached connection. Written under lock by moveTo alone; read by
	// any thread
	private volatile @Nullable PhysicalConnection connection;

	// Messages that were taken from the connection and not handled yet
	@GuardedBy("lock")
	private Deque<Message> batch = new ArrayDeque<>();

	// Grace period of the connection that ends; null if it did not have to wait for room
	@GuardedBy("lock")
	private Scheduler.@Nullable Timeout grace;

	// Whether the batch has more messages. Confined to the session's task
	private boolean hasMore;

	// Listener for the end of the current connection. Confined to the session's task
	private EndListener onEnd;

	private final long startedAt;

	// Written by the session's task; read by any thread
	private volatile Pauses pauses = new Pauses(Duration.ZERO, null);

	/**
	 * Create a pump that is not attached to a connection.
	 * @param environment the session's environment
	 * @param channel the channel, which must have room before a message is taken
	 * @param sink the sink of messages
	 * @param endListener called after the last message of a connection
	 * @param termination the end of the session
	 */
	ReceivePump(SessionEnvironment environment, DefaultResponseChannel channel, MessageSink sink,
			EndListener endListener, SessionTermination termination) {
		this.environment = environment;
		this.channel = channel;
		this.sink = sink;
		this.endListener = endListener;
		this.onEnd = endListener;
		this.termination = termination;
		this.startedAt = environment.timer().nanoTime();
	}

	/**
	 * Return the time since this pump was created, excluding the time for which reading
	 * was paused because the channel was full. May be called by any thread.
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
			if (this.grace != null && next != State.DISCARDING) {
				this.grace.cancel();
				this.grace = null;
			}
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
	 * Start to take messages from a connection.
	 * @param next the connection
	 */
	void attach(PhysicalConnection next) {
		this.onEnd = this.endListener;
		if (moveTo(State.ATTACHED, next)) {
			next.receiveQueue().consumer(this::wake);
		}
	}

	/**
	 * Take the remaining messages of the attached connection, and wait for its end.
	 */
	void drain() {
		PhysicalConnection current = this.connection;
		if (current != null && this.state == State.ATTACHED && beginDraining(current)) {
			wake();
		}
	}

	/**
	 * Take the messages that the hook of a connection left and all later ones, and wait
	 * for the end of the connection, which will not be attached.
	 * @param left the connection
	 * @param then called after its last message, unless the session ends
	 */
	void drainLeft(PhysicalConnection left, EndListener then) {
		this.onEnd = then;
		if (beginDraining(left)) {
			left.receiveQueue().consumer(this::wake);
		}
		else {
			discarded(left.receiveQueue().abandon(ConnectionEnd.RESET));
		}
	}

	private boolean beginDraining(PhysicalConnection ending) {
		this.lock.lock();
		try {
			if (!moveTo(State.DRAINING, ending)) {
				return false;
			}
			this.grace = this.environment.schedule(this.environment.closeGracePeriod(), () -> graceIsOver(ending));
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void graceIsOver(PhysicalConnection ending) {
		if (this.state == State.DRAINING && this.connection == ending && moveTo(State.DISCARDING, ending)) {
			wake();
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
		if (current == null || !now.isTaking() || this.termination.isOver()) {
			return false;
		}
		if (hasRoom(current, now)) {
			resume();
			Message message = poll();
			if (message == null) {
				message = takeBatch(current);
			}
			if (message != null) {
				// A subscriber must not wait for this message to be handled
				this.environment.serial().startAfterwards();
				return this.sink.accept(message, this.hasMore);
			}
		}
		else if (now == State.DISCARDING) {
			discardLeft(current);
		}
		else {
			pause();
			return false;
		}
		ConnectionEnd end = current.receiveQueue().reachedEnd();
		if (end != null && moveTo(State.DETACHED, null)) {
			this.environment.serial().startAfterwards();
			this.onEnd.ended(current, end);
		}
		return false;
	}

	private boolean hasRoom(PhysicalConnection current, State now) {
		boolean ending = now != State.ATTACHED || current.end() != null;
		boolean full = ending ? this.channel.isOverfull(this::wake) : this.channel.isFull(this::wake);
		if (full && ending && now == State.ATTACHED) {
			beginDraining(current);
		}
		return !full;
	}

	private void discardLeft(PhysicalConnection ending) {
		int dropped = 0;
		// Until the queue is empty, so that the next message wakes the pump
		for (int taken = ending.receiveQueue().drain().size(); taken > 0; taken = ending.receiveQueue()
			.drain()
			.size()) {
			dropped += taken;
		}
		this.lock.lock();
		try {
			dropped += this.batch.size();
			this.batch = new ArrayDeque<>();
		}
		finally {
			this.lock.unlock();
		}
		if (dropped > 0) {
			discarded(dropped);
			this.environment.log()
				.warn()
				.addKeyValue("messages", dropped)
				.log("Dropped messages of a connection that has ended: no chunks were taken within closeGracePeriod ({} ms)",
						this.environment.closeGracePeriod().toMillis());
		}
	}

	private @Nullable Message poll() {
		this.lock.lock();
		try {
			return next(this.batch);
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
				return next(drained);
			}
		}
		finally {
			this.lock.unlock();
		}
		discarded(drained.size());
		return null;
	}

	private @Nullable Message next(Deque<Message> from) {
		Message next = from.poll();
		this.hasMore = !from.isEmpty();
		return next;
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

		/** The connection has ended or is ending; messages are taken while they fit. */
		DRAINING,

		/** The grace period has elapsed; messages that do not fit are dropped. */
		DISCARDING,

		/** The session has ended. */
		ENDED;

		boolean isTaking() {
			return this == ATTACHED || this == DRAINING || this == DISCARDING;
		}

	}

	/**
	 * The time in which reading was paused.
	 *
	 * @param total of all pauses that have ended
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
		 * @param more whether the next message is at hand
		 * @return whether to continue with the next message
		 */
		boolean accept(Message message, boolean more);

	}

	/**
	 * Called when a connection has ended and all that it received was handled.
	 */
	@FunctionalInterface
	interface EndListener {

		/**
		 * Decide on the next step.
		 * @param connection the connection, which is not attached any more
		 * @param end the end of the connection
		 */
		void ended(PhysicalConnection connection, ConnectionEnd end);

	}

}
