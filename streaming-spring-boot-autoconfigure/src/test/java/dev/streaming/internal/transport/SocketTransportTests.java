package dev.streaming.internal.transport;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.internal.transport.Transport.Dialing;
import dev.streaming.testsupport.ClosedPort;
import dev.streaming.testsupport.RawFrame;
import dev.streaming.testsupport.RawWebSocketConnection;
import dev.streaming.testsupport.RawWebSocketConnection.Request;
import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.RawWebSocketServer.Script;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Contract of a transport with sockets.
 */
@Tag("socket")
abstract class SocketTransportTests extends TransportContractTests {

	static final String SECRET = "s3cr3t";

	final List<RawWebSocketServer> servers = new ArrayList<>();

	@Override
	ContractServer createServer() {
		return new RawContractServer();
	}

	@AfterEach
	void stopServers() {
		this.servers.forEach(RawWebSocketServer::close);
	}

	RawWebSocketServer serve(Script script) {
		RawWebSocketServer started = RawWebSocketServer.start(script);
		this.servers.add(started);
		return started;
	}

	Dialing dial(URI uri) {
		return this.transport.dial(request(uri), this.listener);
	}

	void awaitOpen() {
		eventually(() -> assertThat(this.listener.connection()).isNotNull());
	}

	RawContractServer.Peer openRaw() {
		return (RawContractServer.Peer) open();
	}

	@Test
	void aPauseStopsTheSender() {
		int count = 1000;
		String text = "x".repeat(60_000);
		connectionPausedAtOnce();
		RawContractServer.Peer peer = openRaw();
		execute(() -> numbers(0, count).forEach((number) -> peer.text(number + text)));
		Awaitility.await().until(() -> peer.written() > 0);
		AtomicReference<Integer> last = new AtomicReference<>(-1);
		Awaitility.await()
			.pollInterval(Duration.ofMillis(300))
			.until(() -> last.getAndSet(peer.written()).equals(peer.written()));
		assertThat(peer.written()).isLessThan(count);
		assertThat(this.listener.messages()).isEmpty();
		connection().resume();
		// 60 MB, which take their time on a busy machine
		Awaitility.await()
			.atMost(Duration.ofSeconds(40))
			.untilAsserted(() -> assertThat(this.listener.messages()).hasSize(count));
		assertThat(this.listener.texts()).isEqualTo(numbers(0, count).stream().map((number) -> number + text).toList());
	}

	void connectionPausedAtOnce() {
		this.listener.onOpened(TransportConnection::pause);
	}

	@Test
	void aGreetingThatComesWithTheAnswerIsDeliveredBehindOpened() {
		connectionPausedAtOnce();
		RawFrame[] greeting = numbers(0, 50).stream().map(RawFrame::text).toArray(RawFrame[]::new);
		dial(serve((connection) -> {
			connection.upgrade(greeting);
			connection.echo();
		}).uri());
		awaitOpen();
		send(connection().sendText("before reading").toCompletableFuture());
		assertThat(this.listener.messages()).isEmpty();
		connection().resume();
		eventually(() -> assertThat(this.listener.messages()).hasSize(51));
		assertThat(this.listener.texts().subList(0, 50)).isEqualTo(numbers(0, 50));
	}

	@Test
	void aGreetingThatIsHeldIsFreedByAbort() {
		connectionPausedAtOnce();
		dial(serve((connection) -> {
			connection.upgrade(RawFrame.text("one"), RawFrame.text("two"));
			connection.awaitEnd();
		}).uri());
		awaitOpen();
		connection().abort();
		assertThat(awaitEnd().code()).isEqualTo(1006);
	}

	@Test
	void aCloseFrameBehindTheAnswerIsReported() {
		dial(serve((connection) -> {
			connection.upgrade(RawFrame.text("one"), RawFrame.close(4001, "full"));
			connection.awaitEnd();
		}).uri());
		assertThat(awaitEnd().status()).isEqualTo(new CloseStatus(4001, "full"));
		assertThat(this.listener.texts()).containsExactly("one");
	}

