package dev.streaming.internal.transport.websocket;

import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;

/**
 * Operations of a container's session that are not available in Spring's abstraction.
 */
interface NativeSession {

	/**
	 * Drop the socket, regardless of the session's state. Blocks for a moment.
	 * @throws Exception if the container fails to drop it
	 */
	void abort() throws Exception;

	/**
	 * Called before a write, on the writing thread.
	 */
	default void beforeWrite() {
	}

	/**
	 * Called before a close frame is sent, on the sending thread.
	 */
	default void beforeClose() {
	}

	/**
	 * Called after a write.
	 */
	default void afterWrite() {
	}

	/**
	 * Register a callback for the end of the socket, if the container reports it;
	 * {@link #isGone()} must be called in any case.
	 * @param action the action, called on any thread
	 */
	default void whenGone(Runnable action) {
	}

	/**
	 * Return whether the socket is known to have ended. Does not block.
	 * @return whether it is
	 */
	default boolean isGone() {
		return false;
	}

	/**
	 * Return the status of the peer's close frame, if the container provides it. May be
	 * called by any thread; does not block.
	 * @return the status, or {@code null} if no such frame was read or this is unknown
	 */
	default @Nullable CloseStatus closeFrame() {
		return null;
	}

	/**
	 * Return the end that the container has detected and not reported yet, as is the case
	 * for a moment with every end. Called periodically, except after a local close. May
	 * be called by any thread; does not block.
	 * @return the status of the end, or {@code null} if the connection has not ended or
	 * its end was reported
	 */
	default @Nullable CloseStatus unreportedEnd() {
		return null;
	}

	/**
	 * Return whether errors that the container reports are the reason for the end of a
	 * session.
	 * @return whether they do
	 */
	default boolean explainsFailures() {
		return true;
	}

	/**
	 * Return whether the container reports the end of a session immediately after a local
	 * close, with the local code, and continues reading.
	 * @return whether it does
	 */
	default boolean echoesClose() {
		return true;
	}

	/**
	 * Create the native session for a session of Spring.
	 * @param session the session
	 * @return the native session
	 */
	static NativeSession of(WebSocketSession session) {
		Object container = (session instanceof NativeWebSocketSession wrapper) ? wrapper.getNativeSession() : session;
		if (Containers.TOMCAT && TomcatSession.supports(container)) {
			return TomcatSession.of(container);
		}
		if (Containers.JAKARTA && JakartaSession.supports(container)) {
			return JakartaSession.of(container);
		}
		return () -> session.close(CloseStatus.GOING_AWAY);
	}

	/**
	 * Containers on the class path.
	 */
	final class Containers {

		/** Whether Tomcat's client is on the class path. */
		static final boolean TOMCAT = ClassUtils.isPresent("org.apache.tomcat.websocket.WsWebSocketContainer",
				NativeSession.class.getClassLoader());

		/** Whether the standard API is on the class path. */
		static final boolean JAKARTA = ClassUtils.isPresent("jakarta.websocket.Session",
				NativeSession.class.getClassLoader());

		private Containers() {
		}

	}

}
