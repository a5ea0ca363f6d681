package dev.streaming.sample.provider;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.sample.VisitorId;

import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;
import org.springframework.web.socket.handler.WebSocketSessionDecorator;
import org.springframework.web.socket.server.support.HttpSessionHandshakeInterceptor;

/**
 * Slows down the pages of a visitor for a while: each message to them takes as long as
 * over a slow network, and blocks its writer. Thread-safe.
 */
final class SlowPages {

	/** Time of a message to a slow page. */
	static final Duration MESSAGE = Duration.ofMillis(20);

	/** Maximum number of visitors; the oldest are removed first. */
	private static final int VISITORS = 200;

	@GuardedBy("this")
	private final Map<String, Long> slowUntil = new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
			return size() > VISITORS;
		}

	};

	synchronized void slow(String visitor, Duration duration) {
		this.slowUntil.put(visitor, System.nanoTime() + duration.toNanos());
	}

	synchronized boolean isSlow(String visitor) {
		Long until = this.slowUntil.get(visitor);
		return until != null && until - System.nanoTime() > 0;
	}

	/**
	 * Decorate an endpoint with the delays of slow pages.
	 * @param endpoint the endpoint
	 * @return the decorated endpoint
	 */
	WebSocketHandler decorate(WebSocketHandler endpoint) {
		return new WebSocketHandlerDecorator(endpoint) {

			@Override
			public void afterConnectionEstablished(WebSocketSession session) throws Exception {
				Object http = session.getAttributes().get(HttpSessionHandshakeInterceptor.HTTP_SESSION_ID_ATTR_NAME);
				super.afterConnectionEstablished(
						(http != null) ? new SlowSession(session, VisitorId.of(http.toString())) : session);
			}

		};
	}

	/**
	 * Session of a page that may be slow.
	 */
	private final class SlowSession extends WebSocketSessionDecorator {

		private final String visitor;

		SlowSession(WebSocketSession session, String visitor) {
			super(session);
			this.visitor = visitor;
		}

		@Override
		public void sendMessage(WebSocketMessage<?> message) throws IOException {
			if (isSlow(this.visitor)) {
				try {
					TimeUnit.NANOSECONDS.sleep(MESSAGE.toNanos());
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
					throw new InterruptedIOException("Interrupted while a page was slow");
				}
			}
			super.sendMessage(message);
		}

	}

}
