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
 * A session of a container other than Tomcat. Loaded only where the standard API is on
 * the class path.
 */
final class JakartaSession implements NativeSession {

	private final Session session;

	/** The API has no way to drop a socket; Jetty's sessions have this one. */
	private final @Nullable Method abort;

	private JakartaSession(Session session) {
		this.session = session;
		this.abort = ClassUtils.getMethodIfAvailable(session.getClass(), "abort");
		// Silence is the heartbeat's business; Jetty's default would end it after 30 s
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
	 * that it takes for an error, such as 1001. Of others nothing is known, so they are
	 * given the time to read on.
	 */
	@Override
	public boolean echoesClose() {
		return this.abort == null;
	}

	/**
	 * Jetty tells nobody of a code that the API does not know, such as 1014.
	 */
	@Override
	public @Nullable CloseStatus untoldEnd() {
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
