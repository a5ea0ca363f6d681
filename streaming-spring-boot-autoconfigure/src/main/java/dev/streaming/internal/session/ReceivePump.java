package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.streaming.Message;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.concurrent.SequentialExecutor;
import dev.streaming.internal.connection.ConnectionEnd;
import dev.streaming.internal.connection.PhysicalConnection;
import dev.streaming.observation.ConnectionObserver;
import org.jspecify.annotations.Nullable;

/**
 * The way from a link's inbox over the handler into the channel. It runs as a task of the
 * session whenever there is something to do and room for it, takes messages in batches,
 * and holds no thread meanwhile. {@link #attach} and all private methods belong to that
 * task; wake-ups come from any thread.
 */
final class ReceivePump {

	/** After so many messages other tasks of the session have their turn. */
	private static final int TURN = 256;

	private final SequentialExecutor serial;

	private final DefaultResponseChannel channel;

	private final Processor processor;

	private final Scheduler timer;

	private final ConnectionObserver observer;

	private final AtomicBoolean scheduled = new AtomicBoolean();

	private Deque<Message> batch = new ArrayDeque<>();

	private @Nullable PhysicalConnection link;

	// Has a hook that runs, and may be attached
	private @Nullable PhysicalConnection expected;

	// Back-pressure is not wanted: the link is being drained
	private boolean draining;

	private final long startedAt;

	// Written by the session's task, read by anyone
	private volatile Pauses pauses = new Pauses(Duration.ZERO, null);

	ReceivePump(SequentialExecutor serial, DefaultResponseChannel channel, Processor processor, Scheduler timer,
			ConnectionObserver observer) {
		this.serial = serial;
		this.channel = channel;
		this.processor = processor;
		this.timer = timer;
		this.observer = observer;
		this.startedAt = timer.nanoTime();
	}

	/**
	 * Return the time since this pump was made, less the time in which reading stood
	 * still for want of room. Any thread.
	 * @return the time
	 */
	Duration readingTime() {
		Pauses current = this.pauses;
		Long since = current.since();
		long until = (since != null) ? since : this.timer.nanoTime();
		return Duration.ofNanos(until - this.startedAt).minus(current.total());
	}

	/**
	 * A link may be attached, or its messages be left over.
	 * @param next the link
	 */
	void expect(PhysicalConnection next) {
		this.expected = next;
	}

	/**
	 * Take messages from a link from now on.
	 * @param next the link
	 */
	void attach(PhysicalConnection next) {
		this.expected = null;
		this.link = next;
		this.draining = false;
		next.inbox().consumer(this::wake);
	}

	/**
	 * Take what the link still gets without regard to room, because its end is awaited.
	 */
	void drain() {
		this.draining = true;
		wake();
	}

	/**
	 * Handle what a link has received that will not be attached.
	 * @param left the link
	 */
	void handleLeft(PhysicalConnection left) {
		this.expected = null;
		for (Message message : left.inbox().drain()) {
			if (!this.processor.process(message)) {
				return;
			}
		}
	}

	/**
	 * Give up what was received and not handled.
	 * @return how many messages
	 */
	int abandon() {
		int left = this.batch.size() + abandon(this.link) + abandon(this.expected);
		this.batch.clear();
		return left;
	}

	private static int abandon(@Nullable PhysicalConnection given) {
		return (given != null) ? given.inbox().abandon(ConnectionEnd.RESET) : 0;
	}

	private void wake() {
		if (this.scheduled.compareAndSet(false, true)) {
			this.serial.execute(this::run);
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
		PhysicalConnection current = this.link;
		if (current == null || this.processor.isOver()) {
			return false;
		}
		Message message = next(current);
		if (message == null) {
			ConnectionEnd end = this.batch.isEmpty() ? current.inbox().reachedEnd() : null;
			if (end != null) {
				this.link = null;
				this.processor.ended(current, end);
			}
			return false;
		}
		return this.processor.process(message);
	}

	private @Nullable Message next(PhysicalConnection current) {
		// What an ended link has received is bounded, and its end must not wait for the
		// consumer
		boolean free = this.draining || current.end() != null;
		if (!free && this.channel.isFull(this::wake)) {
			if (this.pauses.since() == null) {
				this.pauses = new Pauses(this.pauses.total(), this.timer.nanoTime());
			}
			return null;
		}
		goOn();
		if (this.batch.isEmpty()) {
			this.batch = current.inbox().drain();
		}
		return this.batch.poll();
	}

	private void goOn() {
		Long since = this.pauses.since();
		if (since != null) {
			Duration stood = Duration.ofNanos(this.timer.nanoTime() - since);
			this.pauses = new Pauses(this.pauses.total().plus(stood), null);
			this.observer.readingStood(stood);
		}
	}

	/**
	 * What to do with messages and with the end.
	 */
	interface Processor {

		/**
		 * Return whether the session has ended.
		 * @return whether nothing is to be handled any more
		 */
		boolean isOver();

		/**
		 * Handle a message.
		 * @param message the message
		 * @return whether to go on with this link
		 */
		boolean process(Message message);

		/**
		 * A link has ended, and all that it received was handled.
		 * @param link the link
		 * @param end how
		 */
		void ended(PhysicalConnection link, ConnectionEnd end);

	}

	/**
	 * How long reading stood still.
	 *
	 * @param total in all pauses that are over
	 * @param since when the pause began that is not over, or {@code null}
	 */
	private record Pauses(Duration total, @Nullable Long since) {

	}

}
