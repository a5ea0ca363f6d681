package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

import dev.streaming.Conn;
import dev.streaming.Conn.State;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectFailedException;
import dev.streaming.NotConnectedException;
import dev.streaming.StreamingException;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.util.UriRedactor;
import org.jspecify.annotations.Nullable;
import org.slf4j.spi.LoggingEventBuilder;

import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;

/**
 * The state machine of a {@link Conn}: which link is the one, and what state that makes.
 * One lock guards it, {@link #moveTo} alone writes the state, and everything that is
 * called outside happens without the lock. Nothing here blocks; who wants to wait waits
 * for the futures.
 * <p>
 * Callers' threads connect, send, close and reset; a link's threads say that it opened,
 * broke or ended. What a link says that is not the current one is passed over.
 */
public final class ConnStateMachine {

	private final ConnConfig config;

	private final StreamingRuntime runtime;

	private final TrafficCounter observer;

	private final ReentrantLock lock = new ReentrantLock();

	// Written under lock by moveTo alone; read by anyone
	private volatile State state = State.IDLE;

	// Written under lock: the current link, or the last one; read by anyone
	private volatile @Nullable PhysicalConnection link;

	// Guarded by lock
	private int epoch;

	// Guarded by lock: who is connecting
	private @Nullable ConnectOperation connecting;

	// Guarded by lock: completes when the close under way is over
	private @Nullable CompletableFuture<Void> closing;

	// Guarded by lock: what the close under way leads to
	private State afterClosing = State.CLOSED;

	// Written under lock; read by anyone
	private volatile Duration heartbeatInterval;

	// Written under lock; read by anyone. Called without the lock
	private volatile @Nullable ConnectionOwner owner;

	ConnStateMachine(ConnConfig config, StreamingRuntime runtime) {
		this.config = config;
		this.runtime = runtime;
		this.observer = new TrafficCounter(runtime.observer().connection(config.name()));
		this.heartbeatInterval = config.heartbeatInterval();
	}

	public ConnConfig config() {
		return this.config;
	}

	public StreamingRuntime runtime() {
		return this.runtime;
	}

	public Scheduler timer() {
		return this.runtime.timer();
	}

	public TrafficCounter observer() {
		return this.observer;
	}

	public State state() {
		return this.state;
	}

	/**
	 * Return the link that is open, being closed, or was last.
	 * @return the link, or {@code null} before the first and after a reset
	 */
	public @Nullable PhysicalConnection link() {
		return this.link;
	}

	public String describe(String what) {
		PhysicalConnection last = this.link;
		return describe(what, (last != null) ? last.target() : UriRedactor.uri(this.config.uri()));
	}

	public String describe(String what, String target) {
		return what + " (connection '" + this.config.name() + "', " + target + ")";
	}

	/**
	 * Begin a line of the log.
	 * @return says which connection it is about, and which session, if one owns it
	 */
	LoggingEventBuilder debug() {
		ConnectionOwner current = this.owner;
		LoggingEventBuilder line = this.config.logger().atDebug();
		if (current != null) {
			line = line.addKeyValue("session", current.name());
		}
		return line.addKeyValue("connection", this.config.name());
	}

	private void moveTo(State next) {
		Assert.state(this.lock.isHeldByCurrentThread(), "The state is written under the lock");
		this.state = next;
	}

	/**
	 * Set the owner of the connection. A reset removes it.
	 * @param owner the owner
	 * @throws IllegalStateException if there is one already
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
	 * Return whether the connection has an owner, open or not.
	 * @return whether it has one
	 */
	boolean isOwned() {
		return this.owner != null;
	}

	/**
	 * Return the owner that answers the calls of users at the moment.
	 * @return the owner, or {@code null} if calls are for the connection itself
	 */
	@Nullable ConnectionOwner liveOwner() {
		ConnectionOwner current = this.owner;
		return (current != null && current.isLive()) ? current : null;
	}

	/**
	 * Begin to connect: {@code IDLE} to {@code CONNECTING}.
	 * @return the operation, to be ended
	 */
	public ConnectOperation begin() {
		this.lock.lock();
		try {
			Assert.state(this.state == State.IDLE,
					() -> describe("connect() works when the connection is IDLE, but it is " + this.state + hint()));
			ConnectOperation operation = new ConnectOperation();
			this.connecting = operation;
			moveTo(State.CONNECTING);
			return operation;
		}
		finally {
			this.lock.unlock();
		}
	}

