package dev.streaming.internal.connection;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.streaming.Conn;
import dev.streaming.Conn.State;
import dev.streaming.ConnectFailedException;
import dev.streaming.testsupport.AbstractSocketTests;
import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Dials of faulty servers, over real sockets.
 */
abstract class AbstractDialFaultTests extends AbstractSocketTests {

	@StartStop
	final MockWebServer mockServer = new MockWebServer();

	@ParameterizedTest
	@ValueSource(ints = { 400, 401, 403, 404, 410, 422, 501 })
	@Rule("C2")
	void permanentRefusalIsNotRetried(int status) {
		this.mockServer.enqueue(new MockResponse.Builder().code(status).build());
		Conn refused = conn("ws://localhost:" + this.mockServer.getPort() + "/live?key=s3cret-query");
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(refused::connectWithRetry)
			.satisfies((ex) -> {
				assertThat(ex.statusCode()).hasValue(status);
				assertThat(ex.attempts()).isEqualTo(1);
				assertNoSecret(ex);
			});
		assertThat(this.mockServer.getRequestCount()).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 429, 500, 502, 503 })
	void refusalThatPassesIsRetried(int status) throws Exception {
		this.mockServer.enqueue(new MockResponse.Builder().code(status).build());
		this.mockServer.enqueue(new MockResponse.Builder().webSocketUpgrade(new AnsweringListener()).build());
		Conn retried = conn("ws://localhost:" + this.mockServer.getPort() + "/live");
		retried.connectWithRetry();
		assertThat(retried.isConnected()).isTrue();
		retried.close();
		assertThat(this.mockServer.getRequestCount()).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(ints = { 301, 302, 303, 307, 308 })
	@Rule("C2")
	void redirectIsNotFollowedAndItsTargetNotQuoted(int status) {
		MockWebServer target = new MockWebServer();
		try (target) {
			target.start();
			this.mockServer.enqueue(new MockResponse.Builder().code(status)
				.addHeader("Location", "http://localhost:" + target.getPort() + "/evil")
				.build());
			Conn redirected = conn("ws://localhost:" + this.mockServer.getPort() + "/live");
			assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(redirected::connectWithRetry)
				.satisfies((ex) -> {
					assertThat(ex.attempts()).isEqualTo(1);
					assertNoSecret(ex);
				});
			assertThat(target.getRequestCount()).isZero();
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	@Test
	void serverThatDropsTheHandshakeIsAFailedDial() {
		this.mockServer.enqueue(new MockResponse.Builder().onRequestStart(new SocketEffect.CloseSocket()).build());
		Conn dropped = conn("ws://localhost:" + this.mockServer.getPort() + "/live?key=s3cret-query");
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(dropped::connect).satisfies((ex) -> {
			assertThat(ex.isRetryable()).isTrue();
			assertNoSecret(ex);
		});
	}

	/**
	 * The page that a gateway sends with its refusal takes longer than the dial may.
	 */
	@Test
	void refusalWhoseBodyIsThrottledIsAFailedDialInTime() {
		throttledRefusal();
		Conn refused = conn("ws://localhost:" + this.mockServer.getPort() + "/live?key=s3cret-query",
				(builder) -> builder.dialTimeout(Duration.ofSeconds(2)));
		long started = System.nanoTime();
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(refused::connect)
			.satisfies(AbstractSocketTests::assertNoSecret);
		assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(10));
	}

	void throttledRefusal() {
		this.mockServer.enqueue(new MockResponse.Builder().code(401)
			.body("x".repeat(100_000))
			.throttleBody(100, 100, TimeUnit.MILLISECONDS)
			.build());
	}

	@Test
	@Rule("C1")
	void serverThatStallsTheHandshakeRunsIntoTheDialTimeout() {
		this.mockServer.enqueue(new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build());
		Conn stalled = conn("ws://localhost:" + this.mockServer.getPort() + "/live",
				(builder) -> builder.dialTimeout(Duration.ofMillis(300)));
		long started = System.nanoTime();
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(stalled::connect)
			.withMessageContaining("dialTimeout");
		assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(8));
		assertThat(stalled.state()).isEqualTo(State.IDLE);
	}

	@Test
	@Rule("C1")
	void handshakeThatDripsRunsIntoTheDialTimeoutAndIsDropped() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.request();
			connection.drip("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n".repeat(20)
				.getBytes(StandardCharsets.US_ASCII), Duration.ofMillis(20));
		})) {
			Conn dripped = conn(url(server), (builder) -> builder.dialTimeout(Duration.ofMillis(300)));
			assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(dripped::connect)
				.satisfies(AbstractSocketTests::assertNoSecret);
			TestRuntime.eventually(() -> assertThat(server.openConnections()).isZero());
		}
	}

	@Test
	void closedPortAndUnknownHostAreFailedDials() {
		Conn nobody = conn("ws://localhost:1/live?key=s3cret-query");
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(nobody::connect).satisfies((ex) -> {
			assertThat(ex.isRetryable()).isTrue();
			assertNoSecret(ex);
		});
		Conn unknown = conn("ws://no-such-host.invalid/live?key=s3cret-query");
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(unknown::connect)
			.satisfies(AbstractSocketTests::assertNoSecret);
	}

	@Test
	@Rule("C2")
	void wrongAcceptHeaderIsAFailure() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer
			.start((connection) -> connection.upgradeWithAccept("bm90IHRoZSByaWdodCBvbmU="))) {
			Conn wrong = conn(url(server));
			assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(wrong::connect)
				.satisfies(AbstractSocketTests::assertNoSecret);
			assertThat(wrong.state()).isEqualTo(State.IDLE);
			TestRuntime.eventually(() -> assertThat(server.openConnections()).isZero());
		}
	}

	/**
	 * Answers the client's close frame, which OkHttp leaves to its user.
	 */
	private static final class AnsweringListener extends WebSocketListener {

		@Override
		public void onClosing(WebSocket webSocket, int code, String reason) {
			webSocket.close(code, reason);
		}

	}

}
