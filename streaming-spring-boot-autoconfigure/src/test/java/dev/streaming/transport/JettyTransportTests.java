package dev.streaming.transport;

import dev.streaming.transport.websocket.StreamingWebSocketClient;
import jakarta.websocket.WebSocketContainer;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainerProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

import org.springframework.web.socket.client.WebSocketClient;

/**
 * The transport on Jetty's client.
 */
class JettyTransportTests extends SocketTransportTests {

	private static WebSocketContainer container;

	@BeforeAll
	static void startContainer() {
		container = JakartaWebSocketClientContainerProvider.getContainer(null);
	}

	@AfterAll
	static void stopContainer() throws Exception {
		JakartaWebSocketClientContainerProvider.stop(container);
	}

	@Override
	WebSocketClient client() {
		return new StreamingWebSocketClient(container);
	}

}
