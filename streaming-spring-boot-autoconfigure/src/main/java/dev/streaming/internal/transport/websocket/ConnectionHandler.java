package dev.streaming.internal.transport.websocket;

import java.time.Duration;

import javax.net.ssl.SSLContext;

import dev.streaming.internal.transport.DialRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * Callbacks of the container for one dial and its connection. Nothing here throws: Spring
 * would log the exception with the session's URL and close with 1011.
 */
final class ConnectionHandler implements WebSocketHandler, DialOptions {

	private final DialRequest request;

	private final Opening opening;

	private volatile @Nullable WebSocketConnection connection;

	/**
	 * Create a handler.
	 * @param request the request
	 * @param opening makes the connection
	 */
	ConnectionHandler(DialRequest request, Opening opening) {
		this.request = request;
		this.opening = opening;
	}

	@Override
	public Duration timeout() {
		return this.request.timeout();
	}

	@Override
	public @Nullable SSLContext sslContext() {
		return this.request.sslContext();
	}

	/**
	 * On the dialing thread with Tomcat, before {@code execute} is done.
	 */
	@Override
	public void afterConnectionEstablished(WebSocketSession session) {
		WebSocketConnection opened = this.opening.open(session);
		if (opened != null) {
			this.connection = opened;
			opened.open();
		}
	}

	/**
	 * On the reading thread, which with Tomcat is the dialing thread for what came in one
	 * packet with the answer.
	 */
	@Override
	public void handleMessage(WebSocketSession session, WebSocketMessage<?> message) {
		WebSocketConnection current = this.connection;
		if (current != null) {
			current.receive(message);
		}
	}

	/**
	 * On any thread; also when a dial fails.
	 */
	@Override
	public void handleTransportError(WebSocketSession session, Throwable failure) {
		WebSocketConnection current = this.connection;
		if (current != null) {
			current.failed(failure);
		}
	}

	/**
	 * On the reading thread, or on one of ours that writes, closes or drops.
	 */
	@Override
	public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
		WebSocketConnection current = this.connection;
		if (current != null) {
			current.containerClosed(status);
		}
	}

	@Override
	public boolean supportsPartialMessages() {
		return true;
	}

	/**
	 * Makes the connection.
	 */
	@FunctionalInterface
	interface Opening {

		/**
		 * Make it, or drop the session if the dial was abandoned.
		 * @param session the session that is open
		 * @return the connection, or {@code null}
		 */
		@Nullable WebSocketConnection open(WebSocketSession session);

	}

}
