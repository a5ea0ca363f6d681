package dev.streaming.internal.session;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;

import dev.streaming.Conn;
import dev.streaming.ErrorClassifier;
import dev.streaming.MediaData;
import dev.streaming.Message;
import dev.streaming.MessageHandler;
import dev.streaming.MessageHandlerException;
import dev.streaming.OutagePolicy;
import dev.streaming.PermanentFailureException;
import dev.streaming.ResponseChannel;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionHandler;
import dev.streaming.SessionSetupException;
import dev.streaming.StreamChunk;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.concurrent.SequentialExecutor;
import dev.streaming.internal.connection.ConnStateMachine;
import dev.streaming.internal.connection.ConnectionEnd;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.internal.connection.Futures;
import dev.streaming.internal.connection.MessageReceiver;
import dev.streaming.internal.connection.PhysicalConnection;
import dev.streaming.internal.connection.TrafficCounter;
import dev.streaming.internal.util.SettingChecks;
import dev.streaming.observation.ConnectionObserver;
import dev.streaming.observation.ConnectionObserver.ObservedSession;
import dev.streaming.observation.ConnectionObserver.OutageOutcome;
import dev.streaming.observation.ConnectionObserver.SessionEnd;
import org.jspecify.annotations.Nullable;
import org.slf4j.spi.LoggingEventBuilder;

import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;

/**
 * The session: puts together the {@link SendGate} of its senders, the {@link ReceivePump}
 * from connection to channel and the {@link Reconnector}, and ends them all, once.
 * <p>
 * Handler, hook and listeners are called by one task at a time, on a worker thread, and
 * so is everything that decides about the connection. Callers' threads only send, take
 * and ask; of those, a blocking send and a close wait.
 */
public final class DefaultSession implements Session, ReceivePump.Processor, ObservedSession {

	/** What a close may take beyond its grace period. */
	private static final Duration CLOSE_ALLOWANCE = Duration.ofMillis(1500);

	private static final AtomicLong ids = new AtomicLong();

	private final SessionConfig config;

	private final DefaultConn conn;

	private final ConnStateMachine core;

	private final String id;

	private final SessionHandler handler;

	private final @Nullable ErrorClassifier classifier;

	private final DefaultSessionContext context;

	private final SequentialExecutor serial;

	private final Scheduler timer;

	private final ConnectionObserver observer;

	private final SessionCallbacks callbacks;

	private final SendGate gate;

	private final SessionConnectionOwner owner;

	private final DefaultResponseChannel channel;

	private final ReceivePump input;

	private final Reconnector reconnector;

	private final SessionHooks hooks;

	private final SessionSender sender;

	private final SessionTermination ending;

	private final SessionTasks tasks;

	// The connection that the provider has said to end. Used by the session's task alone
	private @Nullable PhysicalConnection expired;

	private volatile OutageOutcome outageOutcome = OutageOutcome.CLOSED;

	private volatile long openedAt;

	private volatile Instant openedOn = Instant.EPOCH;

	private volatile boolean opened;

