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
	 * @return the settings, empty if there are none, such as in a test
	 */
	default Optional<SessionConfig> config() {
		return Optional.empty();
	}

	/**
	 * Return the listener for events of the conversation. Turns are measured for a
	 * handler that calls this method, at the latest during the first
	 * {@link SessionHandler#connect connect}.
	 * @return the listener, without effect if there is no session, such as in a test
	 */
	default ConversationEvents conversation() {
		return ConversationEvents.NONE;
	}

	/**
	 * Sanitize a text of the peer, such as the message or code of an error or a model's
	 * name, for logs, exceptions and tags (rule B4): control characters and terminal
	 * escapes are replaced, keys and the header and query values of the handshake are
	 * masked, and the length is limited to 200 characters. May be called by any thread.
	 * @param text the text of the peer, or {@code null}
	 * @return the sanitized text, empty for {@code null}
	 */
	default String sanitize(@Nullable String text) {
		return PeerText.PLAIN.sanitize(text);
	}

	/**
	 * Add a chunk to the channel outside of
	 * {@link SessionHandler#handle(Message, SessionContext)}. May be called by any thread
	 * and never blocks: the chunk waits for room if the channel is full, and reading is
	 * paused as for a message of its size. Chunks that {@link SessionHandler#connect
	 * connect} and {@link SessionHandler#reconnect reconnect} emit on their own thread
	 * are delivered after they have returned, so that a consumer finds the session open.
	 * Without effect when the session has ended.
	 * @param chunk the chunk
	 */
	void emit(StreamChunk chunk);

	/**
	 * Encode a value as JSON and send it, as {@link Session#send(Object)} does.
	 * @param message a value
	 */
	void send(Object message);

	/**
	 * Send a message unchanged, as {@link Session#sendRaw(Message)} does.
	 * @param message the message
	 */
	void sendRaw(Message message);

	/**
	 * Apply the interceptors to a text that a client of this session is about to send. A
	 * client must call this method once for each text of the application, without holding
	 * a lock. May be called by any thread.
	 * @param role the speaker: {@code user}, {@code system} or {@code assistant}
	 * @param text the text
	 * @return the text to send, or {@code null} if it is dropped
	 * @see SessionInterceptor#onText
	 */
	default @Nullable String outgoingText(String role, String text) {
		return text;
	}

	/**
	 * Apply the interceptors to a piece of the user's audio that a client of this session
	 * is about to send. May be called by any thread.
	 * @param audio raw samples, which are copied only if there is an interceptor
	 * @param mimeType the MIME type, such as {@code audio/pcm}
	 * @param sampleRate the sample rate in Hz
	 * @param channels the number of channels
	 * @return the audio to send, or {@code null} if it is dropped
	 * @see SessionInterceptor#onAudio
	 */
	default byte @Nullable [] outgoingAudio(byte[] audio, String mimeType, int sampleRate, int channels) {
		return audio;
	}

	/**
	 * Drop chunks that were not taken yet.
	 * @param unwanted matches the chunks to drop
	 * @return the number of dropped chunks
	 * @see ResponseChannel#discard(Predicate)
	 */
	int discard(Predicate<? super StreamChunk> unwanted);

	/**
	 * Set the router of chunks, which replaces a previous one. May be called by any
	 * thread; never blocks. Without effect in a context without channels, such as one for
	 * tests.
	 * @param router the router
	 */
	default void route(ChunkRouter router) {
	}

	/**
	 * Create a channel for chunks of the {@linkplain #route router}. It shares the
	 * read-ahead of the session, and must be ended or closed. May be called by any
	 * thread; never blocks.
	 * @return a new channel
	 * @throws UnsupportedOperationException if the context has no channels
	 */
	default SubChannel subChannel() {
		throw new UnsupportedOperationException("This context has no channels");
	}

	/**
	 * Withdraw a message that is held because there is no connection: it will not be
	 * sent. May be called by any thread; never blocks.
	 * @param message the same instance that was sent
	 * @return {@code false} if the message is not held, because it was sent or is being
	 * sent
	 */
	default boolean withdraw(Message message) {
		return false;
	}

	/**
	 * Add chunks that the handler has dropped to the number of chunks that the session
	 * has dropped. May be called by any thread.
	 * @param chunks the number of chunks
	 */
	default void discarded(int chunks) {
	}

	/**
	 * Schedule a task after a delay on the session's thread: it never overlaps with
	 * another call of the handler or with a hook. Afterwards a waiting planned change
	 * calls {@link SessionHandler#responseInFlight()} again. The task is cancelled by the
	 * end of the session. An exception of the task is logged and ignored. May be called
	 * by any thread; never blocks.
	 * <p>
	 * A context without a clock, such as one for tests, never runs the task.
	 * @param delay the delay
	 * @param task the task
	 * @return a handle to cancel the task
	 */
	default ScheduledTask schedule(Duration delay, Runnable task) {
		return () -> {
		};
	}

	/**
	 * Return the reading time of this session: it is paused while reading is paused
	 * because the consumer does not take its chunks. Only meaningful in comparison with
	 * another reading time. May be called by any thread.
	 * @return the time since a fixed moment
	 */
	default Duration readingTime() {
		return Duration.ofNanos(System.nanoTime());
	}

	/**
	 * Return the URI of the latest connection, after the handshake customizers were
	 * applied. It may contain secrets and must not be logged.
	 * @return the URI, empty if there was no connection yet
	 */
	default Optional<URI> uri() {
		return Optional.empty();
	}

	/**
	 * Announce that the provider is about to end this connection because it expires: the
	 * subsequent close is treated as a lost connection regardless of its code, including
	 * 1000 (S5). Applies until the connection has ended. Must be called within a call of
	 * the handler.
	 */
	default void connectionExpired() {
	}

	/**
	 * Announce the best time to change this connection, before the provider ends it. It
	 * is changed at a quiet moment, as at its maximum age, unless an age was
	 * {@linkplain SessionConfig#isMaxConnectionAgeSet() set}. A later announcement
	 * replaces an earlier one. Applies until the connection has ended. May be called by
	 * any thread; does not block.
	 * @param delay the time until the change, positive
	 */
	default void changeConnectionIn(Duration delay) {
	}

	/**
	 * Request a planned change of connection. Returns at once.
	 * @param reason the reason
	 * @param within maximum time for which a response in flight may delay the change,
	 * after which it is forced
	 */
	void reconnect(String reason, Duration within);

	/**
	 * Request the end of the session. Returns at once.
	 * @param status code and reason for the peer
	 */
	void close(CloseStatus status);

	/**
	 * Scheduled task.
	 */
	@FunctionalInterface
	interface ScheduledTask {

		/**
		 * Cancel the task. Without effect when it is running or has run. May be called by
		 * any thread; does not block.
		 */
		void cancel();

	}

}
