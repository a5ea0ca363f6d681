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
 * One open connection: what goes out, and what ends it. What comes in is
 * {@link Inbound}'s, the end is told by {@link CloseNotifier}.
 * <p>
 * Thread-safe, and nothing here blocks its caller: what may block runs on the blocking
 * executor, where {@link #abort()} interrupts it. No lock is held while the listener, the
 * session or the executor is called.
 */
final class WebSocketConnection implements TransportConnection {

	private static final Logger logger = LoggerFactory.getLogger(WebSocketConnection.class);

	/** Time for a peer that broke a rule to read our close frame. */
	private static final Duration LINGER = Duration.ofSeconds(1);

	/**
	 * A binary message goes out in parts of this many bytes: Tomcat calls itself again
	 * for every 8 KiB of a part, and a large one would fill the thread's stack.
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

	// Messages whose senders have not heard of them; with one, the next may begin
	private final AtomicInteger writes = new AtomicInteger();

	private final AtomicBoolean pinging = new AtomicBoolean();

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private CompletableFuture<Void> lastSend = CompletableFuture.completedFuture(null);

	@GuardedBy("lock")
	private boolean closing;

	private volatile @Nullable Timeout linger;

	private final ReadWatch readWatch;

	// Only the watch reads and writes it
	private boolean endWasUntold;

	/**
	 * Create a connection.
	 * @param session the session, which is open
	 * @param listener notified of what comes in
	 * @param maxMessageSize the largest message to receive, in bytes
	 * @param resources the resources of the transport
	 */
	WebSocketConnection(WebSocketSession session, TransportListener listener, int maxMessageSize,
			TransportResources resources) {
		this.session = session;
		this.timer = resources.timer();
		this.readWatch = resources.readWatch();
		this.socket = NativeSession.of(session);
		this.ending = new CloseNotifier(this.gate, this.timer, listener, () -> this.writes.get() > 0);
		this.inbound = new Inbound(listener, this.gate, this.ending, maxMessageSize, this::cannotReceive);
		this.calls = new InterruptibleTasks(resources.blockingExecutor(), this.timer);
		this.closeHandshake = new CloseHandshake(session, this.socket, this.ending, this.timer, this::abortSoon);
	}

	/**
	 * Begin, on the thread that opened the session.
	 */
	void open() {
		this.closeHandshake.watch();
		this.inbound.opened(this);
		this.readWatch.add(this::lookForAnUntoldEnd);
	}

	/**
	 * End the connection if its container had found the end at the last look and still
	 * has not reported it.
	 * @return whether to look again
	 */
	private boolean lookForAnUntoldEnd() {
		if (this.ending.hasBegun()) {
			return false;
		}
		CloseStatus untold = this.socket.untoldEnd();
		if (untold == null || isClosing()) {
			this.endWasUntold = false;
			return true;
		}
		if (!this.endWasUntold) {
			this.endWasUntold = true;
			return true;
		}
		// Nothing is read any more
		this.ending.begin(untold, null, true);
		abortSoon();
		return false;
	}

	/**
	 * A message, a piece of one, or a pong has come; on the reading thread.
	 * @param message the message
	 */
	void receive(WebSocketMessage<?> message) {
		this.inbound.receive(message);
	}

	/**
	 * Something has failed, which may or may not be the end; on any thread.
	 * @param failure what
	 */
	void failed(Throwable failure) {
		if (this.socket.explainsFailures()) {
			this.ending.explain(SanitizedCause.of(failure));
		}
	}

	/**
	 * The container says that the session has ended; on the reading thread, or on one of
	 * ours that writes, closes or drops.
	 * @param status the code
	 */
	void containerClosed(CloseStatus status) {
		this.closeHandshake.containerClosed(status);
	}

	/**
	 * The connection is of no more use.
	 * @param cause why
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
	 * A ping that waits behind a stalled write is one too many already: no second one
	 * joins it.
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
	 * The close frame goes behind the message that is being written, if there is one:
	 * Tomcat would put it between two of its parts.
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
		// What still comes is read and forgotten: a socket with unread bytes ends with a
		// reset, which destroys our close frame
		this.linger = this.timer.schedule(LINGER, this::abortSoon);

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
			Timeout lingering = this.linger;
			if (lingering != null) {
				lingering.cancel();
			}
			this.ending.begin(CloseStatus.NO_CLOSE_FRAME, null, false);
			abortSoon();
		}
	}

	private void abortSoon() {
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
