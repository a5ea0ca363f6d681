package dev.streaming.internal.connection;

import java.util.concurrent.Executor;

import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import dev.streaming.internal.transport.websocket.WebSocketClientTransport;

/**
 * Faults of a server on an open connection on Tomcat's client, the default.
 */
class TomcatConnectionFaultTests extends AbstractConnectionFaultTests {

	@Override
	public Transport transport(Executor blockingExecutor, Scheduler scheduler) {
		return new WebSocketClientTransport(new StreamingWebSocketClient(), blockingExecutor, scheduler);
	}

}
