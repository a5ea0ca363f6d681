package dev.streaming;

import dev.streaming.transport.websocket.StreamingWebSocketClient;

/**
 * Faults on Tomcat's client, the default.
 */
class TomcatFaultTests extends AbstractFaultTests {

	@Override
	StreamingWebSocketClient client() {
		return new StreamingWebSocketClient();
	}

}
