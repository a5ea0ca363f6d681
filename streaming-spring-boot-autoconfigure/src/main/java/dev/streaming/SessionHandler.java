package dev.streaming;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Strategy for one provider protocol. As a bean it is a prototype: one instance a
 * session, so it may hold state. Its methods are called by one thread at a time, never on
 * a transport's thread, and see each other's writes.
 *
 * @since 1.0.0
 */
public interface SessionHandler {

	/**
	 * Set up the first connection, before the session opens. Interrupted when the
	 * reconnect hook timeout has elapsed.
	 * @param conn a view of the new connection, dead when this method has returned
	 * @param context the session
	 * @throws Exception if the setup fails
	 */
	default void connect(Conn conn, SessionContext context) throws Exception {
	}

	/**
	 * Set up a later connection. The same as the first, unless overridden.
	 * @param reconnect why there is a new connection
	 * @param conn a view of the new connection, dead when this method has returned
	 * @param context the session
	 * @throws Exception if the attempt fails
	 */
	default void reconnect(ReconnectContext reconnect, Conn conn, SessionContext context) throws Exception {
		connect(conn, context);
	}

	/**
	 * Turn one message into chunks.
	 * @param message the message
	 * @param context the session
	 * @return the chunks of the message, in order; empty if none, never {@code null}
	 * @throws Exception ends the session with a {@link MessageHandlerException}
	 */
	List<StreamChunk> handle(Message message, SessionContext context) throws Exception;

	/**
	 * A message is about to be sent by {@link Session} or {@link SessionContext}, or to
	 * be held if there is no connection; not by the {@link Conn} of a setup. Called by
	 * the sender's thread, beside any other call of this handler, so that a handler which
	 * overrides it must be thread-safe there. Must not block, nor send.
	 * @param message the message
	 */
	default void sending(Message message) {
	}

	/**
	 * Called when the message that was passed to {@link #sending} could not be sent.
	 * Called as that is, or by the thread that found out.
	 * @param message the same instance
	 */
	default void sendFailed(Message message) {
	}

	/**
	 * Return the provider's own error classifier.
	 * @return a classifier, or {@code null} for the session's
	 */
	default @Nullable ErrorClassifier errorClassifier() {
		return null;
	}

	/**
	 * Return whether a response is in flight. Called after each message while a planned
	 * change of connection waits.
	 * @return whether a change now would cut a response
	 */
	default boolean responseInFlight() {
		return false;
	}

	/**
	 * Called when a connection has ended other than by our own close: it was lost, closed
	 * by the peer, or replaced as planned. All that it received was handled; it comes
	 * before the next attempt, and before the session ends if there is none. Chunks that
	 * are {@linkplain SessionContext#emit emitted} here are always delivered, so that the
	 * application learns of a lost turn. Called once for each connection that
	 * {@link #connect} or {@link #reconnect} was given, but not for one on which
	 * {@code connect} itself failed.
	 * @param planned whether it was changed as planned, after {@link #responseInFlight()}
	 * had been asked
	 * @param context the session
	 */
	default void disconnected(boolean planned, SessionContext context) {
	}

	/**
	 * The session is open.
	 * @param context the session
	 */
	default void opened(SessionContext context) {
	}

	/**
	 * The session is about to send its close frame; a last message may be sent.
	 * @param context the session
	 */
	default void closing(SessionContext context) {
	}

	/**
	 * The session has ended.
	 * @param context the session
	 */
	default void closed(SessionContext context) {
	}

}
