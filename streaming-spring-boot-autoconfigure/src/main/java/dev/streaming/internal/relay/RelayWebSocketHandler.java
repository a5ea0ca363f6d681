package dev.streaming.internal.relay;

import java.nio.ByteBuffer;

import dev.streaming.relay.RelayHandshake;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;

/**
 * {@link org.springframework.web.socket.WebSocketHandler} of the relay's endpoint.
 */
public final class RelayWebSocketHandler extends AbstractWebSocketHandler {

	private static final Logger logger = LoggerFactory.getLogger(RelayWebSocketHandler.class);

	private static final String LINK = BrowserLink.class.getName();

	private final Relays relays;

	/**
	 * Create an endpoint.
	 * @param relays the registry of relays
	 */
	public RelayWebSocketHandler(Relays relays) {
		this.relays = relays;
	}

	@Override
	public void afterConnectionEstablished(WebSocketSession session) {
		if (!(session.getAttributes().get(DefaultRelayHandshake.ATTRIBUTE) instanceof RelayHandshake handshake)) {
			throw new IllegalStateException("The handshake did not pass the interceptors of the relay");
		}
		RelaySettings settings = this.relays.environment().settings();
		session.setTextMessageSizeLimit(settings.maxMessageSize());
		session.setBinaryMessageSizeLimit(settings.maxMessageSize());
		BrowserLink link = new BrowserLink(this.relays, handshake,
				new SpringBrowserSocket(session, settings.sendTimeout()));
		session.getAttributes().put(LINK, link);
		link.opened();
	}

	@Override
	protected void handleTextMessage(WebSocketSession session, TextMessage message) {
		BrowserLink link = link(session);
		if (link != null) {
			link.text(message.getPayload(), message.getPayloadLength());
		}
	}

	@Override
	protected void handleBinaryMessage(WebSocketSession session, BinaryMessage message) {
		BrowserLink link = link(session);
		if (link != null) {
			ByteBuffer payload = message.getPayload();
			byte[] bytes = new byte[payload.remaining()];
			payload.get(bytes);
			link.binary(bytes);
		}
	}

	@Override
	protected void handlePongMessage(WebSocketSession session, PongMessage message) {
		BrowserLink link = link(session);
		if (link != null) {
			link.pong();
		}
	}

	@Override
	public void handleTransportError(WebSocketSession session, Throwable exception) {
		// Followed by the end
		logger.atTrace().setCause(exception).log("The WebSocket of a browser has failed");
	}

	@Override
	public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
		BrowserLink link = link(session);
		if (link != null) {
			link.ended();
		}
	}

	private static @Nullable BrowserLink link(WebSocketSession session) {
		return (session.getAttributes().get(LINK) instanceof BrowserLink link) ? link : null;
	}

}
