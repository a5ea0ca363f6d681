package dev.streaming.internal.connection;

import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import dev.streaming.testsupport.JettyClients;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Faults of the dial on Jetty's client, the drop-in.
 */
class JettyDialFaultTests extends AbstractDialFaultTests {

	@RegisterExtension
	static final JettyClients JETTY = new JettyClients();

	@Override
	public StreamingWebSocketClient client() {
		return JETTY.client();
	}

}
