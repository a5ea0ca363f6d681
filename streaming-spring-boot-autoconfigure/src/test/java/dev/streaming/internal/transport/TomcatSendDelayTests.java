package dev.streaming.internal.transport;

import javax.net.ssl.SSLContext;

import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;

/**
 * Tomcat's client leaves TCP_NODELAY off; {@code TomcatSession} turns it on.
 */
class TomcatSendDelayTests extends AbstractSendDelayTests {

	@Override
	Transport createTransport() {
		return on(new StreamingWebSocketClient());
	}

	@Override
	SSLContext dialContext() throws Exception {
		return certificates.trusting();
	}

}
