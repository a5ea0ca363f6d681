package dev.streaming.internal.connection;

import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLContext;

import dev.streaming.Conn;
import dev.streaming.ConnectFailedException;
import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.TestCertificates;
import jakarta.websocket.WebSocketContainer;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainerProvider;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * TLS on Jetty's client, which takes the context of its HTTP client.
 */
class JettyTlsTests extends AbstractTlsTests {

	private final List<WebSocketContainer> containers = new ArrayList<>();

	@AfterEach
	void stopContainers() throws Exception {
		for (WebSocketContainer container : this.containers) {
			JakartaWebSocketClientContainerProvider.stop(container);
		}
	}

	@Override
	public StreamingWebSocketClient client() {
		return client(null);
	}

	@Override
	public Conn conn(String url, SSLContext sslContext) {
		use(client(sslContext));
		return conn(url);
	}

	@Test
	void contextOfOneConnectionIsRefusedWithWhatToDo() throws Exception {
		SSLContext own = certificates.trusting();
		try (RawWebSocketServer server = RawWebSocketServer.start(certificates.server(TestCertificates.LOCALHOST),
				(connection) -> {
				})) {
			Conn unable = conn(url(server), (builder) -> builder.sslContext(own));
			assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(unable::connectWithRetry)
				.withMessageContaining("configure the container's own HTTP client")
				.satisfies((ex) -> assertThat(ex.isRetryable()).isFalse());
			assertThat(server.connections()).isZero();
		}
	}

	private StreamingWebSocketClient client(@Nullable SSLContext sslContext) {
		SslContextFactory.Client ssl = new SslContextFactory.Client();
		if (sslContext != null) {
			ssl.setSslContext(sslContext);
		}
		ClientConnector connector = new ClientConnector();
		connector.setSslContextFactory(ssl);
		WebSocketContainer container = JakartaWebSocketClientContainerProvider
			.getContainer(new HttpClient(new HttpClientTransportOverHTTP(connector)));
		this.containers.add(container);
		return new StreamingWebSocketClient(container);
	}

}
