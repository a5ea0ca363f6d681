package dev.streaming.internal.transport.websocket;

import java.util.concurrent.Executor;

import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.transport.DialRequest;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.TransportListener;

import org.springframework.web.socket.client.WebSocketClient;

/**
 * The transport on Spring's {@link WebSocketClient}, made for a
 * {@link StreamingWebSocketClient}. With another client the dial runs as that client
 * chooses: its threads cannot be interrupted, and redirects, timeouts and TLS are its own
 * affair.
 * <p>
 * Every dial and every write runs on the blocking executor, for as long as it blocks.
 * Messages are delivered on the container's reading thread, which is blocked while the
 * listener has paused; those that come in one packet with the answer to the upgrade, on
 * the dial's thread.
 */
public final class WebSocketClientTransport implements Transport {

	private final WebSocketClient client;

	private final TransportResources resources;

	/**
	 * Create a transport.
	 * @param client makes the connections
	 * @param blockingExecutor runs dials and writes; it should not make a task wait for
	 * another, as a small pool would: a stalled write then holds up the others
	 * @param timer sets off short checks while a connection ends and, with Tomcat's
	 * client, five times a second one of all connections
	 */
	public WebSocketClientTransport(WebSocketClient client, Executor blockingExecutor, Scheduler timer) {
		this.client = client;
		this.resources = new TransportResources(blockingExecutor, timer);
	}

	@Override
	public Dialing dial(DialRequest request, TransportListener listener) {
		DialTask task = new DialTask(this.client, this.resources, request, listener);
		task.start();
		return task;
	}

}
