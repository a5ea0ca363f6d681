package dev.streaming.internal.transport.websocket;

import java.lang.reflect.Method;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Session;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.socket.CloseStatus;

/**
 * {@link NativeSession} of containers other than Tomcat. Loaded only if the standard API
 * is on the class path.
 */
final class JakartaSession implements NativeSession {

	private final Session session;

	/** Method of Jetty's sessions to drop the socket, which the API does not support. */
	private final @Nullable Method abort;

	private JakartaSession(Session session) {
		this.session = session;
		this.abort = ClassUtils.getMethodIfAvailable(session.getClass(), "abort");
		// Inactivity is detected by the heartbeat; Jetty's default would end the session
		// after 30 s
		session.setMaxIdleTimeout(0);
	}

	static boolean supports(Object session) {
		return session instanceof Session;
	}

	static JakartaSession of(Object session) {
		return new JakartaSession((Session) session);
	}

	/**
	 * Jetty does not: it reports the peer's answer, and does not wait for one to a code
	 * that it considers an error, such as 1001. The behavior of others is unknown, so
	 * they have time to continue reading.
	 */
	@Override
	public boolean echoesClose() {
		return this.abort == null;
	}

	/**
	 * Jetty does not report a code that is unknown to the API, such as 1014.
	 */
	@Override
	public @Nullable CloseStatus unreportedEnd() {
		return this.session.isOpen() ? null : CloseStatus.NO_CLOSE_FRAME;
	}

	@Override
	public void abort() throws Exception {
		if (this.abort != null) {
			ReflectionUtils.invokeMethod(this.abort, this.session);
		}
		else {
			this.session.close(new CloseReason(CloseCodes.GOING_AWAY, null));
		}
	}

}
