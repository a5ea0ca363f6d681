package dev.streaming.internal.session;

import java.time.Duration;
import java.util.Locale;
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
import dev.streaming.internal.connection.ConnStateMachine;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.internal.connection.PhysicalConnection;
import dev.streaming.internal.connection.TrafficCounter;

import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;

/**
 * The session as its users see it, in front of the {@link SessionParts} that do the work.
 * <p>
 * Handler, hook and listeners are called by one task at a time, on a worker thread, and
 * so is everything that decides about the connection. Callers' threads only send, take
 * and ask; of those, a blocking send and a close wait.
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
	 * Dial, with retry, let the handler set the connection up, and open. Blocks. When it
	 * fails the session has ended and its connection is closed.
	 * @throws InterruptedException if the calling thread was interrupted
	 */
	void connect() throws InterruptedException {
		this.parts.opening().connect();
	}

	/**
	 * As {@link #connect()}, without blocking.
	 * @return completes when the session is open, or fails
	 */
	CompletableFuture<Void> connectAsync() {
		return this.parts.opening().connectAsync();
	}

	/**
	 * Run a task when the session has ended.
	 * @param task must not block
	 */
	void whenDone(Runnable task) {
		this.parts.termination().whenDone(task);
	}

	/**
	 * Return whether it was opened and has not ended.
	 * @return whether others may see it
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
	public void end(SessionOutcome how) {
		this.parts.termination().end(how);
	}

	@Override
	public void close() {
		close(CloseStatus.NORMAL);
	}

	/**
	 * Close the session, and wait for its end unless a callback of it closes.
	 * @param status for the close frame
	 */
	public void close(CloseStatus status) {
		this.parts.termination().close(status);
	}

	/**
	 * Close the session. Does not block.
	 * @param status for the close frame
	 * @return completes when the session has ended
	 */
	public CompletableFuture<Void> closeAsync(CloseStatus status) {
		end(SessionOutcome.closed(status));
		return this.parts.termination().done().copy();
	}

	/**
	 * Return the longest time that a close takes.
	 * @return the time
	 */
	Duration closeLimit() {
		return this.parts.termination().closeLimit();
	}

	/**
	 * Return the state of the session at this moment, for operators.
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
				traffic.roundTrip());
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
