package dev.streaming.internal.transport.websocket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.concurrent.Scheduler.Timeout;
import dev.streaming.internal.transport.MessageTooBigException;
import dev.streaming.internal.transport.SanitizedCause;
import dev.streaming.internal.transport.TransportConnection;
import dev.streaming.internal.transport.TransportListener;
import dev.streaming.internal.util.CloseReasons;
import dev.streaming.internal.util.Utf8;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * Open connection: sends messages, and detects its end. Messages are received by
 * {@link Inbound}, and the end is reported by {@link CloseNotifier}.
 * <p>
 * Thread-safe. No method blocks its caller: blocking calls run on the blocking executor,
 * where {@link #abort()} interrupts them. No lock is held while the listener, the session
 * or the executor is called.
 */
final class WebSocketConnection implements TransportConnection {

	private static final Logger logger = LoggerFactory.getLogger(WebSocketConnection.class);

	/** Time for the container to write its last frame, and for a peer to read it. */
	private static final Duration LINGER = Duration.ofSeconds(1);

	/**
	 * Maximum size of a part of a binary message: Tomcat recurses for every 8 KiB of a
	 * part, so that a large one would overflow the thread's stack.
	 */
	private static final int PART = 1024 * 1024;

	private final WebSocketSession session;

	private final Scheduler timer;

	private final NativeSession socket;

	private final DeliveryGate gate = new DeliveryGate();

	private final CloseNotifier ending;

	private final Inbound inbound;

	private final CloseHandshake closeHandshake;

	private final InterruptibleTasks calls;

	// Number of messages whose senders were not notified yet; the next write may begin
	// before that
	private final AtomicInteger writes = new AtomicInteger();

	private final AtomicBoolean pinging = new AtomicBoolean();

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private CompletableFuture<Void> lastSend = CompletableFuture.completedFuture(null);

	@GuardedBy("lock")
	private boolean closing;

	private volatile @Nullable Timeout linger;

	private final ReadWatch readWatch;

	// Used by the watch only
	private boolean endWasUnreported;

	/**
	 * Create a connection.
	 * @param session the open session
	 * @param listener notified of received messages
	 * @param maxMessageSize maximum size of a received message, in bytes
	 * @param resources the resources of the transport
	 */
	WebSocketConnection(WebSocketSession session, TransportListener listener, int maxMessageSize,
			TransportResources resources) {
		this.session = session;
		this.timer = resources.timer();
		this.readWatch = resources.readWatch();
		this.socket = NativeSession.of(session);
		this.ending = new CloseNotifier(this.gate, this.timer, listener, this::isWriting, this::abortBehindAWrite);
		this.inbound = new Inbound(listener, this.gate, this.ending, maxMessageSize, this::cannotReceive);
		this.calls = new InterruptibleTasks(resources.blockingExecutor(), this.timer);
		this.closeHandshake = new CloseHandshake(session, this.socket, this.ending, this.timer, this::abortSoon);
	}

	/**
	 * Start, on the thread that has opened the session.
	 */
	void open() {
		this.closeHandshake.watch();
		this.inbound.opened(this);
		this.readWatch.add(this::lookForAnUntoldEnd);
	}

	/**
	 * End the connection if its container had detected the end at the last check and has
	 * not reported it since.
	 * @return whether to check again
	 */
	private boolean lookForAnUntoldEnd() {
		if (this.ending.hasBegun()) {
			return false;
		}
		CloseStatus unreported = this.socket.unreportedEnd();
		if (unreported == null || isClosing()) {
			this.endWasUnreported = false;
			return true;
		}
		if (!this.endWasUnreported) {
			this.endWasUnreported = true;
			return true;
		}
		// Nothing is read any more
		this.ending.begin(unreported, null, true);
		abortSoon();
		return false;
	}

	/**
	 * Handle a message, a piece of one, or a pong, on the reading thread.
	 * @param message the message
	 */
	void receive(WebSocketMessage<?> message) {
		this.inbound.receive(message);
	}

	/**
	 * Handle a failure, which may or may not end the connection, on any thread.
	 * @param failure the failure
	 */
	void failed(Throwable failure) {
		if (this.socket.explainsFailures()) {
			this.ending.explain(SanitizedCause.of(failure));
		}
	}

	/**
	 * Handle the end of the session as reported by the container, on the reading thread,
	 * or on a thread that writes, closes or aborts.
	 * @param status the status
	 */
	void containerClosed(CloseStatus status) {
		this.closeHandshake.containerClosed(status);
	}

	/**
	 * Handle the loss of the connection.
	 * @param cause the cause
	 */
	void lost(Throwable cause) {
		CloseStatus closeFrame = this.socket.closeFrame();
		this.ending.begin((closeFrame != null) ? closeFrame : CloseStatus.NO_CLOSE_FRAME, SanitizedCause.of(cause),
				false);
		abortSoon();
	}

	@Override
	public CompletionStage<Void> sendText(String text) {
		return send(() -> write(new TextMessage(Utf8.encodable(text))));
	}

	@Override
	public CompletionStage<Void> sendText(ByteBuffer utf8) {
		return send(() -> write(new TextMessage(StandardCharsets.UTF_8.decode(utf8.duplicate()).toString())));
	}

	@Override
	public CompletionStage<Void> sendBinary(ByteBuffer bytes) {
		return send(() -> writeParts(bytes));
	}

	private CompletionStage<Void> send(InterruptibleTask.Body message) {
		CompletableFuture<Void> written = new CompletableFuture<>();
		this.lock.lock();
		try {
			if (this.closing || this.ending.hasBegun()) {
				return CompletableFuture.failedFuture(new IOException("The connection is closed"));
			}
			this.lastSend = written;
		}
		finally {
			this.lock.unlock();
		}
		AtomicBoolean begun = new AtomicBoolean();
		this.writes.incrementAndGet();
		this.calls.start(() -> {
			begun.set(true);
			message.run();
		}, (failure) -> {
			if (failure != null && begun.get()) {
				lost(failure);
			}
			settle(written, failure);
			this.writes.decrementAndGet();
		});
		return written;
	}

	private static void settle(CompletableFuture<Void> written, @Nullable Throwable failure) {
		if (failure == null) {
			written.complete(null);
		}
		else {
			written.completeExceptionally(SanitizedCause.of(failure));
		}
	}

	private void writeParts(ByteBuffer bytes) throws IOException {
		ByteBuffer rest = bytes.slice();
		while (rest.remaining() > PART) {
			write(new BinaryMessage(rest.slice(rest.position(), PART), false));
			rest.position(rest.position() + PART);
		}
		write(new BinaryMessage(rest.slice(), true));
	}

	private void write(WebSocketMessage<?> message) throws IOException {
		this.socket.beforeWrite();
		try {
			this.session.sendMessage(message);
		}
		finally {
			this.socket.afterWrite();
		}
	}

	/**
	 * Send a ping, unless another one is waiting for a stalled write.
	 */
	@Override
	public void ping() {
		if (isClosing() || this.ending.hasBegun() || !this.pinging.compareAndSet(false, true)) {
			return;
		}
		this.calls.start(() -> write(new PingMessage()), (failure) -> {
			this.pinging.set(false);
			if (failure != null && !isClosing()) {
				lost(failure);
			}
		});
	}

	@Override
	public void pause() {
		this.gate.pause();
	}

	@Override
	public void resume() {
		this.gate.resume();
	}

	/**
	 * Send a close frame after the message that is being written, because Tomcat would
	 * send it between two parts of the message.
	 */
	@Override
	public void close(CloseStatus status) {
		CompletableFuture<Void> before = beginClosing();
		if (before != null && !this.ending.hasBegun()) {
			before.whenComplete((written, failure) -> sendClose(status));
		}
	}

	private void sendClose(CloseStatus status) {
		this.calls.start(() -> this.closeHandshake.send(CloseReasons.fitting(status)), (failure) -> {
			if (failure != null) {
				lost(failure);
			}
		});
	}

	private @Nullable CompletableFuture<Void> beginClosing() {
		this.lock.lock();
		try {
			if (this.closing) {
				return null;
			}
			this.closing = true;
			return this.lastSend;
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean isClosing() {
		this.lock.lock();
		try {
			return this.closing;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void cannotReceive(Throwable failure) {
		if (!(failure instanceof MessageTooBigException)) {
			logger.atError().setCause(failure).log("A listener failed");
			lost(failure);
			return;
		}
		CloseStatus status = CloseStatus.TOO_BIG_TO_PROCESS;
		// Later data is read and discarded, because a socket with unread bytes ends with
		// a reset, which destroys the close frame
		abortLater();
		if (beginClosing() == null) {
			this.ending.begin(status, failure, true);
			return;
		}
		this.calls.start(() -> this.closeHandshake.send(status),
				(closeFailure) -> this.ending.begin(status, failure, true));
	}

	@Override
	public void abort() {
		if (this.calls.end()) {
			this.gate.release();
			this.ending.begin(CloseStatus.NO_CLOSE_FRAME, null, false);
			abortSoon();
		}
	}

	/**
	 * Abort the socket after a while if the end has begun behind a message that is being
	 * written, because not every container closes it: Jetty reports the peer's close
	 * frame first, and then waits for its answer to be written, which has no deadline.
	 */
	private void abortBehindAWrite() {
		if (isWriting()) {
			abortLater();
		}
	}

	private boolean isWriting() {
		return this.writes.get() > 0;
	}

	private void abortLater() {
		if (this.linger == null) {
			this.linger = this.timer.schedule(LINGER, this::abortSoon);
		}
	}

	private void abortSoon() {
		Timeout lingering = this.linger;
		if (lingering != null) {
			lingering.cancel();
		}
		this.calls.runRegardless(this::abortSocket);
	}

	/**
	 * Abort the socket now. Blocks for a moment.
	 */
	void abortSocket() {
		try {
			this.socket.abort();
		}
		catch (Exception ex) {
			logger.atDebug().setCause(SanitizedCause.of(ex)).log("Dropping a connection failed");
		}
	}

}
