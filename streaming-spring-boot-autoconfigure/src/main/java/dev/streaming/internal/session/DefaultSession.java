package dev.streaming.internal.session;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

import dev.streaming.Conn;
import dev.streaming.Message;
import dev.streaming.OutagePolicy;
import dev.streaming.ResponseChannel;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionContext.ScheduledTask;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.Usage;
import dev.streaming.internal.connection.ConnStateMachine;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.internal.connection.PhysicalConnection;
import dev.streaming.internal.connection.TrafficCounter;

import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;

/**
 * Default {@link Session}, a facade for its {@link SessionParts}.
 * <p>
 * Handler, hook and listeners are called by one task at a time, on a worker thread, which
 * also makes all decisions about the connection. Callers' threads send messages, take
 * chunks and query the state; only a blocking send and a close wait.
 */
public final class DefaultSession implements SessionControl {

	private final SessionConfig config;

	private final DefaultConn conn;

	private final SessionParts parts;

	DefaultSession(SessionConfig config) {
		Assert.isInstanceOf(DefaultConn.class, config.conn(),
				"conn must come from Conn.create or a ConnFactory, but is another implementation: ");
		this.config = config;
		this.conn = (DefaultConn) config.conn();
		this.parts = SessionParts.create(config, this.conn, this);
	}

	/**
	 * Open a session on a connection. Blocks while the handler sets it up.
	 * @param config its settings
	 * @return the open session
	 */
	public static DefaultSession open(SessionConfig config) {
		DefaultSession session = new DefaultSession(config);
		session.parts.opening().open();
		return session;
	}

	/**
	 * Dial with retry, set up the connection by the handler, and open the session.
	 * Blocks. On failure the session has ended and its connection is closed.
	 * @throws InterruptedException if the calling thread was interrupted
	 */
	void connect() throws InterruptedException {
		this.parts.opening().connect();
	}

	/**
	 * As {@link #connect()}, without blocking.
	 * @return a future that completes when the session is open, or fails
	 */
	CompletableFuture<Void> connectAsync() {
		return this.parts.opening().connectAsync();
	}

	/**
	 * Run a task when the session has ended.
	 * @param task the task, which must not block
	 */
	void whenDone(Runnable task) {
		this.parts.termination().whenDone(task);
	}

	/**
	 * Return whether the session was opened and has not ended.
	 * @return whether it is live
	 */
	boolean isLive() {
		return this.parts.lifecycle().isOpened() && !isClosed();
	}

	ConnStateMachine stateMachine() {
		return this.conn.stateMachine();
	}

	public SessionContext context() {
		return this.parts.context();
	}

	@Override
	public String id() {
		return this.parts.environment().name();
	}

	@Override
	public String connectionName() {
		return stateMachine().config().name();
	}

	@Override
	public void send(Object message) {
		this.parts.sender().send(message, this.config.sendWhileReconnecting());
	}

	@Override
	public void send(Object message, OutagePolicy policy) {
		this.parts.sender().send(message, policy);
	}

	@Override
	public void sendRaw(Message message) {
		this.parts.sender().send(message, this.config.sendWhileReconnecting());
	}

	@Override
	public void sendRaw(Message message, OutagePolicy policy) {
		this.parts.sender().send(message, policy);
	}

	@Override
	public CompletionStage<Void> sendAsync(Object message) {
		return this.parts.sender().sendAsync(message, this.config.sendWhileReconnecting());
	}

	@Override
	public ResponseChannel response() {
		return this.parts.channel();
	}

	@Override
	public Flow.Publisher<StreamChunk> publisher() {
		return this.parts.channel().publisher(() -> end(SessionOutcome.closed(CloseStatus.NORMAL)));
	}

	@Override
	public CompletionStage<Void> done() {
		return this.parts.termination().done().minimalCompletionStage();
	}

	@Override
	public Optional<Throwable> error() {
		return Optional.ofNullable(this.parts.termination().error());
	}

	@Override
	public State state() {
		return this.parts.gate().state();
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
	public Map<String, Object> attributes() {
		return stateMachine().config().attributes();
	}

	@Override
	public Usage usage() {
		return this.parts.monitor().total();
	}

	@Override
	public <T> Optional<T> unwrap(Class<T> type) {
		SessionHandler handler = this.parts.handler();
		return type.isInstance(handler) ? Optional.of(type.cast(handler)) : Optional.empty();
	}

	@Override
	public CompletionStage<Void> reconnect(String reason) {
		return reconnect(reason, this.config.plannedChangeMaxWait());
	}

	@Override
	public CompletionStage<Void> reconnect(String reason, Duration within) {
		return this.parts.lifecycle().change(reason, within);
	}

	@Override
	public ScheduledTask schedule(Duration delay, Runnable task) {
		return this.parts.lifecycle().tasks().schedule(delay, task);
	}

	@Override
	public Duration readingTime() {
		return this.parts.lifecycle().readingTime();
	}

	@Override
	public void connectionExpired() {
		this.parts.lifecycle().connectionExpired();
	}

	@Override
	public void changeConnectionIn(Duration delay) {
		this.parts.lifecycle().changeConnectionIn(delay);
	}

	@Override
	public void end(SessionOutcome how) {
		this.parts.termination().end(how);
	}

	@Override
	public void close() {
		close(CloseStatus.NORMAL);
	}

	/**
	 * Close the session, and wait for its end unless called by a callback of the session.
	 * @param status the close status
	 */
	public void close(CloseStatus status) {
		this.parts.termination().close(status);
	}

	/**
	 * Close the session. Does not block.
	 * @param status the close status
	 * @return a future that completes when the session has ended
	 */
	public CompletableFuture<Void> closeAsync(CloseStatus status) {
		end(SessionOutcome.closed(status));
		return this.parts.termination().done().copy();
	}

	/**
	 * Return the maximum duration of a close.
	 * @return the duration
	 */
	Duration closeLimit() {
		return this.parts.termination().closeLimit();
	}

	/**
	 * Return the current state of the session, for operators.
	 * @return a snapshot
	 */
	SessionSnapshot snapshot() {
		PhysicalConnection connection = stateMachine().physicalConnection();
		Duration age = (connection != null && stateMachine().state() == Conn.State.OPEN)
				? Duration.ofNanos(stateMachine().timer().nanoTime() - connection.openedAt()) : null;
		ReconnectHistory history = this.parts.lifecycle().history();
		TrafficCounter traffic = stateMachine().traffic();
		return new SessionSnapshot(id(), connectionName(), state(), this.parts.lifecycle().openedOn(), age,
				history.outageSince(), history.reconnects(), history.lastError(), queueDepth(), queueCapacity(),
				traffic.messagesReceived(), traffic.bytesReceived(), traffic.messagesSent(), traffic.bytesSent(),
				traffic.roundTrip(), usage());
	}

	@Override
	public String stateName() {
		return state().name().toLowerCase(Locale.ROOT);
	}

	@Override
	public int queueDepth() {
		return this.parts.channel().size();
	}

	@Override
	public int queueCapacity() {
		return this.parts.channel().capacity();
	}

	@Override
	public String toString() {
		return "Session[" + id() + ", " + state() + "]";
	}

}
