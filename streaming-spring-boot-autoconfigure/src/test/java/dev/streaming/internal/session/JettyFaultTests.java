package dev.streaming.internal.session;

import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import jakarta.websocket.WebSocketContainer;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainerProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Faults on Jetty's client, the drop-in.
 */
class JettyFaultTests extends AbstractFaultTests {

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
	public StreamingWebSocketClient client() {
		return new StreamingWebSocketClient(container);
	}

}