	private String hint() {
		return (this.state == State.CLOSED) ? "; reset() makes it IDLE" : "";
	}

	/**
	 * Dial once, for an operation under way. Does not block.
	 * @param operation the operation
	 * @return the dial
	 */
	public Dial dial(ConnectOperation operation) {
		Dial dial = new Dial(this, nextEpoch());
		boolean current;
		PhysicalConnection last;
		this.lock.lock();
		try {
			current = this.connecting == operation;
			last = this.link;
			if (current) {
				operation.dial = dial;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (!current) {
			dial.abort();
			return dial;
		}
		int dropped = (last != null && this.owner == null) ? last.inbox().abandon(ConnectionEnd.RESET) : 0;
		if (dropped > 0) {
			debug().addKeyValue("messages", dropped)
				.log("Dropped what the previous connection received and nobody took");
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
	 * End an operation: back to {@code IDLE}, unless it opened a link or was ended by a
	 * close or reset.
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

	/**
	 * A dial has a connection.
	 * @param dial the dial
	 * @param opened its link
	 * @return {@code false} if nobody wants it any more
	 */
	boolean opened(Dial dial, PhysicalConnection opened) {
		this.lock.lock();
		try {
			if (this.connecting == null || this.connecting.dial != dial) {
				return false;
			}
			this.connecting = null;
			this.link = opened;
			moveTo(State.OPEN);
		}
		finally {
			this.lock.unlock();
		}
		debug().addKeyValue("epoch", opened.epoch()).log("Connected to {}", opened.target());
		opened.syncHeartbeat();
		return true;
	}

	/**
	 * A link is of no use any more; its end follows.
	 * @param broken the link
	 */
	void broken(PhysicalConnection broken) {
		settle(broken, State.OPEN, State.IDLE);
		returnUnsent(broken);
	}

	/**
	 * A link has ended.
	 * @param ended the link
	 * @param end how
	 */
	void ended(PhysicalConnection ended, ConnectionEnd end) {
		debug().addKeyValue("epoch", ended.epoch())
			.addKeyValue("code", end.status().getCode())
			.log("The connection has ended");
		settle(ended, State.OPEN, State.IDLE);
		settle(ended, State.CLOSING, null);
		returnUnsent(ended);
	}

	private void settle(PhysicalConnection which, State from, @Nullable State to) {
		CompletableFuture<Void> over = null;
		this.lock.lock();
		try {
			if (this.link != which || this.state != from) {
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
		if (current == null || !current.takeBack(from.outbox())) {
			from.outbox().close().forEach((outgoing) -> unwritten(outgoing, notConnected()));
		}
	}

	/**
	 * A message is not going to be written.
	 * @param outgoing the message
	 * @param failure for its sender
	 * @return whether that was not settled before
	 */
	boolean unwritten(OutboundMessage outgoing, StreamingException failure) {
		if (!outgoing.fail(failure)) {
			return false;
		}
		ConnectionOwner current = this.owner;
		if (outgoing.isUntold() && current != null) {
			current.lost(failure);
		}
		return true;
	}

	/**
	 * Send on the open link. Does not block.
	 * @param outgoing the message
	 * @throws NotConnectedException if there is none
	 */
	void send(OutboundMessage outgoing) {
		PhysicalConnection current = this.link;
		if (this.state != State.OPEN || current == null || !current.send(outgoing)) {
			throw notConnected();
		}
	}

	public NotConnectedException notConnected() {
		PhysicalConnection last = this.link;
		ConnectionEnd end = (last != null) ? last.ending() : null;
		boolean peers = end != null && (end.kind() == ConnectionEnd.Kind.LOST || end.kind() == ConnectionEnd.Kind.PEER);
		CloseStatus status = (end != null && peers) ? end.status() : null;
		State current = this.state;
		String why = switch (current) {
			case IDLE -> (status != null) ? "the last connection ended with " + status.getCode() + "; connect() again"
					: "connect() first";
			case CONNECTING -> "a dial is under way";
			case OPEN, CLOSING -> "it is being closed";
			case CLOSED -> "it was closed; reset() and connect() make a new one";
		};
		return new NotConnectedException(describe("There is no connection: " + why), status);
	}

	/**
	 * Close for good. Does not block.
	 * @param status code and reason for the peer
	 * @return completes when the connection is gone
	 */
	public CompletableFuture<Void> close(CloseStatus status) {
		return close(status, State.CLOSED);
	}

	/**
	 * Close the current link, deliver what the peer sends until its close frame, and be
	 * ready for another. Does not block.
	 * @param status code and reason for the peer
	 * @return completes when the connection is gone
	 */
	public CompletableFuture<Void> drain(CloseStatus status) {
		return close(status, State.IDLE);
	}

	private CompletableFuture<Void> close(CloseStatus status, State then) {
		ConnectOperation aborted = null;
		PhysicalConnection current;
		CompletableFuture<Void> over;
		State from;
		this.lock.lock();
		try {
			from = this.state;
			current = this.link;
			if (from == State.OPEN) {
				this.closing = new CompletableFuture<>();
				this.afterClosing = then;
				moveTo(State.CLOSING);
			}
			else if (then == State.CLOSED) {
				if (from == State.CLOSING) {
					this.afterClosing = State.CLOSED;
				}
				else {
					aborted = this.connecting;
					this.connecting = null;
					moveTo(State.CLOSED);
				}
			}
			over = (this.closing != null) ? this.closing : CompletableFuture.completedFuture(null);
		}
		finally {
			this.lock.unlock();
		}
		if (aborted != null) {
			aborted.abort(describe("The connection was closed"));
		}
		if (current != null) {
			boolean drain = then == State.IDLE;
			if (!drain && this.owner == null) {
				current.inbox().abandon(new ConnectionEnd(ConnectionEnd.Kind.CLOSED, status, null));
			}
			if (from == State.OPEN) {
				returnUnsent(current);
			}
			if (from == State.OPEN || from == State.CLOSING) {
				current.close(status, drain, this.config.closeGracePeriod());
			}
		}
		return over;
	}

	/**
	 * Drop whatever there is, and be {@code IDLE}. Does not block.
	 */
	void reset() {
		ConnectOperation aborted;
		PhysicalConnection dropped;
		CompletableFuture<Void> over;
		this.lock.lock();
		try {
			aborted = this.connecting;
			dropped = this.link;
			over = this.closing;
			this.connecting = null;
			this.link = null;
			this.closing = null;
			this.owner = null;
			moveTo(State.IDLE);
		}
		finally {
			this.lock.unlock();
		}
		if (aborted != null) {
			aborted.abort(describe("The connection was reset"));
		}
		if (dropped != null) {
			dropped.inbox().abandon(ConnectionEnd.RESET);
			returnUnsent(dropped);
			dropped.drop();
		}
		if (over != null) {
			over.complete(null);
		}
	}

	public void heartbeat(Duration interval) {
		PhysicalConnection current;
		this.lock.lock();
		try {
			this.heartbeatInterval = interval;
			current = (this.state == State.OPEN) ? this.link : null;
		}
		finally {
			this.lock.unlock();
		}
		if (current != null) {
			current.syncHeartbeat();
		}
	}

	/**
	 * Return how often to ping.
	 * @return the interval, zero for no heartbeat
	 */
	public Duration heartbeatInterval() {
		return this.heartbeatInterval;
	}

	/**
	 * One connect, with any number of dials, until it has a link or is ended.
	 */
	public static final class ConnectOperation {

		private final CompletableFuture<Void> aborted = new CompletableFuture<>();

		// Guarded by the core's lock
		private @Nullable Dial dial;

		/**
		 * Return what fails when a close or reset ends the operation.
		 * @return never completes normally
		 */
		CompletableFuture<Void> aborted() {
			return this.aborted;
		}

		private void abort(String why) {
			this.aborted.completeExceptionally(new ConnectFailedException(why + " while it was being made", null, 0,
					OptionalInt.empty(), null, false));
			Dial current = this.dial;
			if (current != null) {
				current.abort();
			}
		}

	}

}
