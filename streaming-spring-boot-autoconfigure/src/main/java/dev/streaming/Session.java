package dev.streaming;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * A bidirectional streaming session over a {@link Conn}. It outlives connections: when
 * one is lost, and the session may reconnect, the next one is dialled and set up while
 * what was received stays where it is.
 * <p>
 * Thread-safe. Calls of the handler, the hook and the listeners of one session never
 * overlap, happen on a worker thread and see each other's writes. From within them,
 * {@link #close()} and {@link #reconnect(String)} return at once.
 * <p>
 * A session ends exactly once, in this order: {@link #error()} is set if there was one,
 * the state is {@link State#CLOSED}, the connection is closed, the channel ends behind
 * its last chunk, handler and listeners are called, {@link #done()} completes.
 *
 * @since 1.0.0
 */
public interface Session extends AutoCloseable {

	/**
	 * Open a session on a connection. Receiving starts at once. Works without a Spring
	 * context. With a {@link SessionHandler} this blocks until its
	 * {@link SessionHandler#connect connect} has returned, at most for the reconnect hook
	 * timeout.
	 * @param config the connection, what to do with its messages, and limits
	 * @return the open session
	 * @throws NotConnectedException if the connection is not open and has nothing left to
	 * receive
	 * @throws SessionSetupException if the handler's setup failed; the connection is
	 * closed
	 * @throws IllegalStateException if another session owns the connection
	 */
	static Session open(SessionConfig config) {
		return StreamingEngines.get().openSession(config);
	}

	/**
	 * Return an id that is unique in this JVM, for logs.
	 * @return the id
	 */
	String id();

	/**
	 * Return the name of the connection's configuration.
	 * @return {@code default}, or the name in the configuration
	 */
	String connectionName();

	/**
	 * Encode a value as JSON and send it, under the session's {@link OutagePolicy}.
	 * Blocks until it is written, at most for the write wait; in an outage as the policy
	 * says.
	 * @param message a value that the connection's {@code JsonMapper} can write
	 * @throws IllegalArgumentException if the value cannot be encoded
	 * @throws NotConnectedException if there is no connection and the policy does not
	 * help
	 * @throws SendFailedException if the frame could not be written in time, or the
	 * buffer is full
	 * @throws SessionClosedException if the session has ended
	 */
	void send(Object message);

	/**
	 * As {@link #send(Object)}, with a policy for this message.
	 * @param message a value that the connection's {@code JsonMapper} can write
	 * @param policy the behavior while there is no connection
	 */
	void send(Object message, OutagePolicy policy);

	/**
	 * Send a text or binary message as it is, under the session's {@link OutagePolicy}.
	 * @param message the message
	 */
	void sendRaw(Message message);

	/**
	 * As {@link #sendRaw(Message)}, with a policy for this message.
	 * @param message the message
	 * @param policy the behavior while there is no connection
	 */
	void sendRaw(Message message, OutagePolicy policy);

	/**
	 * Send a text message as it is, under the session's {@link OutagePolicy}.
	 * @param text the text
	 */
	default void sendRaw(String text) {
		sendRaw(Message.text(text));
	}

	/**
	 * Encode a value as JSON and send it without blocking. In an outage the message waits
	 * as the policy says.
	 * @param message a value that the connection's {@code JsonMapper} can write
	 * @return completes when the message is written, or was dropped as the policy says;
	 * fails with what {@link #send(Object)} would throw
	 * @throws IllegalArgumentException if the value cannot be encoded
	 */
	CompletionStage<Void> sendAsync(Object message);

	/**
	 * Return the channel of decoded chunks.
	 * @return the one channel of this session
	 */
	ResponseChannel response();

	/**
	 * Return the whole session as a publisher of its chunks: cancelling closes the
	 * session.
	 * @return a publisher for one subscriber
	 */
	Flow.Publisher<StreamChunk> publisher();

	/**
	 * Return a stage that completes normally when the session has ended, however it
	 * ended; see {@link #error()}.
	 * @return completes at the end
	 */
	CompletionStage<Void> done();

	/**
	 * Return the first error that ended the session. Reading does not consume it.
	 * @return the error, or empty while the session lives or if it was closed in order
	 */
	Optional<Throwable> error();

	/**
	 * Return the state. Never blocks.
	 * @return the state
	 */
	State state();

	/**
	 * Return whether the session has ended. Never blocks.
	 * @return whether the state is {@link State#CLOSED}
	 */
	boolean isClosed();

	/**
	 * Return the session's connection. While the session lives, what it does is bound by
	 * the session's rules; see {@link Conn}.
	 * @return the connection
	 */
	Conn conn();

	/**
	 * Return the session's handler as something that a provider offers beside it.
	 * @param type the requested type
	 * @param <T> its type
	 * @return the handler, or empty if it is not of that type
	 */
	default <T> Optional<T> unwrap(Class<T> type) {
		return Optional.empty();
	}

	/**
	 * Change the connection at a quiet moment, without losing or repeating a chunk: wait
	 * until no response is in flight, hold back sends, close and drain the old
	 * connection, dial, run the hook, send what was held back. Does not block. Takes
	 * nothing from the reconnect budget.
	 * @param reason for the peer's close frame and the {@link ReconnectContext}
	 * @return completes when the session is open again, or fails with what ended it
	 * @throws IllegalStateException if the session has neither a handler nor a reconnect
	 * hook
	 */
	CompletionStage<Void> reconnect(String reason);

	/**
	 * End the session and close its connection with 1000. Chunks in the channel can still
	 * be taken; those that were not yet delivered are dropped and counted. Idempotent.
	 * Waits for the end, within the close grace period; from within a callback of this
	 * session it only asks and returns.
	 */
	@Override
	void close();

	/**
	 * Lifecycle states of a {@link Session}.
	 */
	enum State {

		/** Messages go both ways. */
		OPEN,

		/** Between two connections. */
		RECONNECTING,

		/** Ended. */
		CLOSED

	}

}