	DefaultSession(SessionConfig config) {
		Assert.isInstanceOf(DefaultConn.class, config.conn(),
				"conn must come from Conn.create or a ConnFactory, but is another implementation: ");
		this.config = config;
		this.conn = (DefaultConn) config.conn();
		this.core = this.conn.core();
		this.id = connectionName() + "-" + ids.incrementAndGet();
		this.handler = handlerOf(config);
		ErrorClassifier own = this.handler.errorClassifier();
		this.classifier = (own != null) ? own : config.onError();
		this.context = new DefaultSessionContext(this, config, this.core.config().attributes());
		this.timer = this.core.timer();
		this.observer = this.core.observer();
		this.serial = new SequentialExecutor(this.core.runtime().workers());
		this.callbacks = new SessionCallbacks(this, this.handler, config.listeners(), config.logger(), this.context);
		this.gate = new SendGate(this.id, connectionName(), this.core.config().writeWait(),
				config.sendBufferSize().toBytes(), this.timer, this.observer, config.logger());
		this.owner = new SessionConnectionOwner(this.gate, this::sendRaw, this::close);
		this.channel = new DefaultResponseChannel(config.responseChannelSize(), config.readAhead().toBytes(),
				this.serial::isCurrent, this.observer::chunksDiscarded, this.core.runtime().workers());
		this.input = new ReceivePump(this.serial, this.channel, this, this.timer, this.observer);
		this.reconnector = new Reconnector(this, config, this.conn, this.serial);
		this.hooks = new SessionHooks(this, config, this.core, this.serial);
		this.ending = new SessionTermination(this.core, this.serial, this.gate, this.channel, this.id);
		this.sender = new SessionSender(this.gate, this.serial, this.core.config().jsonMapper(),
				this.core.runtime().workers(), this.handler);
		this.tasks = new SessionTasks(this.timer, this.serial, this.ending, this.callbacks,
				this.reconnector::changeIfQuiet);
	}

	private static SessionHandler handlerOf(SessionConfig config) {
		SessionHandler handler = config.handler();
		if (handler != null) {
			return handler;
		}
		MessageHandler onMessage = config.onMessage();
		Assert.state(onMessage != null, "There is a handler or onMessage");
		return new HandlerAdapter(onMessage, config.onReconnect());
	}

	/**
	 * Open a session on a connection.
	 * @param config its settings
	 * @return the open session
	 */
	public static Session open(SessionConfig config) {
		DefaultSession session = new DefaultSession(config);
		PhysicalConnection link = session.core.link();
		if (link == null || (session.core.state() != Conn.State.OPEN && link.inbox().isEmpty())) {
			throw session.core.notConnected();
		}
		session.core.own(session.owner);
		try {
			if (config.handler() != null) {
				session.hooks.setUp(link);
			}
			session.start(link);
			return session;
		}
		catch (SessionSetupException ex) {
			session.abandon();
			throw ex;
		}
		catch (InterruptedException ex) {
			session.abandon();
			Thread.currentThread().interrupt();
			throw new SessionSetupException("Interrupted while the session '" + session.id + "' was set up", ex);
		}
	}

	/**
	 * Dial, with retry, let the handler set the connection up, and open. Blocks. When it
	 * fails the session has ended and its connection is closed.
	 * @throws InterruptedException if the calling thread was interrupted
	 */
	void connect() throws InterruptedException {
		this.core.own(this.owner);
		boolean ready = false;
		try {
			this.conn.connectWithRetry(() -> this.hooks.setUp(Objects.requireNonNull(this.core.link())));
			start(Objects.requireNonNull(this.core.link()));
			ready = true;
		}
		finally {
			if (!ready) {
				abandon();
			}
		}
	}

	void whenDone(Runnable task) {
		this.ending.whenDone(task);
	}

	/**
	 * Return whether it was opened and has not ended.
	 * @return whether others may see it
	 */
	boolean isLive() {
		return this.opened && !isClosed();
	}

	/**
	 * Close the connection of a session that is not going to open.
	 */
	void abandon() {
		end(SessionOutcome.closed(CloseStatus.NORMAL));
		Futures.awaitQuietly(this.ending.done(), closeLimit());
	}

	/**
	 * Open: what was held back is sent, listeners hear it, receiving starts.
	 * @param link the connection that is set up
	 */
	void start(PhysicalConnection link) {
		this.owner.start();
		CompletableFuture<Void> heard = new CompletableFuture<>();
		this.serial.execute(() -> {
			try {
				if (!isOver()) {
					opened(link);
				}
			}
			finally {
				heard.complete(null);
			}
		});
		Futures.awaitQuietly(heard, this.config.reconnectHookTimeout());
		if (!this.opened) {
			throw new SessionSetupException(this.core.describe("The session was closed before it was open"), null);
		}
	}

