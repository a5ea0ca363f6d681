package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.Conn;
import dev.streaming.Conn.State;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectFailedException;
import dev.streaming.ConnectionLostException;
import dev.streaming.NotConnectedException;
import dev.streaming.StreamingException;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.util.PeerText;
import dev.streaming.internal.util.UriRedactor;
import dev.streaming.observation.ConnectionObserver;
import org.jspecify.annotations.Nullable;
import org.slf4j.spi.LoggingEventBuilder;

import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;

/**
 * State machine of a {@link Conn}: the current physical connection and the resulting
 * state. One lock guards it, only {@link #moveTo} writes the state, and other components
 * are called without the lock. Nothing blocks; callers may wait for the returned futures.
 * <p>
 * Callers' threads connect, send, close and reset; threads of the transport and the
 * scheduler report that a connection was opened, has failed or has ended. Events of a
 * connection that is not the current one do not change the state.
 */
public final class ConnStateMachine implements Dial.Listener {

	/** Maximum duration of a close beyond its grace period. */
	private static final Duration CLOSE_ALLOWANCE = Duration.ofMillis(1500);

	private final ConnConfig config;

	private final StreamingRuntime runtime;

	private final TrafficCounter traffic = new TrafficCounter();

	private final ConnectionObserver observer;

	private final ConnectionErrors errors;

	private final ReentrantLock lock = new ReentrantLock();

	// Written under lock by moveTo alone; read by any thread
	private volatile State state = State.IDLE;

	// The current connection, or the last one. Written under lock; read by any thread
	private volatile @Nullable PhysicalConnection physicalConnection;

	@GuardedBy("lock")
	private int epoch;

	@GuardedBy("lock")
	private @Nullable ConnectOperation connecting;

	// Last dial of the operation in progress
	@GuardedBy("lock")
	private @Nullable Dial dialing;

	// Completes when the close in progress has ended
	@GuardedBy("lock")
	private @Nullable CompletableFuture<Void> closing;

	// State after the close in progress
	@GuardedBy("lock")
	private State afterClosing = State.CLOSED;

	// Written under lock; read by any thread
	private volatile Duration heartbeatInterval;

	// Written under lock; read by any thread. Called without the lock
	private volatile @Nullable ConnectionOwner owner;

	ConnStateMachine(ConnConfig config, StreamingRuntime runtime) {
		this.config = config;
		this.runtime = runtime;
		this.observer = ConnectionObserver
			.composite(List.of(this.traffic, runtime.observer().connection(config.name())));
		this.errors = new ConnectionErrors(config.name(), UriRedactor.uri(config.uri()),
				PeerText.of(config.uri(), config.headers().values()));
		this.heartbeatInterval = config.heartbeatInterval();
	}

	public ConnConfig config() {
		return this.config;
	}

	/**
	 * Return the maximum duration of a close.
	 * @return the grace period and an allowance
	 */
	public Duration closeLimit() {
		return this.config.closeGracePeriod().plus(CLOSE_ALLOWANCE);
	}

	public StreamingRuntime runtime() {
		return this.runtime;
	}

	public Scheduler timer() {
		return this.runtime.timer();
	}

	public ConnectionObserver observer() {
		return this.observer;
	}

	public TrafficCounter traffic() {
		return this.traffic;
	}

	public State state() {
		return this.state;
	}

	/**
	 * Return the current or last physical connection.
	 * @return the physical connection, or {@code null} before the first and after a reset
	 */
	public @Nullable PhysicalConnection physicalConnection() {
		return this.physicalConnection;
	}

	/**
	 * Add the name and the target of the connection to a message.
	 * @param message the message
	 * @return the complete message
	 */
	public String describe(String message) {
		return errors().describe(message);
	}

	/**
	 * Return the sanitizer for texts of the peer.
	 * @return the sanitizer of the last connection, or of the settings before the first
	 * one
	 */
	public PeerText peerText() {
		return errors().peer();
	}

