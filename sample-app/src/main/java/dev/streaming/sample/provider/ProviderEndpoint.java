package dev.streaming.sample.provider;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;

/**
 * WebSocket endpoint with one conversation for each client.
 */
class ProviderEndpoint extends AbstractWebSocketHandler {

	private static final Logger logger = LoggerFactory.getLogger(ProviderEndpoint.class);

	private final Map<String, Conversation> conversations = new ConcurrentHashMap<>();

	private final EmbeddedProvider provider;

	private final TcpConnections connections;

	private final Function<Client, Conversation> factory;

	ProviderEndpoint(EmbeddedProvider provider, TcpConnections connections, Function<Client, Conversation> factory) {
		this.provider = provider;
		this.connections = connections;
		this.factory = factory;
	}

	@Override
	public void afterConnectionEstablished(WebSocketSession session) {
		Conversation conversation = this.factory.apply(new Client(session, this.connections));
		this.conversations.put(session.getId(), conversation);
		this.provider.add(conversation);
		logger.info("A client has connected to {}", session.getUri());
		conversation.open();
	}

	@Override
	protected void handleTextMessage(WebSocketSession session, TextMessage message) {
		receive(session, message.getPayload());
	}

	@Override
	protected void handleBinaryMessage(WebSocketSession session, BinaryMessage message) {
		receive(session, StandardCharsets.UTF_8.decode(message.getPayload()).toString());
	}

	private void receive(WebSocketSession session, String payload) {
		Conversation conversation = this.conversations.get(session.getId());
		if (conversation != null) {
			conversation.receive(payload);
		}
	}

	@Override
	public void handleTransportError(WebSocketSession session, Throwable exception) {
		logger.debug("The transport failed", exception);
	}

	@Override
	public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
		Conversation conversation = this.conversations.remove(session.getId());
		if (conversation != null) {
			this.provider.remove(conversation);
			conversation.closed();
			logger.info("A client has gone: {} {}", status.getCode(),
					(status.getReason() != null) ? status.getReason() : "");
		}
	}

}
