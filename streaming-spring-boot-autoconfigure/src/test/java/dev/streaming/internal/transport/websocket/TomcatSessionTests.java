package dev.streaming.internal.transport.websocket;

import java.net.StandardSocketOptions;
import java.nio.channels.AsynchronousSocketChannel;
import java.util.List;
import java.util.Map;

import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.Rule;
import org.apache.tomcat.websocket.Constants;
import org.apache.tomcat.websocket.WsSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link TomcatSession}.
 */
@Timeout(30)
@Tag("socket")
class TomcatSessionTests {

	private final StreamingWebSocketClient client = new StreamingWebSocketClient();

	private RawWebSocketServer server;

	private WebSocketSession session;

	private WsSession tomcats;

	private NativeSession socket;

	@BeforeEach
	void connect() throws Exception {
		this.server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.awaitEnd();
		});
		this.session = this.client.connect(new TextWebSocketHandler(), new HttpHeaders(), this.server.uri(), List.of(),
				List.of(), Map.of());
		this.tomcats = ((NativeWebSocketSession) this.session).getNativeSession(WsSession.class);
		this.socket = NativeSession.of(this.session);
	}

	@AfterEach
	void stop() {
		this.client.destroy();
		this.server.close();
	}

	@Test
	void onlyOurOwnWritesMayTakeLong() {
		assertThat(this.socket).isInstanceOf(TomcatSession.class);
		assertThat(sendTimeout()).isEqualTo(20_000L);
		this.socket.beforeWrite();
		assertThat(sendTimeout()).isEqualTo(600_000L);
		this.socket.afterWrite();
		assertThat(sendTimeout()).isEqualTo(20_000L);
		assertThat(closeTimeout()).isNull();
		this.socket.beforeClose();
		assertThat(sendTimeout()).isEqualTo(600_000L);
		assertThat(closeTimeout()).isEqualTo(600_000L);
	}

	@Test
	@Rule("N2")
	void theSocketSendsWithoutDelay() throws Exception {
		AsynchronousSocketChannel channel = (AsynchronousSocketChannel) new TomcatFrames(this.tomcats).socket();
		assertThat(channel).isNotNull();
		assertThat(channel.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
	}

	@Test
	void aSocketThatIsGoneNeedsNoOption() throws Exception {
		AsynchronousSocketChannel closed = AsynchronousSocketChannel.open();
		closed.close();
		assertThatNoException().isThrownBy(() -> TomcatSession.enableTcpNoDelay(closed));
		assertThatNoException().isThrownBy(() -> TomcatSession.enableTcpNoDelay(null));
	}

	@Test
	void dropsAnOpenSession() throws Exception {
		this.socket.abort();
		assertThat(this.socket.isGone()).isTrue();
	}

	@Test
	void dropsASessionWhoseCloseIsNotAnswered() throws Exception {
		this.session.close();
		assertThat(this.socket.isGone()).isFalse();
		this.socket.abort();
		assertThat(this.socket.isGone()).isTrue();
	}

	private Object sendTimeout() {
		return this.tomcats.getUserProperties().get(Constants.BLOCKING_SEND_TIMEOUT_PROPERTY);
	}

	private Object closeTimeout() {
		return this.tomcats.getUserProperties().get(Constants.ABNORMAL_SESSION_CLOSE_SEND_TIMEOUT_PROPERTY);
	}

}
