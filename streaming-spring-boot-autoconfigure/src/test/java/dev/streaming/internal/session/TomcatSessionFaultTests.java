package dev.streaming.internal.session;

import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;

/**
 * Faults of a server on Tomcat's client, the default.
 */
class TomcatSessionFaultTests extends AbstractSessionFaultTests {

	@Override
	public StreamingWebSocketClient client() {
		return new StreamingWebSocketClient();
	}

}
