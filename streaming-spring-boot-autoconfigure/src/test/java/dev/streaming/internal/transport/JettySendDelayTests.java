package dev.streaming.internal.transport;

import javax.net.ssl.SSLContext;

import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import jakarta.websocket.WebSocketContainer;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainerProvider;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/**
 * Jetty's client turns TCP_NODELAY on by itself.
 */
class JettySendDelayTests extends AbstractSendDelayTests {

	private WebSocketContainer container;

	@Override
	StreamingWebSocketClient createClient() throws Exception {
		SslContextFactory.Client ssl = new SslContextFactory.Client();
		ssl.setSslContext(certificates.trusting());
		ClientConnector connector = new ClientConnector();
		connector.setSslContextFactory(ssl);
		this.container = JakartaWebSocketClientContainerProvider
			.getContainer(new HttpClient(new HttpClientTransportOverHTTP(connector)));
		return new StreamingWebSocketClient(this.container);
	}

	@Override
	@Nullable SSLContext dialContext() {
		return null;
	}

	@AfterEach
	void stopContainer() throws Exception {
		JakartaWebSocketClientContainerProvider.stop(this.container);
	}

}