	@Test
	void theRequestHasTheGivenUrlAndHeaders() {
		AtomicReference<Request> seen = new AtomicReference<>();
		RawWebSocketServer raw = serve((connection) -> {
			seen.set(connection.request());
			connection.upgrade();
			connection.echo();
		});
		this.transport.dial(new DialRequest(URI.create(raw.uri("/päth%20x?q=ä&r=%26") + ""),
				Map.of("Authorization", List.of("Bearer " + SECRET), "X-Many", List.of("a", "b"), "Host",
						List.of("elsewhere")),
				List.of("one", "two"), null, MAX_MESSAGE_SIZE, Duration.ofSeconds(10)), this.listener);
		awaitOpen();
		Request request = seen.get();
		assertThat(request.target()).isEqualTo("/p%C3%A4th%20x?q=%C3%A4&r=%26");
		assertThat(request.header("Authorization")).isEqualTo("Bearer " + SECRET);
		assertThat(String.join(",", request.headers("X-Many")).replace(" ", "")).isEqualTo("a,b");
		assertThat(request.headers("Host")).containsExactly("localhost:" + raw.port());
		assertThat(String.join(",", request.headers("Sec-WebSocket-Protocol")).replace(" ", "")).isEqualTo("one,two");
		assertThat(request.header("Sec-WebSocket-Extensions")).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Sec-WebSocket-Accept: xxx", "X-No: accept" })
	void anAnswerWithAWrongAcceptFails(String header) {
		dial(serve((connection) -> {
			connection.request();
			connection.write(utf8("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
					+ header + "\r\n\r\n"));
			connection.awaitEnd();
		}).uri());
		assertThat(awaitFailure().kind()).isEqualTo(DialException.Kind.PROTOCOL);
		assertFreed(this.servers.get(0));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Sec-WebSocket-Protocol: other", "Sec-WebSocket-Extensions: permessage-deflate" })
	void anAnswerWithAnUnofferedExtensionFails(String header) {
		dial(serve((connection) -> {
			String accept = RawWebSocketConnection.acceptOf(connection.request().header("Sec-WebSocket-Key"));
			connection.write(utf8("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
					+ "Sec-WebSocket-Accept: " + accept + "\r\n" + header + "\r\n\r\n"));
			connection.awaitEnd();
		}).uri());
		assertThat(awaitFailure().kind()).isEqualTo(DialException.Kind.PROTOCOL);
		assertFreed(this.servers.get(0));
	}

	void assertFreed(RawWebSocketServer raw) {
		eventually(() -> assertThat(raw.openConnections()).isZero());
	}

	@ParameterizedTest
	@CsvSource({ "X-Key,'a\r\nX-Injected: b'", "X-Key,'a\nb'", "X-Key,'a\0b'", "X-Key,snow\u2603man", "'X Key',value",
			"'X-Key:',value" })
	void aHeaderThatCannotBeSentIsMalformed(String name, String value) {
		this.transport.dial(new DialRequest(this.server.uri(), Map.of(name, List.of(value)), List.of(), null,
				MAX_MESSAGE_SIZE, Duration.ofSeconds(10)), this.listener);
		DialException failure = awaitFailure();
		assertThat(failure.kind()).isEqualTo(DialException.Kind.MALFORMED);
		assertThat(failure).hasMessageNotContaining(value);
		assertThat(this.server.dials()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "ws://under_score/", "ws:///path", "http://localhost/" })
	void aUrlThatCannotBeDialedIsMalformed(String url) {
		dial(URI.create(url));
		assertThat(awaitFailure().kind()).isEqualTo(DialException.Kind.MALFORMED);
	}

	@Test
	void aClosedPortIsANetworkFailure() throws Exception {
		try (ClosedPort closed = ClosedPort.reserve()) {
			dial(URI.create("ws://localhost:" + closed.number() + "/?key=" + SECRET));
			DialException failure = awaitFailure();
			assertThat(failure.kind()).isEqualTo(DialException.Kind.NETWORK);
			assertThat(failure).hasMessageContaining("localhost:" + closed.number());
		}
	}

	@Test
	void anUnknownHostIsANetworkFailure() {
		dial(URI.create("ws://nobody.invalid/?key=" + SECRET));
		DialException failure = awaitFailure();
		assertThat(failure.kind()).isEqualTo(DialException.Kind.NETWORK);
		assertThat(failure).hasMessageContaining("nobody.invalid");
	}

	@Test
	void aServerThatResetsTheHandshakeIsTheNetwork() {
		dial(serve((connection) -> {
			connection.request();
			connection.reset();
		}).uri());
		assertThat(awaitFailure().kind()).isEqualTo(DialException.Kind.NETWORK);
	}

	@ParameterizedTest
	@ValueSource(strings = { "SSH-2.0-server\r\n\r\n", "HTTP/1.1 no status\r\n\r\n" })
	void aServerThatSpeaksSomethingElseFailsTheDial(String answer) {
		dial(serve((connection) -> {
			connection.request();
			connection.write(utf8(answer));
			connection.awaitEnd();
		}).uri());
		assertThat(awaitFailure().kind()).isIn(DialException.Kind.PROTOCOL, DialException.Kind.REFUSED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "302 Found", "302 NoLocation", "302 BadLocation", "401 Basic", "401 Unknown", "403 No",
			"101 BadAccept", "reset", "close", "garbage" })
	void noSecretIsInAFailure(String answer) {
		RawWebSocketServer raw = serve((connection) -> {
			connection.request();
			switch (answer) {
				case "302 Found" -> connection.refuse(answer, "Location: wss://" + SECRET + "/?k=" + SECRET);
				case "302 BadLocation" -> connection.refuse(answer, "Location: http://" + SECRET + "/{[ " + SECRET);
				case "302 NoLocation" -> connection.refuse(answer);
				case "401 Basic" -> connection.refuse(answer, "WWW-Authenticate: Basic realm=\"" + SECRET + "\"");
				case "401 Unknown" -> connection.refuse(answer, "WWW-Authenticate: " + SECRET + " x=\"y\"");
				case "101 BadAccept" -> connection.upgradeWithAccept(SECRET);
				case "403 No" -> connection.refuse(answer, "Set-Cookie: " + SECRET, "Retry-After: " + SECRET);
				case "reset" -> connection.reset();
				case "close" -> connection.write(utf8("HTTP/1.1 503 No\r\nSet-Cookie: " + SECRET + "\r\n"));
				default -> connection.write(utf8(SECRET + " " + SECRET + "\r\n\r\n"));
			}
		});
		URI uri = URI.create("ws://user:" + SECRET + "@localhost:" + raw.port() + "/?key=" + SECRET);
		this.transport.dial(new DialRequest(uri, Map.of("Authorization", List.of("Bearer " + SECRET)), List.of(), null,
				MAX_MESSAGE_SIZE, Duration.ofSeconds(10)), this.listener);
		DialException failure = awaitFailure();
		StringWriter printed = new StringWriter();
		failure.printStackTrace(new PrintWriter(printed));
		assertThat(printed.toString()).doesNotContain(SECRET).contains("localhost:" + raw.port());
		if (answer.startsWith("302")) {
			assertThat(failure.kind()).isEqualTo(DialException.Kind.REDIRECT);
		}
		if (answer.startsWith("401")) {
			assertThat(failure.statusCode()).isEqualTo(401);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "masked", "opcode", "rsv", "continuation", "interleaved", "fragmented ping", "long ping",
			"reserved close code" })
	void aPeerThatViolatesTheProtocolReceivesAnErrorCode(String fault) {
		RawContractServer.Peer peer = openRaw();
		peer.text("before");
		switch (fault) {
			case "masked" -> peer.frame(new RawFrame(RawFrame.TEXT, true, 0, true, utf8("x")));
			case "opcode" -> peer.frame(RawFrame.of(3, true, utf8("x")));
			case "rsv" -> peer.frame(new RawFrame(RawFrame.TEXT, true, 4, false, utf8("x")));
			case "continuation" -> peer.frame(RawFrame.of(RawFrame.CONTINUATION, true, utf8("x")));
			case "interleaved" -> {
				peer.frame(RawFrame.of(RawFrame.TEXT, false, utf8("x")));
				peer.frame(RawFrame.of(RawFrame.TEXT, true, utf8("x")));
			}
			case "fragmented ping" -> peer.frame(RawFrame.of(RawFrame.PING, false, utf8("x")));
			case "long ping" -> peer.frame(RawFrame.of(RawFrame.PING, true, new byte[126]));
			default -> peer.frame(RawFrame.close(1005, ""));
		}
		assertThat(awaitEnd().code()).isEqualTo(1002);
		assertThat(this.listener.texts()).containsExactly("before");
		eventually(() -> assertThat(peer.isGone()).isTrue());
	}

	@Test
	void textThatIsNotUtf8IsABadMessage() {
		RawContractServer.Peer peer = openRaw();
		peer.frame(RawFrame.of(RawFrame.TEXT, true, "caf\u00e9!".getBytes(StandardCharsets.ISO_8859_1)));
		assertThat(awaitEnd().code()).isEqualTo(1007);
		eventually(() -> assertThat(peer.closeFrame()).extracting(CloseStatus::getCode).isEqualTo(1007));
		eventually(() -> assertThat(peer.isGone()).isTrue());
		assertThat(this.listener.messages()).isEmpty();
	}

	@Test
	void aResetIsALoss() throws Exception {
		RawContractServer.Peer peer = openRaw();
		peer.text("before");
		eventually(() -> assertThat(this.listener.texts()).containsExactly("before"));
		peer.raw().reset();
		assertThat(awaitEnd().code()).isEqualTo(1006);
	}

	@Test
	void aSendToASocketThatIsGoneFails() throws Exception {
		connectionPausedAtOnce();
		RawContractServer.Peer peer = openRaw();
		peer.text("held");
		peer.raw().reset();
		Awaitility.await()
			.until(() -> connection().sendText("x")
				.toCompletableFuture()
				.handle((written, failure) -> failure != null)
				.join());
		connection().resume();
		assertThat(awaitEnd().code()).isEqualTo(1006);
	}

	@Test
	void aMessageOverTheLimitInPartsEndsTheConnection() {
		RawContractServer.Peer peer = openRaw();
		peer.answerClose(false);
		execute(() -> {
			try {
				peer.frame(RawFrame.of(RawFrame.BINARY, false, random(1000)));
				for (int i = 0; i < 100_000; i++) {
					peer.frame(RawFrame.of(RawFrame.CONTINUATION, false, random(10_000)));
				}
			}
			catch (RuntimeException ex) {
				// The client has dropped the socket
			}
		});
		assertThat(awaitEnd().code()).isEqualTo(1009);
		eventually(() -> assertThat(peer.isGone()).isTrue());
		assertThat(this.listener.messages()).isEmpty();
	}

	@Test
	void memoryDoesNotDependOnTheLimit() {
		List<RecordingListener> listeners = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			RecordingListener each = new RecordingListener();
			listeners.add(each);
			this.transport.dial(new DialRequest(this.server.uri(), Map.of(), List.of(), null, Integer.MAX_VALUE,
					Duration.ofSeconds(10)), each);
		}
		eventually(() -> assertThat(listeners).allMatch(RecordingListener::isOpen));
		listeners.forEach((each) -> each.connection().abort());
		eventually(() -> assertThat(listeners).allMatch((each) -> each.ends().size() == 1));
	}

	@Test
	void pingsGoBetweenTheMessages() {
		ContractPeer peer = open();
		for (int i = 0; i < 50; i++) {
			connection().ping();
			send(connection().sendText("x".repeat(50_000)).toCompletableFuture());
		}
		eventually(() -> assertThat(peer.received()).hasSize(50));
		assertThat(peer.received()).allMatch((message) -> message.bytes().length == 50_000);
		eventually(() -> assertThat(this.listener.pongs()).isEqualTo(peer.pings()));
	}

	@Test
	void aCloseOfThePeerThatReadsNothingIsEndedByAbort() {
		RawContractServer.Peer peer = openRaw();
		stall(peer);
		peer.close(CloseStatus.NORMAL);
		Awaitility.await().during(Duration.ofMillis(100)).atMost(Duration.ofSeconds(5)).until(() -> true);
		connection().abort();
		assertThat(awaitEnd().code()).isIn(1000, 1006);
		peer.readToEnd();
		eventually(() -> assertThat(peer.isGone()).isTrue());
	}

	@Test
	void aListenerThatThrowsLosesTheConnection() {
		this.listener.onMessage((message) -> {
			throw new IllegalStateException("A bug");
		});
		ContractPeer peer = open();
		// Both are written before the first is delivered, which ends the connection
		connection().pause();
		peer.text("one");
		peer.text("two");
		connection().resume();
		assertThat(awaitEnd().code()).isEqualTo(1006);
		assertThat(this.listener.texts()).containsExactly("one");
		eventually(() -> assertThat(peer.isGone()).isTrue());
	}

}
