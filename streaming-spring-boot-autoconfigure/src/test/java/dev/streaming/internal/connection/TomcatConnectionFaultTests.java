package dev.streaming.internal.connection;

import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;

/**
 * Faults of a server on an open connection on Tomcat's client, the default.
 */
class TomcatConnectionFaultTests extends AbstractConnectionFaultTests {

	@Override
	public StreamingWebSocketClient client() {
		return new StreamingWebSocketClient();
	}

}
