package dev.streaming;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Strategy for one provider protocol. A bean of this type must have prototype scope:
 * there is one instance for each session, so that it may have state. Methods are called
 * by one thread at a time, never on a transport's thread, and see each other's writes.
 *
 * @since 1.0.0
 */
public interface SessionHandler {

	/**
	 * Set up the first connection, before the session opens. Interrupted when the
	 * reconnect hook timeout has elapsed.
	 * @param conn a view of the new connection, which is invalid when this method has
	 * returned
	 * @param context the context of the session
	 * @throws Exception to fail the setup
	 */
	default void connect(Conn conn, SessionContext context) throws Exception {
	}

	/**
	 * Set up a later connection. Calls {@link #connect} by default.
	 * @param reconnect the context of the attempt
	 * @param conn a view of the new connection, which is invalid when this method has
	 * returned
	 * @param context the context of the session
	 * @throws Exception to fail the attempt
	 */
	default void reconnect(ReconnectContext reconnect, Conn conn, SessionContext context) throws Exception {
		connect(conn, context);
	}

	/**
	 * Decode a message.
	 * @param message the message
	 * @param context the context of the session
	 * @return the chunks of the message, in order; empty if none, never {@code null}
	 * @throws Exception to end the session with a {@link MessageHandlerException}
	 */
	List<StreamChunk> handle(Message message, SessionContext context) throws Exception;

	/**
	 * Called before a message is sent by {@link Session} or {@link SessionContext}, or
	 * held if there is no connection; not for the {@link Conn} of a setup. Called by the
	 * sender's thread, concurrently with other calls of this handler, so that an
	 * implementation must be thread-safe. Must neither block nor send.
	 * @param message the message
	 */
	default void sending(Message message) {
	}

	/**
	 * Called when a message that was passed to {@link #sending} could not be sent. Called
	 * like that method, or by the thread that detects the failure.
	 * @param message the same instance
	 */
	default void sendFailed(Message message) {
	}

	/**
	 * Return the provider's own error classifier.
	 * @return the classifier, or {@code null} to use that of the session
	 */
	default @Nullable ErrorClassifier errorClassifier() {
		return null;
	}

	/**
	 * Return whether a response is in flight. Called after each message while a planned
	 * change of connection is waiting.
	 * @return whether a change now would interrupt a response
	 */
	default boolean responseInFlight() {
		return false;
	}

	/**
	 * Called when a connection has ended other than by a local close of the session: it
	 * was lost, closed by the peer, or replaced by a planned change. Called after all its
	 * messages were handled, before the next attempt, or before the session ends if there
	 * is none. Chunks that are {@linkplain SessionContext#emit emitted} here are always
	 * delivered, so that the application is notified of a lost turn. Called once for each
	 * connection that was passed to {@link #connect} or {@link #reconnect}, but not for
	 * one on which {@code connect} itself failed.
	 * @param planned whether it was a planned change, after a call of
	 * {@link #responseInFlight()}
	 * @param context the context of the session
	 */
	default void disconnected(boolean planned, SessionContext context) {
	}

	/**
	 * Called when the session is open.
	 * @param context the context of the session
	 */
	default void opened(SessionContext context) {
	}

	/**
	 * Ask the model to say goodbye, because a limit is about to end the session. Called
	 * once, by the session's thread, with an open connection. The session ends when
	 * {@link #responseInFlight()} returns {@code false} again, or after ten seconds.
	 * @param session the session
	 * @param text the configured text for the model
	 * @return whether the model was asked; {@code false} ends the session at once
	 */
	default boolean goodbye(Session session, String text) {
		return false;
	}

	/**
	 * Called before the session sends its close frame; a last message may be sent.
	 * @param context the context of the session
	 */
	default void closing(SessionContext context) {
	}

	/**
	 * Called when the session has ended.
	 * @param context the context of the session
	 */
	default void closed(SessionContext context) {
	}

}
