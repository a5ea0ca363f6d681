package dev.streaming.internal.transport;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLContext;

import dev.streaming.internal.transport.websocket.WebSocketClientTransport;
import org.apache.tomcat.websocket.WsWebSocketContainer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.client.WebSocketClient;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The transport on a client that an application has put in the place of ours: the same,
 * but for what only ours can promise.
 */
@Tag("socket")
class PlainClientTransportTests extends TransportContractTests {

	private final WsWebSocketContainer container = new WsWebSocketContainer();

	@Override
	ContractServer createServer() {
		return new RawContractServer();
	}

	@Override
	Transport createTransport() {
		return new WebSocketClientTransport(client(), this::execute, this.timer);
	}

	private WebSocketClient client() {
		StandardWebSocketClient client = new StandardWebSocketClient(this.container);
		client.getUserProperties().put("org.apache.tomcat.websocket.MAX_REDIRECTIONS", "0");
		client.getUserProperties().put("org.apache.tomcat.websocket.IO_TIMEOUT_MS", "1000");
		return client;
	}

	@AfterEach
	void destroy() {
		this.container.destroy();
	}

	@Test
	void anSslContextIsRefusedWithAReason() throws Exception {
		this.transport.dial(new DialRequest(this.server.uri(), Map.of(), List.of(), SSLContext.getDefault(),
				MAX_MESSAGE_SIZE, Duration.ofSeconds(10)), this.listener);
		DialException failure = awaitFailure();
		assertThat(failure.kind()).isEqualTo(DialException.Kind.MALFORMED);
		assertThat(failure).hasMessageContaining("configure it on the client");
	}

}
