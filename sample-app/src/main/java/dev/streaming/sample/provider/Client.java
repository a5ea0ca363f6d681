package dev.streaming.sample.provider;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.ConcurrentWebSocketSessionDecorator;

/**
 * A client of the embedded provider: its WebSocket, and the TCP connection below.
 */
final class Client {

	private static final Logger logger = LoggerFactory.getLogger(Client.class);

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private static final int SEND_TIME_LIMIT = (int) TimeUnit.SECONDS.toMillis(10);

	/** Tomcat keeps a buffer of this many characters for each client that has spoken. */
	private static final int MAX_MESSAGE_SIZE = 128 * 1024;

	private static final int SEND_BUFFER_SIZE = 1024 * 1024;

	private final WebSocketSession session;

	private final TcpConnections connections;

	Client(WebSocketSession session, TcpConnections connections) {
		session.setTextMessageSizeLimit(MAX_MESSAGE_SIZE);
		session.setBinaryMessageSizeLimit(MAX_MESSAGE_SIZE);
		// Answers are sent by one thread, replies to what comes in by another
		this.session = new ConcurrentWebSocketSessionDecorator(session, SEND_TIME_LIMIT, SEND_BUFFER_SIZE);
		this.connections = connections;
	}

	void sendText(Object message) {
		send(new TextMessage(MAPPER.writeValueAsBytes(message)));
	}

	void sendBinary(Object message) {
		send(new BinaryMessage(MAPPER.writeValueAsBytes(message)));
	}

	private void send(WebSocketMessage<?> message) {
		try {
			this.session.sendMessage(message);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Say goodbye.
	 * @param status why
	 */
	void close(CloseStatus status) {
		try {
			this.session.close(status);
		}
		catch (IOException | IllegalStateException ex) {
			logger.debug("The client was gone already", ex);
		}
	}

	/**
	 * Go without a goodbye, as when a cable is cut.
	 */
	void drop() {
		this.connections.drop(this.session.getRemoteAddress());
		// Nothing can be sent any more; this tells the container
		close(CloseStatus.NO_CLOSE_FRAME);
	}

}