	private void opened(PhysicalConnection link) {
		this.openedAt = this.timer.nanoTime();
		this.openedOn = Instant.now();
		this.opened = true;
		this.observer.sessionOpened(this);
		log(this.config.logger().atDebug()).log("The session is open");
		this.gate.open(link);
		deliverHeld();
		this.reconnector.opened();
		this.callbacks.opened();
		this.input.attach(link);
		this.reconnector.changeIfQuiet();
	}

	@Override
	public boolean isOver() {
		return this.ending.isOver();
	}

	ConnStateMachine core() {
		return this.core;
	}

	public DefaultSessionContext context() {
		return this.context;
	}

	SessionHooks hooks() {
		return this.hooks;
	}

	SessionHandler handler() {
		return this.handler;
	}

	SessionCallbacks callbacks() {
		return this.callbacks;
	}

	SessionTasks tasks() {
		return this.tasks;
	}

	Duration readingTime() {
		return this.input.readingTime();
	}

	boolean withdraw(Message message) {
		return this.gate.withdraw(message);
	}

	/**
	 * The close of the present connection will be a loss, whatever its code.
	 */
	void connectionExpired() {
		this.expired = this.core.link();
	}

	boolean open(PhysicalConnection link) {
		return this.gate.open(link);
	}

	void shut(boolean planned) {
		this.gate.shut(planned);
	}

	void drainInput() {
		this.input.drain();
	}

	void expectInput(PhysicalConnection link) {
		this.input.expect(link);
	}

	void attachInput(PhysicalConnection link) {
		this.input.attach(link);
	}

	void handleLeft(PhysicalConnection link) {
		this.input.handleLeft(link);
	}

	@Override
	public boolean process(Message message) {
		long started = this.observer.isEnabled() ? System.nanoTime() : 0;
		List<StreamChunk> chunks;
		try {
			chunks = this.handler.handle(message, this.context);
			Assert.state(chunks != null, "The handler returned null; it has to return an empty list for no chunks");
			chunks = List.copyOf(chunks);
		}
		catch (Throwable ex) {
			handled(started, false);
			end(SessionOutcome.failed(new MessageHandlerException(
					"The handler of session '" + this.id + "' failed on a " + message + ": " + ex.getMessage(), ex),
					CloseStatus.SERVER_ERROR));
			return false;
		}
		handled(started, true);
		deliver(chunks, message.size());
		this.reconnector.changeIfQuiet();
		return !isOver();
	}

	private void handled(long started, boolean succeeded) {
		if (this.observer.isEnabled()) {
			this.observer.handled(System.nanoTime() - started, succeeded);
		}
	}

	/**
	 * Deliver a chunk from outside of the handling of a message. Any thread.
	 * @param chunk the chunk
	 */
	void emit(StreamChunk chunk) {
		if (!this.hooks.hold(chunk)) {
			deliver(List.of(chunk), weight(chunk));
		}
	}

	private static int weight(StreamChunk chunk) {
		MediaData media = chunk.media();
		return chunk.content().length() + chunk.delta().length() + chunk.reasoning().length()
				+ ((media != null) ? media.size() : 0) + 1;
	}

	/**
	 * Deliver what the last hook emitted.
	 */
	void deliverHeld() {
		this.hooks.release().forEach((chunk) -> deliver(List.of(chunk), weight(chunk)));
	}

	private void deliver(List<StreamChunk> chunks, int bytes) {
		SessionOutcome over = this.ending.ending();
		boolean wanted = over == null || over.end() != SessionEnd.CLOSED;
		if (!(wanted && this.channel.put(chunks, bytes)) && !chunks.isEmpty()) {
			this.observer.chunksDiscarded(chunks.size());
		}
	}

