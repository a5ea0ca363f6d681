package dev.streaming.internal.transport;

import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;

/**
 * Tomcat's client ends the handshake at an interim answer.
 */
class TomcatHandshakeAnswerTests extends AbstractHandshakeAnswerTests {

	@Override
	Transport createTransport() {
		return on(new StreamingWebSocketClient());
	}

	@Override
	void assertInterim(int status) {
		assertInterimIsNamed(status);
	}

}
