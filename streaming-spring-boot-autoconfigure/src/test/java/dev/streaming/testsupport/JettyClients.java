package dev.streaming.testsupport;

import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLContext;

import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import jakarta.websocket.WebSocketContainer;
import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.client.DuplexConnectionPool;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainerProvider;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Clients on Jetty's container. Stopped after the last test of a class if registered in a
 * static field, or by {@link #stop}.
 */
public final class JettyClients implements AfterAllCallback {

	private static final int MAX_CONNECTIONS = 64;

	private final List<WebSocketContainer> containers = new ArrayList<>();

	private @Nullable WebSocketContainer shared;

	/**
	 * Return a client on the one container of the class.
	 * @return the client
	 */
	public StreamingWebSocketClient client() {
		if (this.shared == null) {
			this.shared = started(new ClientConnector());
		}
		return new StreamingWebSocketClient(this.shared);
	}

	/**
	 * Return a client on a container of its own. Jetty takes trust and keys for all
	 * connections of a container.
	 * @param sslContext trust and keys
	 * @return the client
	 */
	public StreamingWebSocketClient client(SSLContext sslContext) {
		SslContextFactory.Client ssl = new SslContextFactory.Client();
		ssl.setSslContext(sslContext);
		ClientConnector connector = new ClientConnector();
		connector.setSslContextFactory(ssl);
		return new StreamingWebSocketClient(started(connector));
	}

	private WebSocketContainer started(ClientConnector connector) {
		HttpClientTransportOverHTTP transport = new HttpClientTransportOverHTTP(connector);
		transport.setConnectionPoolFactory((destination) -> new OneForEachRequest(destination, MAX_CONNECTIONS));
		WebSocketContainer container = JakartaWebSocketClientContainerProvider.getContainer(new HttpClient(transport));
		this.containers.add(container);
		return container;
	}

	@Override
	public void afterAll(ExtensionContext context) throws Exception {
		stop();
	}

	public void stop() throws Exception {
		this.shared = null;
		for (WebSocketContainer container : this.containers) {
			JakartaWebSocketClientContainerProvider.stop(container);
		}
		this.containers.clear();
	}

	/**
	 * Pool that opens a connection for each request that finds none, and no other.
	 * Jetty's own also opens one for a request that still waits when its connection is
	 * ready: if the thread of the request is faster than that of the connection, which is
	 * a matter of luck, a spare connection without a request stays open for 30 s. Tests
	 * count the connections of their server.
	 */
	static class OneForEachRequest extends DuplexConnectionPool {

		OneForEachRequest(Destination destination, int maxConnections) {
			super(destination, maxConnections);
		}

		@Override
		protected void tryCreate(boolean create) {
			if (create) {
				super.tryCreate(true);
			}
		}

	}

}
