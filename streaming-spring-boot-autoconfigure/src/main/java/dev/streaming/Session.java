package dev.streaming;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * Bidirectional streaming session over a {@link Conn}. A session outlives connections:
 * when one is lost, and the session may reconnect, the next one is dialled and set up,
 * while received chunks remain available.
 * <p>
 * Thread-safe. Calls of the handler, the hook and the listeners of one session never
 * overlap, are made on a worker thread and see each other's writes. If called by them,
 * {@link #close()} and {@link #reconnect(String)} return at once.
 * <p>
 * A session ends exactly once, in this order: {@link #error()} is set if there was one,
 * the state becomes {@link State#CLOSED}, the connection is closed, the channel ends
 * after its last chunk, handler and listeners are called, {@link #done()} completes.
 *
 * @since 1.0.0
 */
public interface Session extends AutoCloseable {

	/**
	 * Open a session on a connection. Receiving starts at once. Does not need a Spring
	 * context. With a {@link SessionHandler} this blocks until its
	 * {@link SessionHandler#connect connect} has returned, at most for the reconnect hook
	 * timeout.
	 * @param config the configuration, including the connection
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
	 * @return the name in the configuration, or {@code default}
	 */
	String connectionName();

	/**
	 * Encode a value as JSON and send it, subject to the session's {@link OutagePolicy}.
	 * Blocks until the message is written, at most for the write wait; in an outage as
	 * defined by the policy.
	 * @param message a value that the connection's {@code JsonMapper} can encode
	 * @throws IllegalArgumentException if the value cannot be encoded
	 * @throws NotConnectedException if there is no connection, subject to the policy
	 * @throws SendFailedException if the frame could not be written in time, or the
	 * buffer is full
	 * @throws SessionClosedException if the session has ended
	 */
	void send(Object message);

	/**
	 * As {@link #send(Object)}, with a policy for this message.
	 * @param message a value that the connection's {@code JsonMapper} can encode
	 * @param policy the behavior while there is no connection
	 */
	void send(Object message, OutagePolicy policy);

	/**
	 * Send a text or binary message unchanged, subject to the session's
	 * {@link OutagePolicy}.
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
	 * Send a text message unchanged, subject to the session's {@link OutagePolicy}.
	 * @param text the text
	 */
	default void sendRaw(String text) {
		sendRaw(Message.text(text));
	}

	/**
	 * Encode a value as JSON and send it without blocking. In an outage the message is
	 * handled as defined by the policy.
	 * @param message a value that the connection's {@code JsonMapper} can encode
	 * @return a stage that completes when the message was written, or dropped by the
	 * policy, or fails with an exception of {@link #send(Object)}
	 * @throws IllegalArgumentException if the value cannot be encoded
	 */
	CompletionStage<Void> sendAsync(Object message);

	/**
	 * Return the channel of decoded chunks.
	 * @return the channel, always the same
	 */
	ResponseChannel response();

	/**
	 * Return the session as a publisher of its chunks. Cancelling the subscription closes
	 * the session.
	 * @return a publisher for one subscriber
	 */
	Flow.Publisher<StreamChunk> publisher();

	/**
	 * Return a stage that completes normally when the session has ended, for whatever
	 * reason; see {@link #error()}.
	 * @return the stage
	 */
	CompletionStage<Void> done();

	/**
	 * Return the error that ended the session.
	 * @return the error, or empty while the session is live or if it was closed normally
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
	 * Return the session's connection. While the session is live, its operations are
	 * restricted; see {@link Conn}.
	 * @return the connection
	 */
	Conn conn();

	/**
	 * Return the attributes that the session was opened with. They may contain secrets.
	 * @return the attributes by name, unmodifiable
	 */
	default Map<String, Object> attributes() {
		return Map.of();
	}

	/**
	 * Return the usage of the session so far, as reported by the provider: the sum of all
	 * responses on all connections. Never blocks.
	 * @return the running total
	 */
	default Usage usage() {
		return Usage.NONE;
	}

	/**
	 * Return the session's handler if it is of the given type, such as an additional
	 * interface of a provider.
	 * @param type the requested type
	 * @param <T> its type
	 * @return the handler, or empty if it is not of that type
	 */
	default <T> Optional<T> unwrap(Class<T> type) {
		return Optional.empty();
	}

	/**
	 * Change the connection at a quiet moment, without losing or repeating a chunk: wait
	 * until no response is in flight, hold messages, close and drain the old connection,
	 * dial, call the hook, send the held messages. Does not block. Does not use the
	 * reconnect budget.
	 * @param reason the reason for the close frame and the {@link ReconnectContext}
	 * @return a stage that completes when the session is open again, or fails with the
	 * error that ended the session
	 * @throws IllegalStateException if the session has neither a handler nor a reconnect
	 * hook
	 */
	CompletionStage<Void> reconnect(String reason);

	/**
	 * End the session and close its connection with 1000. Chunks in the channel can still
	 * be taken; those that were not delivered yet are dropped and counted. Idempotent.
	 * Waits for the end, at most for the close grace period; in a callback of this
	 * session it does not wait.
	 */
	@Override
	void close();

	/**
	 * Lifecycle states of a {@link Session}.
	 */
	enum State {

		/** Open for messages. */
		OPEN,

		/** Between two connections. */
		RECONNECTING,

		/** The session has ended. */
		CLOSED

	}

}
