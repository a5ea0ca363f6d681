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
 * One message on its way out, with its outage policy and its deadline. It waits in one
 * {@link Place} at a time: the {@link SendQueue} of a connection, or the session that
 * holds it back. Its sender is told once how it went.
 * <p>
 * The deadline is this class's alone. When it passes while the message waits, the message
 * is taken out of its place and fails; when it passes while the message is written, the
 * connection that writes it decides.
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

	// Set when the message's turn has come
	private volatile @Nullable Consumer<OutboundMessage> late;

	private volatile boolean buffered;

	private volatile boolean hidden;

	private volatile boolean untold;

	/**
	 * Create a message for one connection and no other.
	 * @param message the message
	 */
	public OutboundMessage(Message message) {
		this(message, OutagePolicy.FAIL, false, true);
	}

	/**
	 * Create a message to send.
	 * @param message the message
	 * @param policy the behavior in an outage
	 * @param accepted whether the sender is content when the message is buffered, as one
	 * that blocks is
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
	 * Return whether it is for its connection alone, and never kept for another.
	 * @return whether it is
	 */
	public boolean isConnectionBound() {
		return this.bound;
	}

	/**
	 * Return whether its sender does not block, so that nothing else bounds how many such
	 * messages wait.
	 * @return whether it was sent asynchronously
	 */
	public boolean isAsynchronous() {
		return !this.accepted && !this.bound;
	}

	/**
	 * Return the future that its sender waits for.
	 * @return completes once
	 */
	public CompletableFuture<Void> result() {
		return this.result;
	}

	/**
	 * Start the deadline. To be called when the message is in its place, so that the
	 * deadline finds it there.
	 * @param timer the clock
	 * @param writeWait the time until the deadline
	 * @param place the place in which it waits
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
	 * Let the deadline pass.
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
	 * Begin the writing. Called in one step with the removal from the place.
	 * @param late called, maybe when the message is settled, if the deadline passes
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
	 * Keep it until there is a connection again, for as long as that takes. Does not
	 * notify the sender; {@link #accept()} must follow. May be called under a lock.
	 * @param hidden whether the sender is not to notice the outage
	 */
	public void buffer(boolean hidden) {
		cancelDeadline();
		this.buffered = true;
		this.hidden = hidden;
	}

	/**
	 * Tell the sender of a buffered message that it was accepted, if it is content with
	 * that: a sender that blocks continues waiting only if it requested that and is to
	 * notice the outage.
	 */
	public void accept() {
		if (this.accepted && (this.hidden || this.policy == OutagePolicy.BUFFER)) {
			this.result.complete(null);
		}
	}

	/**
	 * Return whether it was kept for an outage, so that no deadline ran meanwhile.
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
	 * Fail the send. Without effect when it is settled.
	 * @param failure why
	 * @return whether it failed only now
	 */
	public boolean fail(StreamingException failure) {
		if (!this.over.compareAndSet(false, true)) {
			return false;
		}
		cancelDeadline();
		this.untold = !this.result.completeExceptionally(failure);
		return true;
	}

	/**
	 * Return whether it failed and its sender, who believes it on its way, was not told.
	 * @return whether that is so
	 */
	public boolean isUnreported() {
		return this.untold;
	}

	/**
	 * A place in which messages wait for their turn.
	 */
	@FunctionalInterface
	public interface Place {

		/**
		 * Take a message out whose deadline has passed, if it still waits. Must not
		 * block.
		 * @param message the message
		 * @return the failure for its sender, or {@code null} if it does not wait any
		 * more
		 */
		@Nullable StreamingException withdraw(OutboundMessage message);

	}

}
