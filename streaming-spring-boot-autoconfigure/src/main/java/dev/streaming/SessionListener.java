package dev.streaming;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Callback interface for session lifecycle events. Every bean of this type is called for
 * every session, in order. Called by one thread at a time for one session, never on a
 * transport's thread; an exception is logged and changes nothing.
 *
 * @since 1.0.0
 */
public interface SessionListener {

	/**
	 * A session is open.
	 * @param session the session
	 */
	default void onOpened(Session session) {
	}

	/**
	 * A session lost its connection and will try to reconnect.
	 * @param session the session
	 * @param cause the failure that ended the connection
	 */
	default void onDisconnected(Session session, Throwable cause) {
	}

	/**
	 * A session is about to wait, and then to dial.
	 * @param session the session
	 * @param attempt the number of the attempt, 1 for the first
	 * @param delay the delay before the attempt
	 */
	default void onReconnecting(Session session, int attempt, Duration delay) {
	}

	/**
	 * A session has a new connection that is set up.
	 * @param session the session
	 * @param event the details
	 */
	default void onReconnected(Session session, Reconnected event) {
	}

	/**
	 * A session has ended; nothing follows.
	 * @param session the session
	 * @param error the failure that ended it, or {@code null} if it was closed in order
	 */
	default void onClosed(Session session, @Nullable Throwable error) {
	}

}
