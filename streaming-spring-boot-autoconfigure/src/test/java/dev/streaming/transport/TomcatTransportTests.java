package dev.streaming.transport;

import dev.streaming.transport.websocket.StreamingWebSocketClient;
import org.junit.jupiter.api.AfterEach;

import org.springframework.web.socket.client.WebSocketClient;

/**
 * The transport on Tomcat's client.
 */
class TomcatTransportTests extends SocketTransportTests {

	private final StreamingWebSocketClient client = new StreamingWebSocketClient();

	@Override
	WebSocketClient client() {
		return this.client;
	}

	@AfterEach
	void destroy() {
		this.client.destroy();
	}

}