	@Override
	public void ended(PhysicalConnection link, ConnectionEnd end) {
		if (this.reconnector.isUnderWay()) {
			this.callbacks.linkEnded(true);
			this.reconnector.drained();
			return;
		}
		if (end.kind() == ConnectionEnd.Kind.PEER && link != this.expired) {
			this.callbacks.linkEnded(false);
			end(SessionOutcome.byPeer());
			return;
		}
		Throwable cause = MessageReceiver.lost(this.core, end);
		if (mayReconnect() && mayReconnect(cause)) {
			log(this.config.logger().atWarn()).log("{}; reconnecting", cause.getMessage());
			log(this.config.logger().atDebug()).setCause(cause).log("The connection was lost");
			this.reconnector.lost(cause);
		}
		else {
			this.callbacks.linkEnded(false);
			end(SessionOutcome.failed(cause, CloseStatus.NORMAL));
		}
	}

	private boolean mayReconnect() {
		return this.config.maxReconnectAttempts() > 0 && hasHook();
	}

	private boolean hasHook() {
		return this.config.handler() != null || this.config.onReconnect() != null;
	}

	boolean mayReconnect(Throwable failure) {
		if (this.classifier == null || failure instanceof PermanentFailureException) {
			return false;
		}
		try {
			return this.classifier.shouldReconnect(failure);
		}
		catch (Throwable ex) {
			log(this.config.logger().atError()).setCause(ex).log("The error classifier threw; taken as no");
			return false;
		}
	}

	void logAttemptFailed(int attempt, Throwable failure) {
		log(this.config.logger().atDebug()).addKeyValue("attempt", attempt)
			.setCause(failure)
			.log("An attempt to reconnect failed");
	}

	private LoggingEventBuilder log(LoggingEventBuilder event) {
		return event.addKeyValue("session", this.id).addKeyValue("connection", connectionName());
	}

	/**
	 * End the session. Any thread; does not block. The first ending stands.
	 * @param how how it ends
	 */
	void end(SessionOutcome how) {
		end(how, OutageOutcome.CLOSED);
	}

	void end(SessionOutcome how, OutageOutcome outcome) {
		if (!this.ending.begin(how)) {
			return;
		}
		this.outageOutcome = outcome;
		this.reconnector.cancel();
		this.hooks.cancel();
		Runnable finish = () -> finish(how);
		boolean ours = how.end() == SessionEnd.CLOSED && this.opened && this.core.state() == Conn.State.OPEN;
		if (ours && this.config.handler() != null) {
			this.ending.after(how, this.callbacks::closing, finish);
		}
		else {
			this.ending.seal(how, finish);
		}
	}

	private void logEnd(@Nullable Throwable failure) {
		if (failure == null) {
			log(this.config.logger().atDebug()).log("The session has ended");
			return;
		}
		// A handler that fails is the application's own fault, so it is shown where
		boolean handlers = failure instanceof MessageHandlerException;
		log(this.config.logger().atError()).setCause(handlers ? failure : null)
			.log("The session has ended: {}", failure.getMessage());
		log(this.config.logger().atDebug()).setCause(failure).log("What ended the session");
	}

	private void finish(SessionOutcome how) {
		this.tasks.cancelAll();
		int unhandled = this.input.abandon();
		if (unhandled > 0) {
			this.observer.chunksDiscarded(unhandled);
		}
		this.reconnector.end(how.error(), this.outageOutcome);
		logEnd(how.error());
		if (this.opened) {
			this.callbacks.closed(how.error());
			this.observer.sessionClosed(this, how.end(), Duration.ofNanos(this.timer.nanoTime() - this.openedAt));
		}
	}

	@Override
	public String id() {
		return this.id;
	}

	@Override
	public String connectionName() {
		return this.conn.core().config().name();
	}

	@Override
	public void send(Object message) {
		this.sender.send(message, this.config.sendWhileReconnecting());
	}

	@Override
	public void send(Object message, OutagePolicy policy) {
		this.sender.send(message, policy);
	}

