package dev.streaming.internal.transport.websocket;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.streaming.internal.transport.SanitizedCause;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import org.apache.tomcat.websocket.Constants;
import org.apache.tomcat.websocket.WsSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.socket.CloseStatus;

/**
 * {@link NativeSession} of Tomcat's client. Loaded only if Tomcat is on the class path.
 */
final class TomcatSession implements NativeSession {

	/** Timeout of local writes, whose deadlines are handled by callers of this layer. */
	private static final Long LONG = TimeUnit.MINUTES.toMillis(10);

	/**
	 * Timeout of the container's answers to pings and close frames, which have no other
	 * deadline.
	 */
	private static final Long SHORT = TimeUnit.SECONDS.toMillis(20);

	private static final Logger logger = LoggerFactory.getLogger(TomcatSession.class);

	private static final CloseReason GOING_AWAY = new CloseReason(CloseCodes.GOING_AWAY, null);

	private static final CloseReason PROTOCOL_ERROR = new CloseReason(CloseCodes.PROTOCOL_ERROR, null);

	private static final CloseReason LOST = new CloseReason(CloseCodes.CLOSED_ABNORMALLY, null);

	private final WsSession session;

	private final Map<String, Object> properties;

	private final TomcatFrames frames;

	private TomcatSession(WsSession session) {
		this.session = session;
		this.properties = session.getUserProperties();
		this.frames = new TomcatFrames(session);
		this.properties.put(Constants.SESSION_CLOSE_TIMEOUT_PROPERTY, LONG);
		TomcatField.warnIfMissing();
		enableTcpNoDelay(this.frames.socket());
		afterWrite();
	}

	static boolean supports(Object session) {
		return session instanceof WsSession;
	}

	static TomcatSession of(Object session) {
		return new TomcatSession((WsSession) session);
	}

	/**
	 * Enable TCP_NODELAY, which Tomcat does not set: otherwise the kernel would delay a
	 * message until the peer has acknowledged the previous one, for about 40 ms.
	 * @param socket the socket, or {@code null} if it is not accessible
	 */
	static void enableTcpNoDelay(@Nullable NetworkChannel socket) {
		if (socket == null) {
			return;
		}
		try {
			socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
		}
		catch (IOException | UnsupportedOperationException ex) {
			// The option is not needed for a socket that was closed meanwhile
			logger.atDebug().setCause(SanitizedCause.of(ex)).log("TCP_NODELAY could not be set");
		}
	}

	@Override
	public void abort() throws IOException {
		// Each call has no effect in the states that the other one is for
		this.session.doClose(this.frames.haveReadClose() ? PROTOCOL_ERROR : GOING_AWAY, LOST, true);
		this.session.onClose(LOST);
		NetworkChannel socket = this.frames.socket();
		if (socket != null && !this.session.isClosed()) {
			// Tomcat is writing a close frame that the peer does not read
			socket.close();
		}
	}

	/**
	 * Set the timeout, which Tomcat reads when a write begins.
	 */
	@Override
	public void beforeWrite() {
		this.properties.put(Constants.BLOCKING_SEND_TIMEOUT_PROPERTY, LONG);
	}

	@Override
	public void afterWrite() {
		this.properties.put(Constants.BLOCKING_SEND_TIMEOUT_PROPERTY, SHORT);
	}

	/**
	 * Set the timeout of a close frame with a code other than 1000, which is 50 ms by
	 * default, after which the socket is dropped.
	 */
	@Override
	public void beforeClose() {
		beforeWrite();
		this.properties.put(Constants.ABNORMAL_SESSION_CLOSE_SEND_TIMEOUT_PROPERTY, LONG);
	}

	@Override
	public void whenGone(Runnable action) {
		if (this.session.getContainer() instanceof TomcatContainer container) {
			container.whenGone(this.session, action);
		}
	}

	/**
	 * They do not: they result from a close frame that could not be sent any more.
	 */
	@Override
	public boolean explainsFailures() {
		return false;
	}

	@Override
	public boolean isGone() {
		return this.session.isClosed() || this.frames.areOver();
	}

	@Override
	public @Nullable CloseStatus closeFrame() {
		return this.frames.haveReadClose() ? this.frames.closeStatus() : null;
	}

	/**
	 * Tomcat stops reading after an invalid close frame, and its session stays open.
	 */
	@Override
	public @Nullable CloseStatus unreportedEnd() {
		CloseStatus closeFrame = closeFrame();
		return (closeFrame != null && this.session.isOpen()) ? closeFrame : null;
	}

}
