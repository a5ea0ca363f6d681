package dev.streaming;

import dev.streaming.transport.websocket.StreamingWebSocketClient;

/**
 * Faults of the dial on Tomcat's client, the default.
 */
class TomcatDialFaultTests extends AbstractDialFaultTests {

	@Override
	StreamingWebSocketClient client() {
		return new StreamingWebSocketClient();
	}

}
