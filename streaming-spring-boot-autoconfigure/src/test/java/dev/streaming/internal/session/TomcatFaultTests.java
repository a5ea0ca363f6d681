package dev.streaming.internal.session;

import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;

/**
 * Faults on Tomcat's client, the default.
 */
class TomcatFaultTests extends AbstractFaultTests {

	@Override
	public StreamingWebSocketClient client() {
		return new StreamingWebSocketClient();
	}

}