	private ConnectionErrors errors() {
		PhysicalConnection last = this.physicalConnection;
		return (last != null) ? last.errors() : this.errors;
	}

	private LoggingEventBuilder debug() {
		ConnectionOwner current = this.owner;
		LoggingEventBuilder line = this.config.logger().atDebug();
		if (current != null) {
			line = line.addKeyValue("session", current.name());
		}
		return line.addKeyValue("connection", this.config.name());
	}

	@GuardedBy("lock")
	private void moveTo(State next) {
		Assert.state(this.lock.isHeldByCurrentThread(), "The state is written under the lock");
		this.state = next;
	}

	/**
	 * Set the owner of the connection. A reset removes it.
	 * @param owner the owner
	 * @throws IllegalStateException if there is an owner already
	 */
	public void own(ConnectionOwner owner) {
		this.lock.lock();
		try {
			Assert.state(this.owner == null, () -> describe("Another session owns the connection"));
			this.owner = owner;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return whether the connection has an owner, live or not.
	 * @return whether it has one
	 */
	boolean isOwned() {
		return this.owner != null;
	}

	/**
	 * Return the owner that handles the calls of users at the moment.
	 * @return the owner, or {@code null} if the connection handles them itself
	 */
	@Nullable ConnectionOwner liveOwner() {
		ConnectionOwner current = this.owner;
		return (current != null && current.isLive()) ? current : null;
	}

	/**
	 * Start to connect: {@code IDLE} to {@code CONNECTING}.
	 * @return the operation, which must be ended
	 */
	public ConnectOperation begin() {
		this.lock.lock();
		try {
			Assert.state(this.state == State.IDLE,
					() -> describe("connect() requires the state IDLE, but the state is " + this.state + hint()));
			ConnectOperation operation = new ConnectOperation();
			this.connecting = operation;
			this.dialing = null;
			moveTo(State.CONNECTING);
			return operation;
		}
		finally {
			this.lock.unlock();
		}
	}

	private String hint() {
		return (this.state == State.CLOSED) ? "; call reset() first" : "";
	}

	/**
	 * Dial once, for an operation in progress. Does not block.
	 * @param operation the operation
	 * @return the dial
	 */
	public Dial dial(ConnectOperation operation) {
		Dial dial = new Dial(nextEpoch(), this.config, this.runtime, this.observer, this);
		boolean current;
		PhysicalConnection last;
		this.lock.lock();
		try {
			current = this.connecting == operation;
			last = this.physicalConnection;
			if (current) {
				this.dialing = dial;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (!current) {
			dial.abort();
			return dial;
		}
		int dropped = (last != null && this.owner == null) ? last.receiveQueue().abandon(ConnectionEnd.RESET) : 0;
		if (dropped > 0) {
			debug().addKeyValue("messages", dropped)
				.log("Dropped messages of the previous connection that were not received");
		}
		dial.start();
		return dial;
	}

	private int nextEpoch() {
		this.lock.lock();
		try {
			return ++this.epoch;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * End an operation: back to {@code IDLE}, unless it opened a connection or was ended
	 * by a close or reset.
	 * @param operation the operation
	 */
	public void end(ConnectOperation operation) {
		this.lock.lock();
		try {
			if (this.connecting == operation) {
				this.connecting = null;
				moveTo(State.IDLE);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public boolean opened(Dial dial, PhysicalConnection opened) {
		this.lock.lock();
		try {
			if (this.connecting == null || this.dialing != dial) {
				return false;
			}
			this.connecting = null;
			this.physicalConnection = opened;
			moveTo(State.OPEN);
			// Under the lock, so that the last one of several intervals applies
			opened.heartbeat(this.heartbeatInterval);
		}
		finally {
			this.lock.unlock();
		}
		debug().addKeyValue("epoch", opened.epoch()).log("Connected to {}", opened.errors().target());
		return true;
	}

	@Override
	public void failed(Dial dial, String why) {
		debug().addKeyValue("epoch", dial.epoch()).log("The dial failed: {}", why);
	}

	@Override
	public void broken(PhysicalConnection broken) {
		settle(broken, State.OPEN, State.IDLE);
		returnUnsent(broken);
	}

	@Override
	public void ended(PhysicalConnection ended, ConnectionEnd end) {
		debug().addKeyValue("epoch", ended.epoch())
			.addKeyValue("code", end.status().getCode())
			.log("The connection ended");
		settle(ended, State.OPEN, State.IDLE);
		settle(ended, State.CLOSING, null);
		returnUnsent(ended);
	}

	private void settle(PhysicalConnection which, State from, @Nullable State to) {
		CompletableFuture<Void> over = null;
		this.lock.lock();
		try {
			if (this.physicalConnection != which || this.state != from) {
				return;
			}
			moveTo((to != null) ? to : this.afterClosing);
			if (from == State.CLOSING) {
				over = this.closing;
				this.closing = null;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (over != null) {
			over.complete(null);
		}
	}

	private void returnUnsent(PhysicalConnection from) {
		ConnectionOwner current = this.owner;
		if (current == null || !current.takeBack(from.sendQueue())) {
			from.sendQueue().close().forEach((outgoing) -> unwritten(outgoing, notConnected()));
		}
	}

	@Override
	public boolean unwritten(OutboundMessage outgoing, StreamingException failure) {
		if (!outgoing.fail(failure)) {
			return false;
		}
		ConnectionOwner current = this.owner;
		if (outgoing.isUnreported() && current != null) {
			current.lost(failure);
		}
		return true;
	}

	/**
	 * Send on the open physical connection. Does not block.
	 * @param outgoing the message
	 * @throws NotConnectedException if there is none
	 */
	void send(OutboundMessage outgoing) {
		PhysicalConnection current = this.physicalConnection;
		if (this.state != State.OPEN || current == null || !current.send(outgoing)) {
			throw notConnected();
		}
	}

	/**
	 * Create the failure of a call that needs a connection.
	 * @return the exception, with the reason
	 */
	public NotConnectedException notConnected() {
		PhysicalConnection last = this.physicalConnection;
		return errors().notConnected(this.state, (last != null) ? last.ending() : null);
	}

	/**
	 * Create the failure of the receiver that reaches the end of a lost connection.
	 * @param end the end of the connection
	 * @return the exception
	 */
	public ConnectionLostException lost(ConnectionEnd end) {
		return errors().lost(end);
	}

	/**
	 * Close permanently. Does not block.
	 * @param status code and reason for the peer
	 * @return a future that completes when the connection has ended
	 */
	public CompletableFuture<Void> close(CloseStatus status) {
		Closing begun = beginClosing(State.CLOSED);
		abort(begun.aborted(), begun.dial(), "The connection was closed");
		PhysicalConnection current = begun.connection();
		if (current != null && this.owner == null) {
			current.receiveQueue().abandon(new ConnectionEnd(ConnectionEnd.Kind.CLOSED, status, null));
		}
		close(begun, status, false);
		return begun.over();
	}

	/**
	 * Close the current connection, deliver the messages of the peer until its close
	 * frame, and prepare for another connection. Does not block.
	 * @param status code and reason for the peer
	 * @return a future that completes when the connection has ended
	 */
	public CompletableFuture<Void> drain(CloseStatus status) {
		Closing begun = beginClosing(State.IDLE);
		close(begun, status, true);
		return begun.over();
	}

	/**
	 * Close the current connection, ignore later messages of the peer, and prepare for
	 * another connection. Does not block.
	 * @param status code and reason for the peer
	 * @return a future that completes when the connection has ended
	 */
	CompletableFuture<Void> leave(CloseStatus status) {
		Closing begun = beginClosing(State.IDLE);
		close(begun, status, false);
		return begun.over();
	}

	private Closing beginClosing(State then) {
		this.lock.lock();
		try {
			return moveToClosing(then);
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private Closing moveToClosing(State then) {
		State from = this.state;
		ConnectOperation aborted = null;
		if (from == State.OPEN) {
			this.closing = new CompletableFuture<>();
			this.afterClosing = then;
			moveTo(State.CLOSING);
		}
		else if (from == State.CLOSING) {
			// A close during a drain leads to CLOSED, and a drain during a close has no
			// effect
			this.afterClosing = (then == State.CLOSED) ? then : this.afterClosing;
		}
		else if (then == State.CLOSED) {
			aborted = this.connecting;
			this.connecting = null;
			moveTo(State.CLOSED);
		}
		return new Closing(from, aborted, this.dialing, this.physicalConnection,
				(this.closing != null) ? this.closing : CompletableFuture.completedFuture(null));
	}

	private void close(Closing begun, CloseStatus status, boolean drain) {
		PhysicalConnection current = begun.connection();
		if (current == null) {
			return;
		}
		if (begun.from() == State.OPEN) {
			returnUnsent(current);
		}
		if (begun.from() == State.OPEN || begun.from() == State.CLOSING) {
			current.close(status, drain, this.config.closeGracePeriod());
		}
	}

	private void abort(@Nullable ConnectOperation operation, @Nullable Dial dial, String why) {
		if (operation == null) {
			return;
		}
		operation.aborted.completeExceptionally(new ConnectFailedException(describe(why) + " while connecting", null, 0,
				OptionalInt.empty(), null, false));
		if (dial != null) {
			dial.abort();
		}
	}

	/**
	 * Drop the current connection or operation, and become {@code IDLE}. Does not block.
	 */
	void reset() {
		ConnectOperation aborted;
		Dial dial;
		PhysicalConnection dropped;
		CompletableFuture<Void> over;
		this.lock.lock();
		try {
			aborted = this.connecting;
			dial = this.dialing;
			dropped = this.physicalConnection;
			over = this.closing;
			this.connecting = null;
			this.closing = null;
			this.owner = null;
			// First, because threads that read without the lock must not find OPEN
			// without a connection
			moveTo(State.IDLE);
			this.physicalConnection = null;
		}
		finally {
			this.lock.unlock();
		}
		abort(aborted, dial, "The connection was reset");
		if (dropped != null) {
			dropped.receiveQueue().abandon(ConnectionEnd.RESET);
			returnUnsent(dropped);
			dropped.discard();
		}
		if (over != null) {
			over.complete(null);
		}
	}

	/**
	 * Set the interval between pings, for this connection and later ones.
	 * @param interval the interval, zero for no pings
	 */
	public void heartbeat(Duration interval) {
		this.lock.lock();
		try {
			this.heartbeatInterval = interval;
			PhysicalConnection current = this.physicalConnection;
			if (this.state == State.OPEN && current != null) {
				current.heartbeat(interval);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return the interval between pings.
	 * @return the interval, zero for no heartbeat
	 */
	public Duration heartbeatInterval() {
		return this.heartbeatInterval;
	}

	/**
	 * Connect operation with any number of dials, until there is a connection or it is
	 * ended.
	 */
	public static final class ConnectOperation {

		private final CompletableFuture<Void> aborted = new CompletableFuture<>();

		/**
		 * Return the future that fails when a close or reset ends the operation.
		 * @return the future, which never completes normally
		 */
		CompletableFuture<Void> aborted() {
			return this.aborted;
		}

	}

	/**
	 * Close or drain in progress.
	 *
	 * @param from the previous state
	 * @param aborted the operation that it ends, or {@code null}
	 * @param dial the dial of that operation, or {@code null}
	 * @param connection the connection to close, or the last one, or {@code null}
	 * @param over completes when the connection has ended
	 */
	private record Closing(State from, @Nullable ConnectOperation aborted, @Nullable Dial dial,
			@Nullable PhysicalConnection connection, CompletableFuture<Void> over) {

	}

}
