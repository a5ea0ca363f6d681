package dev.streaming.internal.connection;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32;

import dev.streaming.Conn;
import dev.streaming.Conn.State;
import dev.streaming.ConnectionLostException;
import dev.streaming.Message;
import dev.streaming.NotConnectedException;
import dev.streaming.SendFailedException;
import dev.streaming.testsupport.AbstractSocketTests;
import dev.streaming.testsupport.RawFrame;
import dev.streaming.testsupport.RawWebSocketConnection;
import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Faults of a server on an open connection, over real sockets.
 */
abstract class AbstractConnectionFaultTests extends AbstractSocketTests {

	@Test
	@Rule("C6")
	void framesInThePacketOfTheUpgradeAreReceived() throws Exception {
		RawFrame[] greeting = new RawFrame[200];
		Arrays.setAll(greeting, (i) -> RawFrame.text("greeting " + i));
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade(greeting);
			connection.echo();
		})) {
			Conn greeted = conn(url(server));
			greeted.connect();
			for (int i = 0; i < greeting.length; i++) {
				assertThat(greeted.receive().text()).isEqualTo("greeting " + i);
			}
		}
	}

	@Test
	@Rule("C6")
	void fragmentsInterleavedWithControlFramesAreJoined() throws Exception {
		byte[] text = "größer als ein Fragment 😀".getBytes(StandardCharsets.UTF_8);
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			// Split inside of a character, with pings between the pieces
			connection.frame(RawFrame.of(RawFrame.TEXT, false, Arrays.copyOfRange(text, 0, 3)));
			connection.frame(RawFrame.of(RawFrame.PING, true, new byte[] { 1 }));
			connection.frame(RawFrame.of(RawFrame.CONTINUATION, false, Arrays.copyOfRange(text, 3, 4)));
			connection.frame(RawFrame.of(RawFrame.CONTINUATION, false, new byte[0]));
			connection.frame(RawFrame.of(RawFrame.PONG, true, new byte[0]));
			connection.frame(RawFrame.of(RawFrame.CONTINUATION, true, Arrays.copyOfRange(text, 4, text.length)));
			connection.frame(RawFrame.of(RawFrame.BINARY, false, new byte[] { 1, 2 }));
			connection.frame(RawFrame.of(RawFrame.CONTINUATION, true, new byte[] { 3 }));
			connection.echo();
		})) {
			Conn joined = conn(url(server));
			joined.connect();
			assertThat(joined.receive().text()).isEqualTo("größer als ein Fragment 😀");
			assertThat(joined.receive()).isEqualTo(Message.binary(new byte[] { 1, 2, 3 }));
		}
	}

	static Stream<Arguments> violations() {
		return Stream.of(violation("invalid UTF-8", 1007, RawFrame.of(RawFrame.TEXT, true, bytes(0xc3, 0x28))),
				violation("text that ends in a character", 1007, RawFrame.of(RawFrame.TEXT, true, bytes(0xe2, 0x82))),
				violation("UTF-8 that is invalid when joined", 1007, RawFrame.of(RawFrame.TEXT, false, bytes(0xc3)),
						RawFrame.of(RawFrame.CONTINUATION, true, bytes(0x28))),
				violation("reserved opcode", 1002, RawFrame.of(3, true, bytes(1))),
				violation("reserved control opcode", 1002, RawFrame.of(11, true, bytes(1))),
				violation("first reserved bit", 1002, new RawFrame(RawFrame.TEXT, true, 4, false, bytes('x'))),
				violation("second reserved bit", 1002, new RawFrame(RawFrame.TEXT, true, 2, false, bytes('x'))),
				violation("third reserved bit", 1002, new RawFrame(RawFrame.TEXT, true, 1, false, bytes('x'))),
				violation("masked frame", 1002, new RawFrame(RawFrame.TEXT, true, 0, true, bytes('x'))),
				violation("continuation of nothing", 1002, RawFrame.of(RawFrame.CONTINUATION, true, bytes('x'))),
				violation("message in a message", 1002, RawFrame.of(RawFrame.TEXT, false, bytes('x')),
						RawFrame.of(RawFrame.TEXT, true, bytes('x'))),
				violation("fragmented control frame", 1002, RawFrame.of(RawFrame.PING, false, new byte[0])));
	}

	private static Arguments violation(String name, int code, RawFrame... frames) {
		return Arguments.of(name, code, frames);
	}

	private static byte[] bytes(int... values) {
		byte[] bytes = new byte[values.length];
		for (int i = 0; i < values.length; i++) {
			bytes[i] = (byte) values[i];
		}
		return bytes;
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("violations")
	@Rule("C7")
	void violationIsALossWithTheCodeThatWeSent(String name, int code, RawFrame[] frames) throws Exception {
		CompletableFuture<Integer> sent = new CompletableFuture<>();
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade(RawFrame.text("before"));
			for (RawFrame frame : frames) {
				connection.frame(frame);
			}
			sent.complete(closeCode(connection));
		})) {
			Conn violated = conn(url(server));
			violated.connect();
			assertThat(violated.receive().text()).isEqualTo("before");
			assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(violated::receive)
				.satisfies((ex) -> assertThat(ex.closeStatus().getCode()).isEqualTo(code));
			assertThat(sent.get(10, TimeUnit.SECONDS)).isEqualTo(code);
		}
	}

	private static int closeCode(RawWebSocketConnection connection) throws IOException {
		for (RawFrame frame = connection.readFrameOrEnd(); frame != null; frame = connection.readFrameOrEnd()) {
			if (frame.opcode() == RawFrame.CLOSE) {
				byte[] payload = frame.payload();
				return (payload.length < 2) ? 1005 : ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
			}
		}
		return 1006;
	}

	@ParameterizedTest
	@ValueSource(ints = { 1001, 1002, 1008, 1011, 1012, 1013, 4000 })
	@Rule("C7")
	void closeWithACodeIsALossWithThatCode(int code) throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade(RawFrame.text("a"), RawFrame.text("b"));
			connection.close(code, "reason");
			connection.awaitEnd();
		})) {
			Conn closed = conn(url(server));
			closed.connect();
			List<String> texts = new ArrayList<>();
			assertThatExceptionOfType(ConnectionLostException.class)
				.isThrownBy(() -> closed.receiveLoop((message) -> texts.add(message.text())))
				.satisfies((ex) -> assertThat(ex.closeStatus()).isEqualTo(new CloseStatus(code, "reason")));
			assertThat(texts).containsExactly("a", "b");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@Rule("C7")
	void normalCloseIsNoLoss(boolean withCode) throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade(RawFrame.text("a"));
			connection.frame(withCode ? RawFrame.close(1000, "bye") : RawFrame.close());
			connection.awaitEnd();
		})) {
			Conn closed = conn(url(server));
			closed.connect();
			List<String> texts = new ArrayList<>();
			closed.receiveLoop((message) -> texts.add(message.text()));
			assertThat(texts).containsExactly("a");
			assertThatExceptionOfType(NotConnectedException.class).isThrownBy(closed::receive)
				.satisfies((ex) -> assertThat(ex.closeStatus()).get().extracting(CloseStatus::getCode).isEqualTo(1000));
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void endWithoutACloseFrameIsALossWith1006(boolean rst) throws Exception {
		CountDownLatch received = new CountDownLatch(1);
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade(RawFrame.text("a"));
			received.await();
			if (rst) {
				connection.reset();
			}
			else {
				connection.fin();
				connection.awaitEnd();
			}
		})) {
			Conn dropped = conn(url(server));
			dropped.connect();
			assertThat(dropped.receive().text()).isEqualTo("a");
			received.countDown();
			assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(dropped::receive)
				.satisfies((ex) -> assertThat(ex.closeStatus().getCode()).isEqualTo(1006));
			assertThat(dropped.state()).isEqualTo(State.IDLE);
		}
	}

	@Test
	@Rule("C9")
	void peerThatNeverAnswersOurCloseDoesNotHoldItUp() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.stall();
		})) {
			Conn unanswered = conn(url(server));
			unanswered.connect();
			long started = System.nanoTime();
			unanswered.close();
			assertThat(Duration.ofNanos(System.nanoTime() - started)).isBetween(GRACE.minusMillis(20),
					GRACE.plusSeconds(2));
			assertThat(unanswered.isClosed()).isTrue();
		}
	}

	@Test
	@Rule("C9")
	void socketIsGoneAfterAnUnansweredClose() throws Exception {
		CompletableFuture<Boolean> gone = new CompletableFuture<>();
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.awaitEnd();
			gone.complete(true);
		})) {
			Conn unanswered = conn(url(server));
			unanswered.connect();
			unanswered.close();
			assertThat(gone.get(10, TimeUnit.SECONDS)).isTrue();
		}
	}

	@Test
	@Rule("C5")
	void peerThatStopsReadingFailsTheSendInTime() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.startWithSmallBuffers((connection) -> {
			connection.upgrade();
			connection.stall();
		})) {
			Conn stalled = conn(url(server), (builder) -> builder.writeWait(Duration.ofMillis(500)));
			stalled.connect();
			byte[] big = new byte[32 * 1024 * 1024];
			long started = System.nanoTime();
			assertThatExceptionOfType(SendFailedException.class).isThrownBy(() -> stalled.sendRaw(Message.binary(big)));
			assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(8));
			TestRuntime.eventually(() -> assertThat(stalled.state()).isEqualTo(State.IDLE));
			assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(stalled::receive)
				.satisfies((ex) -> assertThat(ex.closeStatus().getCode()).isEqualTo(1006));
		}
	}

	@Test
	void closeReturnsInTimeWhenThePeerStoppedReading() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.startWithSmallBuffers((connection) -> {
			connection.upgrade();
			connection.stall();
		})) {
			Conn stalled = conn(url(server), (builder) -> builder.writeWait(Duration.ofSeconds(30)));
			stalled.connect();
			CompletableFuture<Void> send = TestRuntime
				.run(() -> stalled.sendRaw(Message.binary(new byte[32 * 1024 * 1024])));
			TestRuntime.eventually(
					() -> assertThat(((DefaultConn) stalled).stateMachine().physicalConnection().sendQueue().writing())
						.isNotNull());
			long started = System.nanoTime();
			stalled.close();
			assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(GRACE.plusSeconds(8));
			assertThat(TestRuntime.failure(send)).isInstanceOf(SendFailedException.class);
		}
	}

	@Test
	@Rule("C5")
	void binaryMessageOfAnyLengthIsWritten() throws Exception {
		byte[] big = new byte[24 * 1024 * 1024 + 1];
		new Random(1).nextBytes(big);
		CRC32 sent = new CRC32();
		sent.update(big);
		CRC32 received = new CRC32();
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.serve((frame) -> {
				received.update(frame.payload());
				if (frame.fin()) {
					connection.text(Long.toHexString(received.getValue()));
				}
			});
		})) {
			Conn conn = conn(url(server), (builder) -> builder.writeWait(Duration.ofSeconds(30)));
			conn.connect();
			conn.sendRaw(Message.binary(big));
			assertThat(conn.receive().text()).isEqualTo(Long.toHexString(sent.getValue()));
		}
	}

	/**
	 * The close frame may be here before the sender's thread is back from the write that
	 * the server has read.
	 */
	@Test
	@Rule("C5")
	void messageThatIsAnsweredByACloseWasSent() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.readFrame();
			connection.close(1001, "heard");
			connection.readFrameOrEnd();
		})) {
			for (int round = 0; round < 200; round++) {
				Conn conn = conn(url(server), (builder) -> {
				});
				conn.connect();
				conn.sendRaw("last words");
				assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(conn::receive)
					.withMessageContaining("1001");
			}
		}
	}

	@Test
	@Rule("C5")
	void interruptedSenderHarmsNothing() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.echo();
		})) {
			Conn interrupted = conn(url(server));
			interrupted.connect();
			for (int i = 0; i < 50; i++) {
				Thread.currentThread().interrupt();
				interrupted.sendRaw("m" + i);
				assertThat(Thread.interrupted()).isTrue();
				assertThat(interrupted.receive().text()).isEqualTo("m" + i);
			}
		}
	}

	@Test
	@Rule("C8")
	void silentPeerIsNoticedWithinIntervalAndPongTimeout() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.stall();
		})) {
			Conn silent = conn(url(server), (builder) -> builder.heartbeatInterval(Duration.ofMillis(1000))
				.pongTimeout(Duration.ofMillis(2000)));
			silent.connect();
			long started = System.nanoTime();
			assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(silent::receive)
				.withMessageContaining("no frame was received");
			// The exact time is a matter of HeartbeatTests; this one is late on a busy
			// machine
			assertThat(Duration.ofNanos(System.nanoTime() - started)).isBetween(Duration.ofMillis(2900),
					Duration.ofSeconds(6));
		}
	}

	@Test
	void peerThatAnswersPingsLives() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.echo();
		})) {
			Conn alive = conn(url(server),
					(builder) -> builder.heartbeatInterval(Duration.ofMillis(50)).pongTimeout(Duration.ofSeconds(2)));
			alive.connect();
			assertThat(alive.receive(Duration.ofSeconds(3))).isEmpty();
			assertThat(alive.isConnected()).isTrue();
		}
	}

	@Test
	@Rule("C6")
	void messageOverTheLimitIsRefusedAndOneOfTheLimitArrives() throws Exception {
		int limit = 64 * 1024;
		CompletableFuture<Integer> sent = new CompletableFuture<>();
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.text("x".repeat(limit));
			connection.text("x".repeat(limit + 1));
			sent.complete(closeCode(connection));
		})) {
			Conn limited = conn(url(server), (builder) -> builder.maxMessageSize(DataSize.ofBytes(limit)));
			limited.connect();
			assertThat(limited.receive().size()).isEqualTo(limit);
			assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(limited::receive)
				.satisfies((ex) -> assertThat(ex.closeStatus().getCode()).isEqualTo(1009));
			assertThat(sent.get(10, TimeUnit.SECONDS)).isEqualTo(1009);
		}
	}

	@Test
	@Rule("C6")
	void sixteenMegabytesArriveWhole() throws Exception {
		byte[] big = new byte[16 * 1024 * 1024];
		new Random(1).nextBytes(big);
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.binary(big);
			connection.binary(new byte[big.length + 1]);
			connection.awaitEnd();
		}); RawWebSocketServer small = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.echo();
		})) {
			Conn beside = conn(url(small));
			beside.connect();
			Conn large = conn(url(server));
			large.connect();
			assertThat(large.receive()).isEqualTo(Message.binary(big));
			assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(large::receive)
				.satisfies((ex) -> assertThat(ex.closeStatus().getCode()).isEqualTo(1009));
			beside.sendRaw("x".repeat(4096));
			assertThat(beside.receive().size()).isEqualTo(4096);
			beside.close();
		}
	}

	@Test
	@Rule("C9")
	void peerThatDropsInsteadOfAnsweringOurCloseIsNotWaitedFor() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.readFrame();
			connection.fin();
			connection.awaitEnd();
		})) {
			Duration grace = Duration.ofSeconds(10);
			Conn closing = conn(url(server), (builder) -> builder.closeGracePeriod(grace));
			closing.connect();
			long started = System.nanoTime();
			closing.close();
			assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(grace.dividedBy(2));
			TestRuntime.eventually(() -> assertThat(server.openConnections()).isZero());
		}
	}

}
