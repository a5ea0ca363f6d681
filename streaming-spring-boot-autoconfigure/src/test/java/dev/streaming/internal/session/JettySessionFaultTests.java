package dev.streaming.internal.session;

import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import dev.streaming.testsupport.JettyClients;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Faults of a server on Jetty's client, the drop-in.
 */
class JettySessionFaultTests extends AbstractSessionFaultTests {

	@RegisterExtension
	static final JettyClients JETTY = new JettyClients();

	@Override
	public StreamingWebSocketClient client() {
		return JETTY.client();
	}

}
