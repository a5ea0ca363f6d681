package dev.streaming.internal.transport;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.internal.transport.DialException.Kind;
import dev.streaming.testsupport.RawWebSocketConnection;
import dev.streaming.testsupport.RawWebSocketConnection.Request;
import dev.streaming.testsupport.Rule;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requirements on an answer to the upgrade (N4), and the user info of a URL.
 */
@Rule("N4")
abstract class AbstractHandshakeAnswerTests extends RawServerTestBase {

	private final AtomicReference<@Nullable Request> request = new AtomicReference<>();

	@ParameterizedTest
	@ValueSource(strings = { "Connection: Upgrade", "Upgrade: other|Connection: Upgrade",
			"Upgrade: websockets|Connection: Upgrade", "Upgrade: |Connection: Upgrade" })
	void answerWithoutUpgradeToWebSocketFails(String headers) {
		answer(headers);
		DialException failure = assertViolation();
		assertThat(failure).hasMessageContaining("localhost:" + this.raw.port());
	}

	@ParameterizedTest
	@ValueSource(strings = { "Upgrade: websocket", "Upgrade: websocket|Connection: keep-alive",
			"Upgrade: websocket|Connection: Upgraded", "Upgrade: websocket|Connection: " })
	void answerWithoutConnectionUpgradeFails(String headers) {
		answer(headers);
		assertViolation();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Upgrade: websocket|Connection: Upgrade", "upgrade: WebSocket|connection: upgrade",
			"Upgrade: websocket|Connection: keep-alive, Upgrade", "UPGRADE: WEBSOCKET|Connection: UPGRADE,x" })
	void answerInAnyCaseAndWithListsIsTaken(String headers) {
		answer(headers);
		assertOpen();
	}

	@Test
	void headersThatComeTwiceAreAList() {
		answer("Upgrade: h2c|Upgrade: websocket|Connection: keep-alive|Connection: Upgrade");
		assertOpen();
	}

	@ParameterizedTest
	@CsvSource({ "100 Continue", "102 Processing", "103 Early Hints" })
	void interimAnswerIsSkippedOrNamed(String status) {
		serve((connection) -> {
			connection.request();
			connection.write(utf8("HTTP/1.1 " + status + "\r\nLink: </style.css>; rel=preload\r\n\r\n"));
			connection.upgrade();
			connection.echo();
		});
		dialRaw();
		assertInterim(Integer.parseInt(status.substring(0, 3)));
	}

	@Test
	void interimAnswersInOnePacketWithTheAnswerAreSkippedOrNamed() {
		serve((connection) -> {
			String accept = RawWebSocketConnection.acceptOf(connection.request().header("Sec-WebSocket-Key"));
			connection.write(utf8("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n"
					+ "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
					+ "Sec-WebSocket-Accept: " + accept + "\r\n\r\n"));
			connection.echo();
		});
		dialRaw();
		assertInterim(103);
	}

	abstract void assertInterim(int status);

	void assertInterimIsNamed(int status) {
		DialException failure = awaitFailure();
		assertThat(failure.kind()).isEqualTo(Kind.PROTOCOL);
		assertThat(failure.statusCode()).isZero();
		assertThat(failure).hasMessageContaining("interim response " + status)
			.hasMessageContaining("localhost:" + this.raw.port());
	}

	@ParameterizedTest
	@ValueSource(ints = { 9_000, 30_000 })
	void longHeadersAreTaken(int length) {
		answer("Upgrade: websocket|Connection: Upgrade|X-Long: " + "x".repeat(length));
		assertOpen();
	}

	@ParameterizedTest
	@ValueSource(ints = { 33_000, 1_000_000 })
	void headersBeyondTheLimitAreRefusedWithAReason(int length) {
		answer("Upgrade: websocket|Connection: Upgrade|X-Long: " + "x".repeat(length));
		assertUpgradeIsTooLong();
	}

	@Test
	void manyHeadersBeyondTheLimitAreRefusedWithAReason() {
		answer("Upgrade: websocket|Connection: Upgrade" + "|X-One: more".repeat(5000));
		assertUpgradeIsTooLong();
	}

	@Test
	void headersOfARefusalBeyondTheLimitAreRefusedWithAReason() {
		serve((connection) -> {
			connection.request();
			connection
				.write(utf8("HTTP/1.1 503 Busy\r\nX-Long: " + "x".repeat(40_000) + "\r\nContent-Length: 0\r\n\r\n"));
			connection.awaitEnd();
		});
		dialRaw();
		assertHeadersAreTooLong();
	}

	@Test
	void statusLineBeyondTheLimitIsRefusedWithAReason() {
		serve((connection) -> {
			connection.request();
			connection.write(utf8("HTTP/1.1 503 " + "x".repeat(100_000) + "\r\nContent-Length: 0\r\n\r\n"));
			connection.awaitEnd();
		});
		dialRaw();
		assertHeadersAreTooLong();
	}

	void assertUpgradeIsTooLong() {
		assertHeadersAreTooLong();
	}

	private void assertHeadersAreTooLong() {
		DialException failure = awaitFailure();
		assertThat(failure.kind()).isEqualTo(Kind.PROTOCOL);
		assertThat(failure).hasMessageContaining("headers that exceed the limit of 32 KiB")
			.hasMessageContaining("localhost:" + this.raw.port());
	}

	@ParameterizedTest
	@CsvSource({ "joe:s3cr3t, Basic am9lOnMzY3IzdA==", "joe, Basic am9lOg==",
			"j%C3%B6e:a%3Ab%40c%2B+, Basic asO2ZTphOmJAYysr", ":s3cr3t, Basic OnMzY3IzdA==" })
	@Rule("C1")
	void userInfoBecomesBasicAuthentication(String userInfo, String authorization) {
		serveRequest();
		dial(URI.create("ws://" + userInfo + "@localhost:" + this.raw.port() + "/path?q=a@b"), Map.of());
		assertOpen();
		assertThat(this.request.get().header("Authorization")).isEqualTo(authorization);
		assertThat(this.request.get().target()).isEqualTo("/path?q=a@b");
		assertThat(this.request.get().header("Host")).isEqualTo("localhost:" + this.raw.port());
	}

	@Test
	@Rule("C1")
	void headerOfTheRequestComesBeforeUserInfo() {
		serveRequest();
		dial(URI.create("ws://joe:s3cr3t@localhost:" + this.raw.port()), Map.of("authorization", List.of("Bearer x")));
		assertOpen();
		assertThat(this.request.get().headers("Authorization")).containsExactly("Bearer x");
	}

	private void serveRequest() {
		serve((connection) -> {
			this.request.set(connection.request());
			connection.upgrade();
			connection.echo();
		});
	}

	private void answer(String headers) {
		serve((connection) -> {
			String accept = RawWebSocketConnection.acceptOf(connection.request().header("Sec-WebSocket-Key"));
			connection.write(utf8("HTTP/1.1 101 Switching Protocols\r\n" + headers.replace("|", "\r\n")
					+ "\r\nSec-WebSocket-Accept: " + accept + "\r\n\r\n"));
			connection.echo();
		});
		dialRaw();
	}

	private DialException assertViolation() {
		DialException failure = awaitFailure();
		assertThat(failure.kind()).isEqualTo(Kind.PROTOCOL);
		assertThat(failure.statusCode()).isZero();
		return failure;
	}

	void assertOpen() {
		eventually(() -> assertThat(this.listener.connection()).isNotNull());
		send(connection().sendText("hello").toCompletableFuture());
		eventually(() -> assertThat(this.listener.texts()).containsExactly("hello"));
	}

	private void dialRaw() {
		dial(this.raw.uri(), Map.of());
	}

	private void dial(URI uri, Map<String, List<String>> headers) {
		this.transport.dial(new DialRequest(uri, headers, List.of(), null, MAX_MESSAGE_SIZE, Duration.ofSeconds(10)),
				this.listener);
	}

}
