package dev.streaming;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

import dev.streaming.internal.util.PeerText;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * Operations that a {@link SessionHandler} may use on its session; valid from
 * {@link SessionHandler#connect connect} on. Thread-safe.
 *
 * @since 1.0.0
 */
public interface SessionContext {

	/**
	 * Return the session's id.
	 * @return the id
	 */
	String sessionId();

	/**
	 * Return the connection's name.
	 * @return the name
	 */
	String connectionName();

	/**
	 * Return the attributes of the session.
	 * @return the attributes, unmodifiable
	 */
	Map<String, Object> attributes();

	/**
	 * Return the settings of the session.
	 * @return the settings, empty where the session has none, as in a test
	 */
	default Optional<SessionConfig> config() {
		return Optional.empty();
	}

	/**
	 * Make a text that comes from the peer, such as the message or code of an error or a
	 * model's name, fit for logs, exceptions and tags (rule B4): control characters and
	 * terminal escapes are replaced, keys and the header and query values of the
	 * handshake are masked, and at most 200 characters are left. Any thread.
	 * @param text the text of the peer, may be {@code null}
	 * @return the text to show, empty for {@code null}
	 */
	default String sanitize(@Nullable String text) {
		return PeerText.PLAIN.sanitize(text);
	}

	/**
	 * Put a chunk into the channel from outside of
	 * {@link SessionHandler#handle(Message, SessionContext)}. Any thread; never blocks:
	 * it waits behind the channel if that is full, and reading stops as for a message of
	 * its size. What {@link SessionHandler#connect connect} and
	 * {@link SessionHandler#reconnect reconnect} emit on their own thread is delivered
	 * when they have returned, so that a consumer finds the session open. Without effect
	 * when the session has ended.
	 * @param chunk the chunk
	 */
	void emit(StreamChunk chunk);

	/**
	 * Encode a value as JSON and send it, as {@link Session#send(Object)} does.
	 * @param message a value
	 */
	void send(Object message);

	/**
	 * Send a message as it is, as {@link Session#sendRaw(Message)} does.
	 * @param message the message
	 */
	void sendRaw(Message message);

	/**
	 * Drop chunks that wait and are not yet taken.
	 * @param unwanted selects the chunks to drop
	 * @return the number of dropped chunks
	 * @see ResponseChannel#discard(Predicate)
	 */
	int discard(Predicate<? super StreamChunk> unwanted);

	/**
	 * Set chunks apart from the session's response channel from now on. There is one
	 * router a session: it replaces the one before. Any thread; never blocks. A context
	 * without channels, such as one for tests, ignores it.
	 * @param router returns the channel of a chunk
	 */
	default void route(ChunkRouter router) {
	}

	/**
	 * Create a channel for chunks that the {@linkplain #route router} sets apart. It
	 * shares the read-ahead of the session, and must be ended or closed. Any thread;
	 * never blocks.
	 * @return a new channel
	 * @throws UnsupportedOperationException if the context has no channels
	 */
	default SubChannel subChannel() {
		throw new UnsupportedOperationException("This context has no channels");
	}

	/**
	 * Take back a message that is held because there is no connection: it will not be
	 * sent. Any thread; never blocks.
	 * @param message the message, the same instance that was sent
	 * @return {@code false} if it is not held: it was sent, or is on its way
	 */
	default boolean withdraw(Message message) {
		return false;
	}

	/**
	 * Count chunks that the handler has made and dropped automatically, with those that
	 * the session drops. Any thread.
	 * @param chunks the number of chunks
	 */
	default void discarded(int chunks) {
	}

	/**
	 * Run a task once, after a delay, on the session's own thread: never at the same time
	 * as another call of the handler, and not while a hook runs. Afterwards a planned
	 * change that waits asks {@link SessionHandler#responseInFlight()} again. The end of
	 * the session calls the task off. An exception of the task is logged and changes
	 * nothing else. Any thread; never blocks.
	 * <p>
	 * A context without a clock, such as one for tests, never runs the task.
	 * @param delay the delay
	 * @param task the task
	 * @return calls the task off
	 */
	default ScheduledTask schedule(Duration delay, Runnable task) {
		return () -> {
		};
	}

	/**
	 * Return the time that this session has been reading: it stands still while reading
	 * is stopped because the consumer does not take its chunks. To be compared with
	 * another such time only. Any thread.
	 * @return the time since a fixed moment
	 */
	default Duration readingTime() {
		return Duration.ofNanos(System.nanoTime());
	}

	/**
	 * Return the URI of the newest connection, as the handshake customizers left it. It
	 * may hold secrets and must not be logged.
	 * @return the URI; empty if there was no connection yet
	 */
	default Optional<URI> uri() {
		return Optional.empty();
	}

	/**
	 * Announce that the provider is about to end this connection because it expires: the
	 * close that follows is a lost connection whatever its code, 1000 included (S5).
	 * Applies until the connection has ended. Called from within a call of the handler.
	 */
	default void connectionExpired() {
	}

	/**
	 * Ask for a planned change of connection. Returns at once.
	 * @param reason why
	 * @param within maximum time a response in flight may delay the change; then it is
	 * forced
	 */
	void reconnect(String reason, Duration within);

	/**
	 * Ask to end the session. Returns at once.
	 * @param status code and reason for the peer
	 */
	void close(CloseStatus status);

	/**
	 * A task that was scheduled.
	 */
	@FunctionalInterface
	interface ScheduledTask {

		/**
		 * Call the task off. Without effect when it runs or has run. Any thread; does not
		 * block.
		 */
		void cancel();

	}

}
