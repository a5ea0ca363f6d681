package dev.streaming.internal.transport;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLContext;

import dev.streaming.ProxySettings;
import dev.streaming.TransportType;
import dev.streaming.testsupport.JettyClients;
import dev.streaming.testsupport.RawWebSocketServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.client.WebSocketClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The transport on Jetty's client.
 */
class JettyTransportTests extends ClientTransportTests {

	@RegisterExtension
	static final JettyClients JETTY = new JettyClients();

	@Override
	WebSocketClient createClient() {
		return JETTY.client();
	}

	@Override
	void assertFreed(RawWebSocketServer raw) {
		// Jetty keeps the socket until its HTTP client's idle timeout
	}

	@Test
	void anSslContextIsRefusedWithAReason() throws Exception {
		this.transport.dial(new DialRequest(this.server.uri(), Map.of(), List.of(), SSLContext.getDefault(),
				MAX_MESSAGE_SIZE, Duration.ofSeconds(10)), this.listener);
		DialException failure = awaitFailure();
		assertThat(failure.kind()).isEqualTo(DialException.Kind.MALFORMED);
		assertThat(failure).hasMessageContaining("SSL context");
	}

	@Test
	void aProxyIsRefusedWithAReason() {
		this.transport.dial(new DialRequest(this.server.uri(), Map.of(), List.of(), null, MAX_MESSAGE_SIZE,
				Duration.ofSeconds(10), TransportType.STANDARD, "",
				ProxySettings.http("localhost", 3128).credentials("joe", "s3cret"), false), this.listener);
		DialException failure = awaitFailure();
		assertThat(failure.kind()).isEqualTo(DialException.Kind.MALFORMED);
		assertThat(failure).hasMessageContaining("proxy").hasMessageNotContaining("s3cret");
	}

	@Test
	void aHostWithoutProxyIsDialed() {
		this.transport.dial(
				new DialRequest(this.server.uri(), Map.of(), List.of(), null, MAX_MESSAGE_SIZE, Duration.ofSeconds(10),
						TransportType.STANDARD, "", ProxySettings.http("localhost", 3128).nonProxyHosts("*"), false),
				this.listener);
		eventually(() -> assertThat(this.listener.connection()).isNotNull());
	}

	@Test
	void theCodeOfThePeersAnswerIsReported() {
		RawContractServer.Peer peer = openRaw();
		peer.answerClose(false);
		peer.onClose(() -> peer.close(new CloseStatus(4002, "no")));
		connection().close(CloseStatus.NORMAL);
		assertThat(awaitEnd().code()).isEqualTo(4002);
	}

}
