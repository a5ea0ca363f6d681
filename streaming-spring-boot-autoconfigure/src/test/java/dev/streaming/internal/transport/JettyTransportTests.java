package dev.streaming.internal.transport;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLContext;

import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import dev.streaming.testsupport.RawWebSocketServer;
import jakarta.websocket.WebSocketContainer;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainerProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.client.WebSocketClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The transport on Jetty's client.
 */
class JettyTransportTests extends SocketTransportTests {

	private static WebSocketContainer container;

	@BeforeAll
	static void startContainer() {
		container = JakartaWebSocketClientContainerProvider.getContainer(null);
	}

	@AfterAll
	static void stopContainer() throws Exception {
		JakartaWebSocketClientContainerProvider.stop(container);
	}

	@Override
	WebSocketClient createClient() {
		return new StreamingWebSocketClient(container);
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
	void theCodeOfThePeersAnswerIsReported() {
		RawContractServer.Peer peer = openRaw();
		peer.answerClose(false);
		peer.onClose(() -> peer.close(new CloseStatus(4002, "no")));
		connection().close(CloseStatus.NORMAL);
		assertThat(awaitEnd().code()).isEqualTo(4002);
	}

}