	@Override
	public void sendRaw(Message message) {
		this.sender.send(message, this.config.sendWhileReconnecting());
	}

	@Override
	public void sendRaw(Message message, OutagePolicy policy) {
		this.sender.send(message, policy);
	}

	@Override
	public CompletionStage<Void> sendAsync(Object message) {
		return this.sender.sendAsync(message, this.config.sendWhileReconnecting());
	}

	@Override
	public ResponseChannel response() {
		return this.channel;
	}

	@Override
	public Flow.Publisher<StreamChunk> publisher() {
		return this.channel.publisher(() -> end(SessionOutcome.closed(CloseStatus.NORMAL)));
	}

	@Override
	public CompletionStage<Void> done() {
		return this.ending.done().minimalCompletionStage();
	}

	@Override
	public Optional<Throwable> error() {
		return Optional.ofNullable(this.ending.error());
	}

	@Override
	public State state() {
		return this.gate.state();
	}

	@Override
	public boolean isClosed() {
		return state() == State.CLOSED;
	}

	@Override
	public Conn conn() {
		return this.conn;
	}

	@Override
	public <T> Optional<T> unwrap(Class<T> type) {
		return type.isInstance(this.handler) ? Optional.of(type.cast(this.handler)) : Optional.empty();
	}

	@Override
	public CompletionStage<Void> reconnect(String reason) {
		return reconnect(reason, this.config.plannedChangeMaxWait());
	}

	CompletionStage<Void> reconnect(String reason, Duration within) {
		Assert.notNull(reason, "'reason' must not be null");
		SettingChecks.notNegative("within", within);
		Assert.state(hasHook(), () -> "The session '" + this.id
				+ "' has neither a handler nor onReconnect, so nothing could set up another connection");
		CompletableFuture<Void> changed = new CompletableFuture<>();
		this.serial.execute(() -> this.reconnector.plan(reason, within, changed));
		return changed.minimalCompletionStage();
	}

	@Override
	public void close() {
		close(CloseStatus.NORMAL);
	}

	public void close(CloseStatus status) {
		end(SessionOutcome.closed(status));
		if (!this.serial.isCurrent()) {
			Futures.awaitQuietly(this.ending.done(), closeLimit());
		}
	}

	/**
	 * Ask to close.
	 * @param status for the close frame
	 * @return completes when the session has ended
	 */
	public CompletableFuture<Void> closeAsync(CloseStatus status) {
		end(SessionOutcome.closed(status));
		return this.ending.done().copy();
	}

	Duration closeLimit() {
		return this.core.config().closeGracePeriod().plus(CLOSE_ALLOWANCE);
	}

	/**
	 * Return what there is to know at this moment.
	 * @return a snapshot
	 */
	SessionSnapshot snapshot() {
		PhysicalConnection link = this.core.link();
		Duration age = (link != null && this.core.state() == Conn.State.OPEN)
				? Duration.ofNanos(this.timer.nanoTime() - link.openedAt()) : null;
		Throwable failure = this.reconnector.lastFailure();
		TrafficCounter traffic = this.core.observer();
		return new SessionSnapshot(this.id, connectionName(), state(), this.openedOn, age,
				this.reconnector.outageSince(), this.reconnector.reconnects(),
				(failure != null) ? failure.getClass().getSimpleName() + ": " + failure.getMessage() : null,
				queueDepth(), queueCapacity(), traffic.messagesReceived(), traffic.bytesReceived(),
				traffic.messagesSent(), traffic.bytesSent(), traffic.roundTrip());
	}

	@Override
	public String stateName() {
		return state().name().toLowerCase(Locale.ROOT);
	}

	@Override
	public int queueDepth() {
		return this.channel.size();
	}

	@Override
	public int queueCapacity() {
		return this.channel.capacity();
	}

	@Override
	public String toString() {
		return "Session[" + this.id + ", " + state() + "]";
	}

}
