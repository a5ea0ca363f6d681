package dev.streaming.internal.connection;

import java.net.URI;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.Message;
import dev.streaming.SendFailedException;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.transport.DialException;
import dev.streaming.internal.transport.TransportConnection;
import dev.streaming.internal.transport.TransportListener;
import dev.streaming.observation.ConnectionObserver;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;

/**
 * One physical connection: what was one epoch of a {@link Conn}. It belongs to one
 * {@link ConnStateMachine}, which lets go of it for good, so that nothing that an old
 * link still says can touch a new one.
 * <p>
 * The transport's threads call the {@link TransportListener} methods; any thread sends;
 * nothing here blocks. It ends once: {@link #lose} and {@link #close} only begin the end,
 * which comes when the transport says that nothing more will come, or when a timer has
 * waited long enough for that.
 */
public final class PhysicalConnection implements TransportListener {

	/** How long a transport may take to say that a connection we dropped is gone. */
	private static final Duration ABORT_PATIENCE = Duration.ofSeconds(1);

	private final int epoch;

	private final ConnStateMachine core;

	private final ConnConfig config;

	private final Scheduler timer;

	private final ConnectionObserver observer;

	private final Dial dial;

	private final ReceiveQueue inbox;

	private final SendQueue outbox;

	private final FlowControl flow;

	private final AtomicReference<@Nullable ConnectionEnd> loss = new AtomicReference<>();

	private final AtomicBoolean closing = new AtomicBoolean();

	private final AtomicReference<@Nullable ConnectionEnd> end = new AtomicReference<>();

	// What still waits for the end that has begun
	private final Queue<Scheduler.Timeout> timeouts = new ConcurrentLinkedQueue<>();

	// Set before any message can come
	private volatile @Nullable TransportConnection connection;

	// Once set, nothing that comes is of interest
	private volatile boolean deaf;

	private final ReentrantLock heartbeatLock = new ReentrantLock();

	// Written under heartbeatLock; read by anyone
	private volatile @Nullable Heartbeat heartbeat;

	private final CompletableFuture<Void> over = new CompletableFuture<>();

	private volatile long openedAt;

	PhysicalConnection(int epoch, ConnStateMachine core, Dial dial) {
		this.epoch = epoch;
		this.core = core;
		this.config = core.config();
		this.timer = core.timer();
		this.observer = core.observer();
		this.dial = dial;
		this.inbox = new ReceiveQueue(this::flowChanged);
		this.flow = new FlowControl(this.inbox::isPaused, this::reading);
		this.outbox = new SendQueue(this::write, this::written);
	}

	int epoch() {
		return this.epoch;
	}

	/**
	 * Return where it leads.
	 * @return what may be said of the URL
	 */
	String target() {
		return this.dial.target();
	}

	/**
	 * Return where it leads, secrets included.
	 * @return the URI, as the handshake customizers left it
	 */
	public URI uri() {
		return this.dial.uri();
	}

	public ReceiveQueue inbox() {
		return this.inbox;
	}

	public SendQueue outbox() {
		return this.outbox;
	}

	/**
	 * Return how this link ended.
	 * @return the end, or {@code null} while it lives
	 */
	public @Nullable ConnectionEnd end() {
		return this.end.get();
	}

	/**
	 * Return how the end will be told that has begun.
	 * @return the end to come or that came, or {@code null}
	 */
	public @Nullable ConnectionEnd ending() {
		ConnectionEnd ended = this.end.get();
		return (ended != null) ? ended : this.loss.get();
	}

	/**
	 * Return when nothing more will come.
	 * @return completes behind the last message and the end
	 */
	public CompletableFuture<Void> over() {
		return this.over;
	}

	public long openedAt() {
		return this.openedAt;
	}

	@Override
	public void opened(TransportConnection connection) {
		this.connection = connection;
		this.openedAt = this.timer.nanoTime();
		if (!this.dial.opened(this)) {
			this.deaf = true;
			connection.abort();
		}
	}

