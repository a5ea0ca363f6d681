package dev.streaming.internal.transport;

import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import jakarta.websocket.WebSocketContainer;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainerProvider;
import org.junit.jupiter.api.AfterEach;

/**
 * Jetty's client ends the connection by itself, with the code that it sends. It tells
 * nobody of 1014, which the API does not know.
 */
class JettyCloseFrameTests extends AbstractCloseFrameTests {

	private WebSocketContainer container;

	@Override
	StreamingWebSocketClient createClient() {
		this.container = JakartaWebSocketClientContainerProvider.getContainer(null);
		return new StreamingWebSocketClient(this.container);
	}

	@Override
	int codeOf(int code) {
		return (code == 1014) ? 1006 : code;
	}

	@Override
	int codeWithBrokenReason(int code) {
		return 1007;
	}

	@Override
	int codeOfBrokenBody(int code) {
		return 1002;
	}

	@AfterEach
	void stopContainer() throws Exception {
		JakartaWebSocketClientContainerProvider.stop(this.container);
	}

}
