package dev.streaming.internal.relay;

import java.io.IOException;
import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.ClassUtils;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;

/**
 * Adapts a {@link WebSocketSession} to a {@link BrowserSocket}.
 */
final class SpringBrowserSocket implements BrowserSocket {

	private static final Logger logger = LoggerFactory.getLogger(SpringBrowserSocket.class);

	private static final boolean JAKARTA = ClassUtils.isPresent("jakarta.websocket.Session",
			SpringBrowserSocket.class.getClassLoader());

	private final WebSocketSession session;

	SpringBrowserSocket(WebSocketSession session, Duration sendTimeout) {
		this.session = session;
		if (JAKARTA) {
			TomcatSendTimeout.set(session, sendTimeout);
		}
	}

	@Override
	public void send(Frame frame) throws IOException {
		if (frame instanceof Frame.Audio audio) {
			this.session.sendMessage(new BinaryMessage(audio.pcm()));
		}
		else if (frame instanceof Frame.Event event) {
			this.session.sendMessage(new TextMessage(event.utf8()));
		}
	}

	@Override
	public void ping() throws IOException {
		this.session.sendMessage(new PingMessage());
	}

	@Override
	public void close(CloseStatus status) {
		try {
			this.session.close(status);
		}
		catch (IOException | RuntimeException ex) {
			logger.atDebug().setCause(ex).log("A browser was gone before it was closed");
		}
	}

	/**
	 * Sets the timeout of writes of Tomcat, which is 20 seconds by default; other
	 * containers have their own setting.
	 */
	private static final class TomcatSendTimeout {

		private static final String PROPERTY = "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT";

		private TomcatSendTimeout() {
		}

		static void set(WebSocketSession session, Duration timeout) {
			if (session instanceof NativeWebSocketSession wrapper
					&& wrapper.getNativeSession() instanceof jakarta.websocket.Session container) {
				container.getUserProperties().put(PROPERTY, timeout.toMillis());
			}
		}

	}

}
