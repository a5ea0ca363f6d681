package dev.streaming;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

import org.springframework.web.socket.CloseStatus;

/**
 * WebSocket connection with dial, retry, heartbeat, send, receive and graceful close.
 * <p>
 * A {@code Conn} is a small state machine. {@link State#IDLE} is the initial state, and
 * the state after a connection was lost, ended by the peer, or {@link #reset()}; only in
 * this state may {@link #connect()} be called. {@link #close()} leads through
 * {@link State#CLOSING} to {@link State#CLOSED}, which only {@link #reset()} can leave.
 * <p>
 * Thread-safe. {@link #state()}, {@link #isConnected()} and {@link #isClosed()} never
 * block. There are no callbacks on a transport's thread: {@link #receiveLoop(Consumer)}
 * calls its sink on the calling thread.
 * <p>
 * While a {@link Session} owns the connection, {@link #receive()} and {@link #connect()}
 * throw an {@link IllegalStateException}, sends are subject to the session's
 * {@link OutagePolicy}, {@link #reset()} is treated as a lost connection and
 * {@link #close()} closes the session.
 *
 * <pre>{@code
 * try (Conn conn = Conn.create(ConnConfig.builder("wss://example.com/live").build())) {
 *     conn.connectWithRetry();
 *     conn.send(Map.of("type", "hello"));
 *     Message answer = conn.receive();
 * }
 * }</pre>
 *
 * @since 1.0.0
 */
public interface Conn extends AutoCloseable {

	/**
	 * Create a connection without dialling. Does not need a Spring context.
	 * @param config its settings
	 * @return a connection in state {@link State#IDLE}
	 */
	static Conn create(ConnConfig config) {
		return StreamingEngines.get().createConn(config);
	}

	/**
	 * Dial once. Blocks until the connection is open, at most for the dial timeout, which
	 * covers the {@link HandshakeCustomizer}, DNS, TCP, TLS and the upgrade.
	 * <p>
	 * Messages of an earlier connection that were not received are dropped.
	 * @throws ConnectFailedException if the dial failed, or was ended by {@link #close()}
	 * or {@link #reset()}
	 * @throws IllegalStateException if the connection is open, being dialled or closed
	 * @throws InterruptedException if the calling thread was interrupted; the dial is
	 * aborted
	 */
	void connect() throws InterruptedException;

	/**
	 * Dial until a dial succeeds or the maximum number of dials is reached, with backoff
	 * and jitter. Blocks. Permanent failures (see
	 * {@link ConnectFailedException#isRetryable()}) are not retried.
	 * @throws ConnectFailedException if all dials failed, or one failed permanently
	 * @throws IllegalStateException if the connection is open, being dialled or closed
	 * @throws InterruptedException if the calling thread was interrupted
	 */
	void connectWithRetry() throws InterruptedException;

	/**
	 * Encode a value as JSON and send it as one text message, possibly in several frames.
	 * Blocks until the message is written, at most for the write wait. Not interruptible:
	 * an interrupt is preserved for the caller and does not affect the frames.
	 * @param message a value that the connection's {@code JsonMapper} can encode; not a
	 * {@link Message}, bytes or a buffer
	 * @throws IllegalArgumentException if the value cannot be encoded, or must be sent
	 * with {@link #sendRaw(Message)}; the connection is not affected
	 * @throws NotConnectedException if there is no connection
	 * @throws SendFailedException if the frame could not be written in time
	 */
	void send(Object message);

	/**
	 * Send a text or binary message unchanged. Blocks as {@link #send(Object)} does.
	 * @param message the message
	 * @throws NotConnectedException if there is no connection
	 * @throws SendFailedException if the frame could not be written in time
	 */
	void sendRaw(Message message);

	/**
	 * Send a text message unchanged. Blocks as {@link #send(Object)} does.
	 * @param text the text
	 */
	default void sendRaw(String text) {
		sendRaw(Message.text(text));
	}

	/**
	 * Wait for the next message. Messages that were received before the end of a
	 * connection are returned before the end is reported.
	 * @return the next message
	 * @throws ConnectionLostException once, when the end of a lost connection is reached
	 * @throws NotConnectedException if there is nothing left to receive
	 * @throws IllegalStateException if another thread is receiving, or a session owns the
	 * connection
	 * @throws InterruptedException if the calling thread was interrupted; no message is
	 * lost
	 */
	Message receive() throws InterruptedException;

	/**
	 * Wait for the next message with a timeout.
	 * @param timeout maximum time to wait; zero does not wait
	 * @return the next message, or empty if the timeout has elapsed
	 * @throws ConnectionLostException once, when the end of a lost connection is reached
	 * @throws NotConnectedException if there is nothing left to receive
	 * @throws InterruptedException if the calling thread was interrupted; no message is
	 * lost
	 */
	Optional<Message> receive(Duration timeout) throws InterruptedException;

	/**
	 * Receive messages until the connection ends, and pass each one to a sink on the
	 * calling thread. Returns normally only after {@link #close()} or a close by the peer
	 * with 1000. An exception of the sink is propagated, and the connection is not
	 * affected.
	 * @param sink the consumer of messages
	 * @throws ConnectionLostException if the connection was lost
	 * @throws NotConnectedException if there is no connection, or it was dropped by
	 * {@link #reset()}
	 * @throws InterruptedException if the calling thread was interrupted; no message is
	 * lost
	 */
	void receiveLoop(Consumer<? super Message> sink) throws InterruptedException;

	/**
	 * Start to ping the peer periodically, on this connection and all later ones. The
	 * connection is lost if no frame is received within the pong timeout after a ping.
	 * Replaces a heartbeat that was started before. Does not block.
	 * @param interval time between pings; positive
	 */
	void startHeartbeat(Duration interval);

	/**
	 * Stop the heartbeat, on this connection and all later ones. Does not block.
	 */
	void stopHeartbeat();

	/**
	 * Return the state. Never blocks.
	 * @return the state
	 */
	State state();

	/**
	 * Return whether the connection is open. Never blocks.
	 * @return whether the state is {@link State#OPEN}
	 */
	default boolean isConnected() {
		return state() == State.OPEN;
	}

	/**
	 * Return whether the connection was closed locally. Never blocks.
	 * @return whether the state is {@link State#CLOSED}
	 */
	default boolean isClosed() {
		return state() == State.CLOSED;
	}

	/**
	 * Drop the connection and its unreceived messages at once, to allow a new dial, also
	 * after {@link #close()}. Receivers end with a {@link NotConnectedException}, a dial
	 * with a {@link ConnectFailedException}.
	 */
	void reset();

	/**
	 * Close with 1000. The same as {@link #close(CloseStatus)} with
	 * {@link CloseStatus#NORMAL}.
	 */
	@Override
	void close();

	/**
	 * Send a close frame, wait for that of the peer, at most for the close grace period,
	 * then drop the socket. Idempotent; concurrent callers wait for the same end. Ends a
	 * dial or a delay between dials at once.
	 * @param status code and reason for the peer
	 * @throws IllegalArgumentException if the code may not be sent in a close frame
	 */
	void close(CloseStatus status);

	/**
	 * Lifecycle states of a {@link Conn}.
	 */
	enum State {

		/** Not connected; {@link Conn#connect()} may be called. */
		IDLE,

		/** A dial, or the delay before the next one, is in progress. */
		CONNECTING,

		/** Open for messages. */
		OPEN,

		/** A close frame was sent, and that of the peer is awaited. */
		CLOSING,

		/** Closed locally, until {@link Conn#reset()}. */
		CLOSED

	}

}
