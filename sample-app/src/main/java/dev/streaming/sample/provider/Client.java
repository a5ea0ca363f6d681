package dev.streaming.sample.provider;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
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
 * Client of the embedded provider: its WebSocket, and the underlying TCP connection.
 */
final class Client {

	/** Header of the handshake with the visitor of the connection. */
	static final String VISITOR_HEADER = "Sample-Visitor";

	private static final Logger logger = LoggerFactory.getLogger(Client.class);

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private static final int SEND_TIME_LIMIT = (int) TimeUnit.SECONDS.toMillis(10);

	/**
	 * Maximum size of a message; Tomcat keeps a buffer of that size for each active
	 * client.
	 */
	private static final int MAX_MESSAGE_SIZE = 128 * 1024;

	private static final int SEND_BUFFER_SIZE = 1024 * 1024;

	private final WebSocketSession session;

	private final TcpConnections connections;

	Client(WebSocketSession session, TcpConnections connections) {
		session.setTextMessageSizeLimit(MAX_MESSAGE_SIZE);
		session.setBinaryMessageSizeLimit(MAX_MESSAGE_SIZE);
		// Answers and replies to messages are sent by different threads
		this.session = new ConcurrentWebSocketSessionDecorator(session, SEND_TIME_LIMIT, SEND_BUFFER_SIZE);
		this.connections = connections;
	}

	/**
	 * Return the visitor of the connection.
	 * @return the visitor's name, or {@code null} if the client is not the sample's
	 */
	@Nullable String visitor() {
		return this.session.getHandshakeHeaders().getFirst(VISITOR_HEADER);
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
	 * Close the connection.
	 * @param status the close status
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
	 * Stop reading, including pings, without closing.
	 */
	void freeze() {
		this.connections.freeze(this.session.getRemoteAddress());
	}

	/**
	 * Drop the connection without a close frame, as if a cable was cut.
	 */
	void drop() {
		this.connections.drop(this.session.getRemoteAddress());
		// Nothing can be sent any more; this notifies the container
		close(CloseStatus.NO_CLOSE_FRAME);
	}

}
