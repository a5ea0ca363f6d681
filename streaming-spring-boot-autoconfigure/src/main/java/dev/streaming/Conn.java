package dev.streaming;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

import org.springframework.web.socket.CloseStatus;

/**
 * One WebSocket's life: dial, retry, heartbeat, send, receive, graceful close.
 * <p>
 * A {@code Conn} is a small state machine. {@link State#IDLE} is both the beginning and
 * what is left after a connection was lost, ended by the peer, or {@link #reset()};
 * {@link #connect()} works there. {@link #close()} leads through {@link State#CLOSING} to
 * {@link State#CLOSED}, from where only {@link #reset()} leads back.
 * <p>
 * Thread-safe: every method may be called from any thread. {@link #state()},
 * {@link #isConnected()} and {@link #isClosed()} never block. Nothing is ever called back
 * on a transport's thread: {@link #receiveLoop(Consumer)} runs its sink on the thread of
 * its caller.
 * <p>
 * While a {@link Session} owns the connection, {@link #receive()} and {@link #connect()}
 * are an {@link IllegalStateException}, sends obey the session's {@link OutagePolicy},
 * {@link #reset()} counts as a lost connection and {@link #close()} closes the session.
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
	 * Create a connection that is not yet dialled. Works without a Spring context.
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
	 * given up
	 */
	void connect() throws InterruptedException;

	/**
	 * Dial until a dial succeeds or the dials are spent, with backoff and jitter between
	 * them. Blocks. Permanent failures (see {@link ConnectFailedException#isRetryable()})
	 * end it at once.
	 * @throws ConnectFailedException if all dials failed, or one failed permanently
	 * @throws IllegalStateException if the connection is open, being dialled or closed
	 * @throws InterruptedException if the calling thread was interrupted
	 */
	void connectWithRetry() throws InterruptedException;

	/**
	 * Encode a value as JSON and send it as one text message, which a container may write
	 * in several frames. Blocks until it is written, at most for the write wait. Not
	 * interruptible: an interrupt is kept for the caller and does not disturb the frames.
	 * @param message a value that the connection's {@code JsonMapper} can write; not a
	 * {@link Message}, bytes or a buffer
	 * @throws IllegalArgumentException if the value cannot be encoded, or is one for
	 * {@link #sendRaw(Message)}; the connection is as it was
	 * @throws NotConnectedException if there is no connection
	 * @throws SendFailedException if the frame could not be written in time
	 */
	void send(Object message);

	/**
	 * Send a text or binary message as it is. Blocks as {@link #send(Object)} does.
	 * @param message the message
	 * @throws NotConnectedException if there is no connection
	 * @throws SendFailedException if the frame could not be written in time
	 */
	void sendRaw(Message message);

	/**
	 * Send a text message as it is. Blocks as {@link #send(Object)} does.
	 * @param text the text
	 */
	default void sendRaw(String text) {
		sendRaw(Message.text(text));
	}

	/**
	 * Wait for the next message. Messages that arrived before the end of a connection are
	 * delivered before that end is reported.
	 * @return the next message
	 * @throws ConnectionLostException once, when the end of a lost connection is reached
	 * @throws NotConnectedException if there is nothing left to receive
	 * @throws IllegalStateException if another thread is receiving, or a session owns the
	 * connection
	 * @throws InterruptedException if the calling thread was interrupted; nothing is lost
	 */
	Message receive() throws InterruptedException;

	/**
	 * Wait for the next message, but not longer than a given time.
	 * @param timeout maximum time to wait; zero does not wait
	 * @return the next message, or empty if nothing came in time
	 * @throws ConnectionLostException once, when the end of a lost connection is reached
	 * @throws NotConnectedException if there is nothing left to receive
	 * @throws InterruptedException if the calling thread was interrupted; nothing is lost
	 */
	Optional<Message> receive(Duration timeout) throws InterruptedException;

	/**
	 * Receive until the connection ends, and give each message to a sink on the calling
	 * thread. Returns normally only after our own {@link #close()} or the peer's close
	 * with 1000. An exception of the sink is passed on; the connection stays.
	 * @param sink takes each message
	 * @throws ConnectionLostException if the connection was lost
	 * @throws NotConnectedException if there is no connection, or {@link #reset()} took
	 * it away
	 * @throws InterruptedException if the calling thread was interrupted; nothing is lost
	 */
	void receiveLoop(Consumer<? super Message> sink) throws InterruptedException;

	/**
	 * Ping the peer at an interval, on this connection and all later ones. The connection
	 * is lost if no frame arrives within the pong timeout after a ping. A second start
	 * replaces the first. Does not block.
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
	boolean isConnected();

	/**
	 * Return whether we closed the connection. Never blocks.
	 * @return whether the state is {@link State#CLOSED}
	 */
	boolean isClosed();

	/**
	 * Drop the connection at once, with what was not received, and be ready for a new
	 * one, also after {@link #close()}. Receivers end with a
	 * {@link NotConnectedException}, a dial with a {@link ConnectFailedException}.
	 */
	void reset();

	/**
	 * Close with 1000. The same as {@link #close(CloseStatus)} with
	 * {@link CloseStatus#NORMAL}.
	 */
	@Override
	void close();

	/**
	 * Send a close frame, wait for the peer's, at most for the close grace period, then
	 * drop the socket. Idempotent; a second caller waits for the same end. Ends a dial or
	 * a wait between dials at once.
	 * @param status code and reason for the peer
	 * @throws IllegalArgumentException if the code may not be sent in a close frame
	 */
	void close(CloseStatus status);

	/**
	 * Lifecycle states of a {@link Conn}.
	 */
	enum State {

		/** Not connected; {@link Conn#connect()} works. */
		IDLE,

		/** A dial is in progress, or the wait before the next one. */
		CONNECTING,

		/** Messages go both ways. */
		OPEN,

		/** Our close frame is on its way, the peer's is awaited. */
		CLOSING,

		/** Closed by us, until {@link Conn#reset()}. */
		CLOSED

	}

}
