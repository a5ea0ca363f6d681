package dev.streaming.internal.connection;

import java.util.concurrent.Executor;

import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.websocket.WebSocketClientTransport;
import dev.streaming.testsupport.JettyClients;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Faults of a server on an open connection on Jetty's client, the drop-in.
 */
class JettyConnectionFaultTests extends AbstractConnectionFaultTests {

	@RegisterExtension
	static final JettyClients JETTY = new JettyClients();

	@Override
	public Transport transport(Executor blockingExecutor, Scheduler scheduler) {
		return new WebSocketClientTransport(JETTY.client(), blockingExecutor, scheduler);
	}

}
