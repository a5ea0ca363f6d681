package dev.streaming.internal.transport.websocket;

import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;

/**
 * Operations of a container's session that Spring's does not have.
 */
interface NativeSession {

	/**
	 * Drop the socket, whatever state the session is in. Blocks for a moment.
	 * @throws Exception if the container fails to
	 */
	void abort() throws Exception;

	/**
	 * Prepare for a write of ours, on the thread that is about to make it.
	 */
	default void beforeWrite() {
	}

	/**
	 * Prepare for our close frame, on the thread that is about to send it.
	 */
	default void beforeClose() {
	}

	/**
	 * A write of ours has ended.
	 */
	default void afterWrite() {
	}

	/**
	 * Ask to be notified when the socket is gone, if the container tells;
	 * {@link #isGone()} must be asked in any case.
	 * @param action the action, on any thread
	 */
	default void whenGone(Runnable action) {
	}

	/**
	 * Return whether the socket is known to be gone. Does not block.
	 * @return whether it is
	 */
	default boolean isGone() {
		return false;
	}

	/**
	 * Return the status of the peer's close frame, if the container shows it. Any thread;
	 * does not block.
	 * @return the status, or {@code null} if no such frame was read or that is not known
	 */
	default @Nullable CloseStatus closeFrame() {
		return null;
	}

	/**
	 * Return the end that the container has found and not reported. That is so for a
	 * moment with every end. Asked now and then, unless we have closed. Any thread; does
	 * not block.
	 * @return the status of the end, or {@code null} if the connection has not ended or
	 * its end was told
	 */
	default @Nullable CloseStatus untoldEnd() {
		return null;
	}

	/**
	 * Return whether the errors that the container reports say why a session ends.
	 * @return whether they do
	 */
	default boolean explainsFailures() {
		return true;
	}

	/**
	 * Return whether the container reports the end of a session as soon as we close it,
	 * with our own code, and continues reading.
	 * @return whether it does
	 */
	default boolean echoesClose() {
		return true;
	}

	/**
	 * Find out which container a session is of.
	 * @param session the session
	 * @return its socket
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
	 * Libraries on the class path.
	 */
	final class Containers {

		/** Whether Tomcat's client is. */
		static final boolean TOMCAT = ClassUtils.isPresent("org.apache.tomcat.websocket.WsWebSocketContainer",
				NativeSession.class.getClassLoader());

		/** Whether the standard API is. */
		static final boolean JAKARTA = ClassUtils.isPresent("jakarta.websocket.Session",
				NativeSession.class.getClassLoader());

		private Containers() {
		}

	}

}
