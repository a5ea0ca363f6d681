package dev.streaming.internal.transport.websocket;

import java.time.Duration;

import javax.net.ssl.SSLContext;

import dev.streaming.ProxySettings;
import dev.streaming.internal.transport.DialRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * {@link WebSocketHandler} of one dial and its connection. No method throws an exception,
 * which Spring would log with the session's URL, and close the session with 1011.
 */
final class ConnectionHandler implements WebSocketHandler, DialOptions {

	private final DialRequest request;

	private final Opening opening;

	private volatile @Nullable WebSocketConnection connection;

	/**
	 * Create a handler.
	 * @param request the request
	 * @param opening called to create the connection
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

	@Override
	public @Nullable ProxySettings proxy() {
		return this.request.proxy();
	}

	/**
	 * Called on the dialing thread by Tomcat, before {@code execute} returns.
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
	 * Called on the reading thread, which is the dialing thread of Tomcat for messages
	 * received in one packet with the response.
	 */
	@Override
	public void handleMessage(WebSocketSession session, WebSocketMessage<?> message) {
		WebSocketConnection current = this.connection;
		if (current != null) {
			current.receive(message);
		}
	}

	/**
	 * Called on any thread, also when a dial fails.
	 */
	@Override
	public void handleTransportError(WebSocketSession session, Throwable failure) {
		WebSocketConnection current = this.connection;
		if (current != null) {
			current.failed(failure);
		}
	}

	/**
	 * Called on the reading thread, or on a thread that writes, closes or aborts.
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
	 * Strategy to create the connection.
	 */
	@FunctionalInterface
	interface Opening {

		/**
		 * Create the connection, or drop the session if the dial was aborted.
		 * @param session the open session
		 * @return the connection, or {@code null}
		 */
		@Nullable WebSocketConnection open(WebSocketSession session);

	}

}
