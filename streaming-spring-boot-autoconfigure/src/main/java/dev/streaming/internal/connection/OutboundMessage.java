package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import dev.streaming.Message;
import dev.streaming.OutagePolicy;
import dev.streaming.StreamingException;
import dev.streaming.internal.concurrent.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Outgoing message with its outage policy and deadline. It waits in one {@link Place} at
 * a time: the {@link SendQueue} of a connection, or the session that holds it. Its sender
 * is notified once of the outcome.
 * <p>
 * Only this class handles the deadline. If it passes while the message waits, the message
 * is removed from its place and fails; if it passes while the message is written, the
 * connection decides.
 */
public final class OutboundMessage {

	private final Message message;

	private final OutagePolicy policy;

	private final boolean accepted;

	private final boolean bound;

	private final CompletableFuture<Void> result = new CompletableFuture<>();

	private final AtomicBoolean over = new AtomicBoolean();

	private volatile Scheduler.@Nullable Timeout deadline;

	// Set with the first deadline
	private volatile @Nullable Place place;

	// Set when the writing begins
	private volatile @Nullable Consumer<OutboundMessage> late;

	private volatile boolean buffered;

	private volatile boolean hidden;

	private volatile boolean unreported;

	/**
	 * Create a message that is bound to one connection.
	 * @param message the message
	 */
	public OutboundMessage(Message message) {
		this(message, OutagePolicy.FAIL, false, true);
	}

	/**
	 * Create a message to send.
	 * @param message the message
	 * @param policy the behavior in an outage
	 * @param accepted whether the sender is notified of success when the message is
	 * buffered, such as a blocking sender
	 */
	public OutboundMessage(Message message, OutagePolicy policy, boolean accepted) {
		this(message, policy, accepted, false);
	}

	private OutboundMessage(Message message, OutagePolicy policy, boolean accepted, boolean bound) {
		this.message = message;
		this.policy = policy;
		this.accepted = accepted;
		this.bound = bound;
	}

	public Message message() {
		return this.message;
	}

	public OutagePolicy policy() {
		return this.policy;
	}

	/**
	 * Return whether the message is bound to its connection, and never held for another
	 * one.
	 * @return whether it is
	 */
	public boolean isConnectionBound() {
		return this.bound;
	}

	/**
	 * Return whether the sender does not block, so that the number of waiting messages is
	 * not bounded by threads.
	 * @return whether it was sent asynchronously
	 */
	public boolean isAsynchronous() {
		return !this.accepted && !this.bound;
	}

	/**
	 * Return the future that the sender waits for.
	 * @return the future
	 */
	public CompletableFuture<Void> result() {
		return this.result;
	}

	/**
	 * Start the deadline. To be called after the message was added to its place, so that
	 * the deadline can remove it.
	 * @param timer the scheduler
	 * @param writeWait the time until the deadline
	 * @param place the place in which the message waits
	 */
	public void startDeadline(Scheduler timer, Duration writeWait, Place place) {
		this.place = place;
		Scheduler.Timeout started = timer.schedule(writeWait, this::expire);
		this.deadline = started;
		if (this.over.get()) {
			started.cancel();
		}
	}

	/**
	 * Handle the expiry of the deadline.
	 */
	void expire() {
		Place current = this.place;
		StreamingException failure = (current != null) ? current.withdraw(this) : null;
		if (failure != null) {
			fail(failure);
			return;
		}
		Consumer<OutboundMessage> writing = this.late;
		if (writing != null) {
			writing.accept(this);
		}
	}

	/**
	 * Begin the writing. Called atomically with the removal from the place.
	 * @param late called if the deadline passes, possibly after the message was settled
	 */
	void begin(Consumer<OutboundMessage> late) {
		this.late = late;
	}

	private void cancelDeadline() {
		Scheduler.Timeout current = this.deadline;
		if (current != null) {
			current.cancel();
		}
	}

	/**
	 * Buffer the message until there is a connection again, without a deadline. Does not
	 * notify the sender; {@link #accept()} must follow. May be called under a lock.
	 * @param hidden whether the change is planned, and hidden from the sender
	 */
	public void buffer(boolean hidden) {
		cancelDeadline();
		this.buffered = true;
		this.hidden = hidden;
	}

	/**
	 * Notify the sender of a buffered message that it was accepted, if the sender does
	 * not wait for the write: a blocking sender continues to wait only if its policy
	 * requires that and the outage is not hidden.
	 */
	public void accept() {
		if (this.accepted && (this.hidden || this.policy == OutagePolicy.BUFFER)) {
			this.result.complete(null);
		}
	}

	/**
	 * Return whether the message was buffered in an outage, so that it had no deadline
	 * meanwhile.
	 * @return whether it was
	 */
	public boolean isBuffered() {
		return this.buffered;
	}

	public void written() {
		if (this.over.compareAndSet(false, true)) {
			cancelDeadline();
			this.result.complete(null);
		}
	}

	/**
	 * Fail the send. Without effect if it is settled.
	 * @param failure the reason
	 * @return whether the send was not settled before
	 */
	public boolean fail(StreamingException failure) {
		if (!this.over.compareAndSet(false, true)) {
			return false;
		}
		cancelDeadline();
		this.unreported = !this.result.completeExceptionally(failure);
		return true;
	}

	/**
	 * Return whether the message failed without a notification of its sender.
	 * @return whether it did
	 */
	public boolean isUnreported() {
		return this.unreported;
	}

	/**
	 * Place in which messages wait for their turn.
	 */
	@FunctionalInterface
	public interface Place {

		/**
		 * Remove a message whose deadline has passed, if it still waits. Must not block.
		 * @param message the message
		 * @return the failure for its sender, or {@code null} if it does not wait any
		 * more
		 */
		@Nullable StreamingException withdraw(OutboundMessage message);

	}

}
