package dev.streaming.internal.transport;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import javax.net.ssl.SSLContext;

import dev.streaming.internal.transport.Transport.Dialing;
import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import dev.streaming.testsupport.RawFrame;
import dev.streaming.testsupport.RawWebSocketConnection;
import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.TestCertificates;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.client.WebSocketClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * The transport on Tomcat's client, the default.
 */
class TomcatTransportTests extends ClientTransportTests {

	private static TestCertificates certificates;

	@Override
	WebSocketClient createClient() {
		return new StreamingWebSocketClient();
	}

	@AfterEach
	void destroy() {
		((StreamingWebSocketClient) this.client).destroy();
	}

	@BeforeAll
	static void createCertificates(@TempDir Path directory) throws Exception {
		certificates = TestCertificates.create(directory);
	}

	private RawWebSocketServer serveTls(String host, RawWebSocketServer.Script script) throws Exception {
		RawWebSocketServer started = RawWebSocketServer.start(certificates.server(host), script);
		this.servers.add(started);
		return started;
	}

	private Dialing dialTls(URI uri, @Nullable SSLContext context) {
		return this.transport.dial(
				new DialRequest(uri, Map.of(), List.of(), context, MAX_MESSAGE_SIZE, Duration.ofSeconds(10)),
				this.listener);
	}

	@Test
	void givingUpADialFreesItsSocketAtOnce() {
		RawWebSocketServer raw = serve((connection) -> {
			connection.request();
			connection.awaitEnd();
		});
		Dialing dialing = dial(raw.uri());
		eventually(() -> assertThat(raw.openConnections()).isOne());
		dialing.abort();
		awaitFailure();
		eventually(() -> assertThat(raw.openConnections()).isZero());
	}

	@Test
	void givingUpADialThatDripsFreesItsSocketAtOnce() {
		CountDownLatch begun = new CountDownLatch(1);
		RawWebSocketServer raw = serve((connection) -> {
			connection.request();
			begun.countDown();
			connection.drip(utf8("HTTP/1.1 101 Switching Protocols\r\nX-Long: " + "x".repeat(5000)),
					Duration.ofMillis(5));
		});
		Dialing dialing = dial(raw.uri());
		Awaitility.await().until(() -> begun.getCount() == 0);
		dialing.abort();
		awaitFailure();
		eventually(() -> assertThat(raw.openConnections()).isZero());
	}

	@Test
	void givingUpADialInTheTlsHandshakeFreesItsSocketAtOnce() {
		RawWebSocketServer silent = serve(RawWebSocketConnection::awaitEnd);
		Dialing dialing = dial(URI.create("wss://localhost:" + silent.port() + "/"));
		eventually(() -> assertThat(silent.openConnections()).isOne());
		dialing.abort();
		awaitFailure();
		eventually(() -> assertThat(silent.openConnections()).isZero());
	}

