package dev.streaming.internal.connection;

import java.util.concurrent.Executor;

import javax.net.ssl.SSLContext;

import dev.streaming.Conn;
import dev.streaming.ConnectFailedException;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.websocket.WebSocketClientTransport;
import dev.streaming.testsupport.JettyClients;
import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.TestCertificates;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * TLS on Jetty's client, which takes the context of its HTTP client.
 */
class JettyTlsTests extends AbstractTlsTests {

	@RegisterExtension
	static final JettyClients JETTY = new JettyClients();

	@Override
	public Transport transport(Executor blockingExecutor, Scheduler scheduler) {
		return new WebSocketClientTransport(JETTY.client(), blockingExecutor, scheduler);
	}

	@Override
	public Conn conn(String url, SSLContext sslContext) {
		use(JETTY.client(sslContext));
		return conn(url);
	}

	@Test
	void contextOfOneConnectionIsRefusedWithAnAction() throws Exception {
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

}
