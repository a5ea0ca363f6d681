package dev.streaming.internal.connection;

import java.net.URI;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.Message;
import dev.streaming.StreamingException;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.transport.TransportConnection;
import dev.streaming.observation.ConnectionObserver;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * Physical connection: one epoch of a {@link Conn}. Its {@link Listener} releases it
 * permanently, so that late events of an old connection cannot affect a new one.
 * <p>
 * The transport's threads deliver messages, activity and the end; any thread may send;
 * nothing blocks. It ends once: {@link #fail}, {@link #close} and {@link #discard} only
 * begin the end, which is completed when the transport reports it, or after a timeout.
 */
public final class PhysicalConnection {

	/** Maximum time for a transport to report the end of an aborted connection. */
	private static final Duration ABORT_PATIENCE = Duration.ofSeconds(1);

	private final int epoch;

	private final URI uri;

	private final TransportConnection connection;

	private final ConnectionErrors errors;

	private final ConnConfig config;

	private final Scheduler timer;

	private final ConnectionObserver observer;

	private final Listener listener;

	private final ReceiveQueue receiveQueue;

	private final SendQueue sendQueue;

	private final FlowControl flow;

	private final Heartbeat heartbeat;

	private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.OPEN);

	// Timeouts for the end that has begun
	private final Queue<Scheduler.Timeout> timeouts = new ConcurrentLinkedQueue<>();

	private final CompletableFuture<Void> over = new CompletableFuture<>();

	private final long openedAt;

	/**
	 * Create an open connection, without a heartbeat.
	 * @param epoch the number of the connection
	 * @param uri the URI of the connection
	 * @param errors the factory of the connection's exceptions
	 * @param connection the connection of the transport
	 * @param config the settings
	 * @param timer the scheduler
	 * @param observer notified of messages and pings
	 * @param listener notified of the end
	 */
	PhysicalConnection(int epoch, URI uri, ConnectionErrors errors, TransportConnection connection, ConnConfig config,
			Scheduler timer, ConnectionObserver observer, Listener listener) {
		this.epoch = epoch;
		this.uri = uri;
		this.connection = connection;
		this.errors = errors;
		this.config = config;
		this.timer = timer;
		this.observer = observer;
		this.listener = listener;
		this.heartbeat = new Heartbeat(config.pongTimeout(), timer, connection::ping, (why) -> fail(why, null),
				observer);
		this.receiveQueue = new ReceiveQueue(this::flowChanged);
		this.flow = new FlowControl(this.receiveQueue::isPaused, this::reading);
		this.sendQueue = new SendQueue(this::write, this::written, this::writeTimedOut);
		this.openedAt = timer.nanoTime();
	}

	int epoch() {
		return this.epoch;
	}

	/**
	 * Return the factory of this connection's exceptions.
	 * @return the errors
	 */
	ConnectionErrors errors() {
		return this.errors;
	}

	/**
	 * Return the URI of the connection, including secrets.
	 * @return the URI after the handshake customizers were applied
	 */
	public URI uri() {
		return this.uri;
	}

	public ReceiveQueue receiveQueue() {
		return this.receiveQueue;
	}

	public SendQueue sendQueue() {
		return this.sendQueue;
	}

	/**
	 * Return the end of this connection.
	 * @return the end, or {@code null} if it has not ended
	 */
	public @Nullable ConnectionEnd end() {
		Stage current = this.stage.get();
		return (current.phase() == Phase.ENDED) ? current.end() : null;
	}

	/**
	 * Return the end of this connection, if it has begun.
	 * @return the end of a connection that has failed or ended, or {@code null}
	 */
	public @Nullable ConnectionEnd ending() {
		return this.stage.get().end();
	}

	/**
	 * Return the future that completes when there will be no more messages.
	 * @return a future that completes after the last message and the end
	 */
	public CompletableFuture<Void> over() {
		return this.over;
	}

	public long openedAt() {
		return this.openedAt;
	}

	/**
	 * Receive a message. Called by the transport, one call at a time.
	 * @param message the message
	 */
	void received(Message message) {
		if (!this.stage.get().isReceiving()) {
			return;
		}
		activity();
		this.observer.received(message.size());
		this.receiveQueue.add(message);
	}

	void activity() {
		this.heartbeat.activity();
	}

	void pong() {
		this.heartbeat.pong();
	}

	/**
	 * End the connection after its last message.
	 * @param status code and reason
	 * @param cause the cause, or {@code null}
	 */
	void closed(CloseStatus status, @Nullable Throwable cause) {
		Stage before = this.stage.getAndUpdate((current) -> current.ended(status, cause));
		ConnectionEnd end = end();
		if (before.phase() == Phase.ENDED || end == null) {
			return;
		}
		this.heartbeat.stop();
		cancelTimeouts();
		this.listener.ended(this, end);
		failWriting(this.sendQueue.end(), "the connection ended while the message was being written", end.cause());
		this.receiveQueue.end(end);
		this.over.complete(null);
	}

	/**
	 * Fail the connection. Messages that the transport has read already are still
	 * delivered. Without effect if the end has begun.
	 * @param why the reason, for the message of the exception
	 * @param cause the cause, or {@code null}
	 */
	public void fail(String why, @Nullable Throwable cause) {
		ConnectionEnd end = new ConnectionEnd(ConnectionEnd.Kind.LOST,
				new CloseStatus(CloseStatus.NO_CLOSE_FRAME.getCode(), why), cause);
		if (this.stage.getAndUpdate((current) -> current.failed(end)).phase() != Phase.OPEN) {
			return;
		}
		this.heartbeat.stop();
		this.listener.broken(this);
		failWriting(this.sendQueue.writing(), "the connection was lost while the message was being written: " + why,
				cause);
		abort();
	}

	/**
	 * Begin a local close: send a close frame after the current message, and wait for
	 * that of the peer. A second call can only end a drain.
	 * @param status code and reason
	 * @param drain whether to deliver later messages of the peer, which must be taken,
	 * because otherwise reading is paused before the peer's close frame
	 * @param patience maximum time to wait
	 */
	void close(CloseStatus status, boolean drain, Duration patience) {
		Phase before = this.stage.getAndUpdate((current) -> current.closing(drain)).phase();
		if (!drain) {
			// Messages are not kept any more, and the peer's close frame must be read
			this.flow.open();
		}
		if (before != Phase.OPEN) {
			return;
		}
		this.heartbeat.stop();
		later(patience, this::abort);
		this.sendQueue.whenIdle(() -> this.connection.close(status));
	}

	/**
	 * Drop the connection and its received messages at once.
	 */
	void discard() {
		this.stage.updateAndGet((current) -> current.closing(false));
		this.heartbeat.stop();
		abort();
	}

	private void abort() {
		this.flow.open();
		later(ABORT_PATIENCE, () -> closed(CloseStatus.NO_CLOSE_FRAME, null));
		this.connection.abort();
	}

	private void later(Duration delay, Runnable task) {
		this.timeouts.add(this.timer.schedule(delay, task));
		if (this.stage.get().phase() == Phase.ENDED) {
			cancelTimeouts();
		}
	}

	private void cancelTimeouts() {
		for (Scheduler.Timeout timeout = this.timeouts.poll(); timeout != null; timeout = this.timeouts.poll()) {
			timeout.cancel();
		}
	}

	/**
	 * Set the interval between pings. Without effect once the end has begun.
	 * @param interval the interval, zero for no pings
	 */
	void heartbeat(Duration interval) {
		this.heartbeat.interval(interval);
	}

	/**
	 * Send a message, and start its deadline.
	 * @param outgoing the message
	 * @return {@code false} if the connection has ended
	 */
	public boolean send(OutboundMessage outgoing) {
		if (!this.sendQueue.add(outgoing)) {
			return false;
		}
		outgoing.startDeadline(this.timer, this.config.writeWait(), this::withdraw);
		this.sendQueue.flush();
		return true;
	}

	/**
	 * Remove a message whose deadline has passed, if its writing has not begun.
	 * @param outgoing the message
	 * @return the failure for its sender, or {@code null} if it does not wait here
	 */
	public @Nullable StreamingException withdraw(OutboundMessage outgoing) {
		return this.sendQueue.withdraw(outgoing) ? this.errors.writeTimedOut(this.config.writeWait(),
				", because earlier messages were not", "the connection stays open") : null;
	}

	private void writeTimedOut(OutboundMessage outgoing) {
		if (this.listener.unwritten(outgoing,
				this.errors.writeTimedOut(this.config.writeWait(), "", "the connection is dropped"))) {
			fail("a message was not written within writeWait", null);
		}
	}

	private CompletionStage<Void> write(OutboundMessage outgoing) {
		if (outgoing.isBuffered()) {
			// The message was accepted without a deadline until its turn
			outgoing.startDeadline(this.timer, this.config.writeWait(), this::withdraw);
		}
		Message message = outgoing.message();
		if (!message.isText()) {
			return this.connection.sendBinary(message.asByteBuffer());
		}
		return (message.hasText() && !this.connection.encodesText()) ? this.connection.sendText(message.text())
				: this.connection.sendText(message.asByteBuffer());
	}

	private void written(OutboundMessage outgoing, @Nullable Throwable failure) {
		if (failure == null) {
			outgoing.written();
			this.observer.sent(outgoing.message().size());
			return;
		}
		if (failure instanceof RejectedExecutionException) {
			// The writing has not begun, so the connection is not affected (B7)
			this.listener.unwritten(outgoing,
					this.errors.sendFailed("The message could not be written: " + failure.getMessage(), failure));
			return;
		}
		fail("a message could not be written", failure);
		this.listener.unwritten(outgoing, this.errors.sendFailed("The message could not be written", failure));
	}

	private void failWriting(@Nullable OutboundMessage writing, String why, @Nullable Throwable cause) {
		if (writing != null) {
			this.listener.unwritten(writing, this.errors.sendFailed("A send failed: " + why, cause));
		}
	}

	private void flowChanged() {
		this.flow.sync();
	}

	private void reading(boolean paused) {
		this.heartbeat.readingPaused(paused);
		if (paused) {
			this.connection.pause();
		}
		else {
			this.connection.resume();
		}
	}

	/**
	 * Listener for the end of a physical connection. Called without a lock, by any
	 * thread; must not block.
	 */
	interface Listener {

		/**
		 * Called when a connection has failed; its end follows.
		 * @param connection the connection
		 */
		void broken(PhysicalConnection connection);

		/**
		 * Called once when a connection has ended, before the end is added to the receive
		 * queue.
		 * @param connection the connection
		 * @param end the end of the connection
		 */
		void ended(PhysicalConnection connection, ConnectionEnd end);

		/**
		 * Called when a message will not be written, to notify its sender.
		 * @param outgoing the message
		 * @param failure the failure for the sender
		 * @return whether the message was not settled before
		 */
		boolean unwritten(OutboundMessage outgoing, StreamingException failure);

	}

	private enum Phase {

		/** Open for messages. */
		OPEN,

		/** Failed; messages that were read before are still delivered. */
		FAILED,

		/** Closed locally; later messages of the peer are delivered. */
		DRAINING,

		/** Closed or dropped locally; later messages of the peer are ignored. */
		CLOSING,

		/** Ended. */
		ENDED

	}

	/**
	 * Phase with the end of the connection once it is known. Each method handles one
	 * event and returns the next stage, which is the same if the event has no effect.
	 *
	 * @param phase the phase
	 * @param end the end of the connection, if it has begun
	 */
	private record Stage(Phase phase, @Nullable ConnectionEnd end) {

		static final Stage OPEN = new Stage(Phase.OPEN, null);

		boolean isReceiving() {
			return this.phase != Phase.CLOSING && this.phase != Phase.ENDED;
		}

		Stage failed(ConnectionEnd how) {
			return (this.phase == Phase.OPEN) ? new Stage(Phase.FAILED, how) : this;
		}

		Stage closing(boolean drain) {
			return switch (this.phase) {
				case OPEN -> new Stage(drain ? Phase.DRAINING : Phase.CLOSING, null);
				case DRAINING -> drain ? this : new Stage(Phase.CLOSING, null);
				case FAILED, CLOSING, ENDED -> this;
			};
		}

		Stage ended(CloseStatus status, @Nullable Throwable cause) {
			return switch (this.phase) {
				case OPEN -> new Stage(Phase.ENDED, ConnectionEnd.of(status, cause));
				case FAILED -> new Stage(Phase.ENDED, this.end);
				case DRAINING, CLOSING ->
					new Stage(Phase.ENDED, new ConnectionEnd(ConnectionEnd.Kind.CLOSED, status, cause));
				case ENDED -> this;
			};
		}

	}

}
