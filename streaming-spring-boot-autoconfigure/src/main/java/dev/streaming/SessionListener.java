package dev.streaming;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Callback interface for session lifecycle events. Every bean of this type is called for
 * every session, in order. Called by one thread at a time for one session, never on a
 * transport's thread; exceptions are logged and ignored.
 *
 * @since 1.0.0
 */
public interface SessionListener {

	/**
	 * Called when a session is open.
	 * @param session the session
	 */
	default void onOpened(Session session) {
	}

	/**
	 * Called when a session has lost its connection and will try to reconnect.
	 * @param session the session
	 * @param cause the failure that ended the connection
	 */
	default void onDisconnected(Session session, Throwable cause) {
	}

	/**
	 * Called before the delay of a reconnect attempt.
	 * @param session the session
	 * @param attempt the number of the attempt, 1 for the first
	 * @param delay the delay before the attempt
	 */
	default void onReconnecting(Session session, int attempt, Duration delay) {
	}

	/**
	 * Called when a session has a new connection that is set up.
	 * @param session the session
	 * @param event the details
	 */
	default void onReconnected(Session session, Reconnected event) {
	}

	/**
	 * Called before a planned change of the connection, at a quiet moment.
	 * @param session the session
	 * @param reason the reason of the change
	 */
	default void onPlannedChange(Session session, String reason) {
	}

	/**
	 * Called when a limit was reached and ends the session after the model has finished
	 * its sentence.
	 * @param session the session
	 * @param limit the limit, which is the error of the session after its end
	 */
	default void onLimit(Session session, SessionLimitException limit) {
	}

	/**
	 * Called when a turn of the conversation has ended.
	 * @param session the session
	 * @param turn the turn
	 */
	default void onTurn(Session session, Turn turn) {
	}

	/**
	 * Called when a tool call has ended.
	 * @param session the session
	 * @param tool the call
	 */
	default void onToolCall(Session session, ToolExecution tool) {
	}

	/**
	 * Called when a session has ended, after all other callbacks.
	 * @param session the session
	 * @param error the failure that ended it, or {@code null} if it was closed normally
	 */
	default void onClosed(Session session, @Nullable Throwable error) {
	}

}