	@Test
	void eachStepOfADialHasTheRequestsTimeout() {
		RawWebSocketServer raw = serve((connection) -> {
			connection.request();
			connection.awaitEnd();
		});
		long started = System.nanoTime();
		this.transport.dial(new DialRequest(raw.uri("/?key=" + SECRET), Map.of(), List.of(), null, MAX_MESSAGE_SIZE,
				Duration.ofMillis(200)), this.listener);
		DialException failure = awaitFailure();
		// One second more than the request's; Tomcat's own is five seconds
		assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(4));
		assertThat(failure.kind()).isEqualTo(DialException.Kind.TIMEOUT);
		assertThat(failure).hasMessageContaining("did not answer in time");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "HTTP/1.1 101 Switching", "HTTP/1.1 503 No\r\n" })
	void aServerThatEndsTheHandshakeIsTheNetwork(String beginning) {
		dial(serve((connection) -> {
			connection.request();
			connection.write(utf8(beginning));
		}).uri());
		assertThat(awaitFailure().kind()).isEqualTo(DialException.Kind.NETWORK);
	}

	@Test
	void aUrlThatIsTooLongIsMalformed() {
		dial(URI.create(this.server.uri() + "?" + "x".repeat(5000)));
		DialException failure = awaitFailure();
		assertThat(failure.kind()).isEqualTo(DialException.Kind.MALFORMED);
		assertThat(failure).hasMessageContaining("longer than");
		assertThat(this.server.dials()).isZero();
	}

	@Test
	void longHeadersAreSent() {
		RawWebSocketServer raw = serve((connection) -> {
			assertThat(connection.request().header("Authorization")).hasSize(20_000);
			connection.upgrade();
			connection.echo();
		});
		this.transport.dial(new DialRequest(raw.uri(), Map.of("Authorization", List.of("x".repeat(20_000))), List.of(),
				null, MAX_MESSAGE_SIZE, Duration.ofSeconds(10)), this.listener);
		awaitOpen();
	}

	@Test
	void aServerThatIsTrustedIsSpokenToOverTls() throws Exception {
		RawWebSocketServer raw = serveTls(TestCertificates.LOCALHOST, (connection) -> {
			connection.upgrade(RawFrame.text("greeting"));
			connection.echo();
		});
		dialTls(raw.uri(), certificates.trusting());
		awaitOpen();
		send(connection().sendText("x".repeat(100_000)).toCompletableFuture());
		eventually(() -> assertThat(this.listener.messages()).hasSize(2));
		assertThat(this.listener.texts().get(1)).hasSize(100_000);
		connection().close(CloseStatus.NORMAL);
		assertThat(awaitEnd().code()).isEqualTo(1000);
		eventually(() -> assertThat(raw.openConnections()).isZero());
	}

	@Test
	void aTlsConnectionIsLostAndDropped() throws Exception {
		RawWebSocketServer raw = serveTls(TestCertificates.LOCALHOST, (connection) -> {
			connection.upgrade();
			connection.stall();
		});
		dialTls(raw.uri(), certificates.trusting());
		awaitOpen();
		CompletableFuture<Void> stalled = stall();
		connection().abort();
		assertThat(stalled).failsWithin(Duration.ofSeconds(5));
		assertThat(awaitEnd().code()).isEqualTo(1006);
	}

	@Test
	void aServerThatEndsATlsConnectionIsLost() throws Exception {
		RawWebSocketServer raw = serveTls(TestCertificates.LOCALHOST,
				(connection) -> connection.upgrade(RawFrame.text("last")));
		dialTls(raw.uri(), certificates.trusting());
		assertThat(awaitEnd().code()).isEqualTo(1006);
		assertThat(this.listener.texts()).containsExactly("last");
	}

	@Test
	void aServerThatIsNotTrustedFailsTheDial() throws Exception {
		dialTls(serveTls(TestCertificates.LOCALHOST, RawWebSocketConnection::upgrade).uri("/?key=" + SECRET), null);
		DialException failure = awaitFailure();
		assertThat(failure.kind()).isEqualTo(DialException.Kind.UNTRUSTED);
		assertThat(failure).hasStackTraceContaining("CertPath").hasMessageNotContaining(SECRET);
	}

	@Test
	void aServerWithTheCertificateOfAnotherHostFailsTheDial() throws Exception {
		dialTls(serveTls(TestCertificates.OTHER_HOST, RawWebSocketConnection::upgrade).uri(), certificates.trusting());
		assertThat(awaitFailure().kind()).isEqualTo(DialException.Kind.UNTRUSTED);
	}

	@Test
	void aServerWithoutTlsFailsATlsDial() {
		dial(URI.create("wss://localhost:" + serve((connection) -> connection.write(utf8("no TLS here\r\n"))).port()));
		assertThat(awaitFailure().kind()).isEqualTo(DialException.Kind.NETWORK);
	}

	@Test
	void tlsSessionsAreResumed() throws Exception {
		SSLContext context = certificates.trusting();
		RawWebSocketServer raw = serveTls(TestCertificates.LOCALHOST, (connection) -> {
			connection.upgrade();
			connection.echo();
		});
		for (int i = 0; i < 2; i++) {
			RecordingListener each = new RecordingListener();
			this.transport.dial(
					new DialRequest(raw.uri(), Map.of(), List.of(), context, MAX_MESSAGE_SIZE, Duration.ofSeconds(10)),
					each);
			eventually(() -> assertThat(each.connection()).isNotNull());
			each.connection().close(CloseStatus.NORMAL);
			eventually(() -> assertThat(each.ends()).hasSize(1));
		}
		assertThat(context.getClientSessionContext().getIds().hasMoreElements()).isTrue();
	}

	@Test
	void closingEndsWhenThePeerDropsWithoutAnswer() {
		RawContractServer.Peer peer = openRaw();
		peer.answerClose(false);
		peer.onClose(peer::drop);
		connection().close(CloseStatus.NORMAL);
		assertThat(awaitEnd().code()).isEqualTo(CloseStatus.NORMAL.getCode());
	}

	@Test
	void aDestroyedClientCanBeUsedAgain() {
		((StreamingWebSocketClient) this.client).destroy();
		assertThatNoException().isThrownBy(this::open);
	}

}
