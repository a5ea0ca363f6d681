package dev.streaming.internal.connection;

import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import dev.streaming.testsupport.JettyClients;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Faults of a server on an open connection on Jetty's client, the drop-in.
 */
class JettyConnectionFaultTests extends AbstractConnectionFaultTests {

	@RegisterExtension
	static final JettyClients JETTY = new JettyClients();

	@Override
	public StreamingWebSocketClient client() {
		return JETTY.client();
	}

}