	@Override
	public void failed(DialException failure) {
		this.dial.failed(failure);
	}

	@Override
	public void text(String text) {
		received(Message.text(text));
	}

	@Override
	public void text(byte[] utf8) {
		received(Message.wrapText(utf8));
	}

	@Override
	public void binary(byte[] bytes) {
		received(Message.wrapBinary(bytes));
	}

	private void received(Message message) {
		if (this.deaf) {
			return;
		}
		activity();
		this.observer.received(message.size());
		this.inbox.add(message);
	}

	@Override
	public void activity() {
		Heartbeat current = this.heartbeat;
		if (current != null) {
			current.alive();
		}
	}

	@Override
	public void pong() {
		Heartbeat current = this.heartbeat;
		if (current != null) {
			current.pong();
		}
	}

	@Override
	public void closed(CloseStatus status, @Nullable Throwable cause) {
		ConnectionEnd lost = this.loss.get();
		if (lost != null) {
			end(lost);
		}
		else if (this.closing.get()) {
			end(new ConnectionEnd(ConnectionEnd.Kind.CLOSED, status, cause));
		}
		else {
			end(ConnectionEnd.of(status, cause));
		}
	}

	/**
	 * Begin the end of a connection that is of no use any more. What the transport has
	 * read already still comes.
	 * @param why for the message of the exception
	 * @param cause what went wrong, or {@code null}
	 */
	public void lose(String why, @Nullable Throwable cause) {
		CloseStatus status = new CloseStatus(CloseStatus.NO_CLOSE_FRAME.getCode(), why);
		if (this.end.get() != null || this.closing.get()
				|| !this.loss.compareAndSet(null, new ConnectionEnd(ConnectionEnd.Kind.LOST, status, cause))) {
			return;
		}
		stopHeartbeat();
		this.core.broken(this);
		failWriting(this.outbox.writing(), "the connection was lost while the message was being written: " + why,
				cause);
		abort();
	}

	/**
	 * Begin the end that we want: send a close frame behind what is being written, and
	 * wait for the peer's.
	 * @param status code and reason
	 * @param drain whether what the peer still sends is wanted
	 * @param patience how long to wait
	 */
	void close(CloseStatus status, boolean drain, Duration patience) {
		if (!this.closing.compareAndSet(false, true)) {
			if (!drain) {
				stopListening();
			}
			return;
		}
		stopHeartbeat();
		if (!drain) {
			stopListening();
		}
		this.flow.open();
		later(patience, this::abort);
		this.outbox.whenIdle(() -> connection().close(status));
	}

	/**
	 * Drop the connection at once, with what was received.
	 */
	void drop() {
		this.closing.set(true);
		stopHeartbeat();
		stopListening();
		if (this.connection != null) {
			abort();
		}
	}

	private void stopListening() {
		this.deaf = true;
	}

	private void abort() {
		this.flow.open();
		later(ABORT_PATIENCE, () -> closed(CloseStatus.NO_CLOSE_FRAME, null));
		connection().abort();
	}

	private void later(Duration delay, Runnable task) {
		this.timeouts.add(this.timer.schedule(delay, task));
		if (this.end.get() != null) {
			cancelTimeouts();
		}
	}

	private void cancelTimeouts() {
		for (Scheduler.Timeout timeout = this.timeouts.poll(); timeout != null; timeout = this.timeouts.poll()) {
			timeout.cancel();
		}
	}

	private void end(ConnectionEnd end) {
		if (!this.end.compareAndSet(null, end)) {
			return;
		}
		stopHeartbeat();
		cancelTimeouts();
		this.core.ended(this, end);
		failWriting(this.outbox.unsettled(), "the connection ended while the message was being written", end.cause());
		this.inbox.end(end);
		this.over.complete(null);
	}

