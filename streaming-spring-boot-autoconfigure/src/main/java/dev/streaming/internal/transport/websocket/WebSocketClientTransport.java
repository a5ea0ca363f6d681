package dev.streaming.internal.transport.websocket;

import java.util.concurrent.Executor;

import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.transport.DialRequest;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.TransportListener;

import org.springframework.web.socket.client.WebSocketClient;

/**
 * {@link Transport} on Spring's {@link WebSocketClient}, intended for a
 * {@link StreamingWebSocketClient}. With another client, the dial uses threads of that
 * client, which cannot be interrupted, and the client is responsible for redirects,
 * timeouts and TLS.
 * <p>
 * Every dial and every write runs on the blocking executor. Messages are delivered on the
 * container's reading thread, which is blocked while the listener has paused, or on the
 * dialing thread if they were received in one packet with the response to the upgrade.
 */
public final class WebSocketClientTransport implements Transport {

	private final WebSocketClient client;

	private final TransportResources resources;

	/**
	 * Create a transport.
	 * @param client the client
	 * @param blockingExecutor the executor for dials and writes; a small pool should be
	 * avoided, in which a stalled write delays other tasks
	 * @param timer the scheduler for short checks while a connection ends and, with
	 * Tomcat's client, a check of all connections five times a second
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