	/**
	 * Start, replace or stop the heartbeat, as is wanted at the moment: of several calls
	 * the last one sees the last word.
	 */
	void syncHeartbeat() {
		this.heartbeatLock.lock();
		try {
			stopHeartbeat();
			Duration interval = this.core.heartbeatInterval();
			if (!interval.isZero()) {
				Heartbeat started = new Heartbeat(interval, this.config.pongTimeout(), this.timer,
						() -> connection().ping(), (why) -> lose(why, null), this.observer);
				this.heartbeat = started;
				this.flow.tell(started::deaf);
				started.start();
			}
		}
		finally {
			this.heartbeatLock.unlock();
		}
		if (ending() != null || this.closing.get()) {
			// It ended in the same moment and did not see this heartbeat
			stopHeartbeat();
		}
	}

	void stopHeartbeat() {
		Heartbeat current = this.heartbeat;
		if (current != null) {
			current.stop();
		}
	}

	/**
	 * Send a message, with a deadline from now.
	 * @param outgoing the message
	 * @return {@code false} if the link has ended
	 */
	public boolean send(OutboundMessage outgoing) {
		if (!this.outbox.add(outgoing)) {
			return false;
		}
		outgoing.deadline(this.timer.schedule(this.config.writeWait(), () -> expire(outgoing)));
		this.outbox.flush();
		return true;
	}

	/**
	 * The deadline of a message has passed: while it waits for its turn, it alone fails;
	 * while it is written, the connection is lost.
	 * @param outgoing the message
	 */
	public void expire(OutboundMessage outgoing) {
		expire(outgoing, this.outbox.withdraw(outgoing));
	}

	public void expire(OutboundMessage outgoing, boolean withdrawn) {
		if (withdrawn) {
			expired(outgoing, ", because others before it were not", "the connection stays");
		}
		else if (this.outbox.isWriting(outgoing) && expired(outgoing, "", "the connection is given up")) {
			lose("a message was not written within writeWait", null);
		}
	}

	private boolean expired(OutboundMessage outgoing, String why, String what) {
		return this.core.unwritten(outgoing, new SendFailedException(describe(
				"The message was not written within writeWait (" + this.config.writeWait().toMillis() + " ms)" + why)
				+ "; " + what, null));
	}

	private CompletionStage<Void> write(OutboundMessage outgoing) {
		if (outgoing.isBuffered()) {
			// It was accepted for as long as it takes until its turn comes
			outgoing.deadline(this.timer.schedule(this.config.writeWait(), () -> expire(outgoing)));
		}
		Message message = outgoing.message();
		TransportConnection target = connection();
		if (!message.isText()) {
			return target.sendBinary(message.asByteBuffer());
		}
		return message.hasText() ? target.sendText(message.text()) : target.sendText(message.asByteBuffer());
	}

	private void written(OutboundMessage outgoing, @Nullable Throwable failure) {
		if (failure == null) {
			outgoing.written();
			this.observer.sent(outgoing.message().size());
			return;
		}
		lose("a message could not be written", failure);
		this.core.unwritten(outgoing, new SendFailedException(describe("The message could not be written"), failure));
	}

	private void failWriting(@Nullable OutboundMessage writing, String why, @Nullable Throwable cause) {
		if (writing != null) {
			this.core.unwritten(writing, new SendFailedException(describe("A send failed: " + why), cause));
		}
	}

	private void flowChanged() {
		this.flow.sync();
	}

	private void reading(boolean paused) {
		Heartbeat current = this.heartbeat;
		if (current != null) {
			current.deaf(paused);
		}
		TransportConnection target = connection();
		if (paused) {
			target.pause();
		}
		else {
			target.resume();
		}
	}

	private String describe(String what) {
		return this.core.describe(what, target());
	}

	private TransportConnection connection() {
		TransportConnection current = this.connection;
		Assert.state(current != null, "The link is not open");
		return current;
	}

}
