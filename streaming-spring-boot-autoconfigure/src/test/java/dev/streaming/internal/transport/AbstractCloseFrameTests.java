package dev.streaming.internal.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.SSLContext;

import dev.streaming.testsupport.RawFrame;
import dev.streaming.testsupport.RawWebSocketConnection;
import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.RawWebSocketServer.Script;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestCertificates;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Every close frame ends the connection within a second, also one that breaks a rule: a
 * legal code counts even if the reason is broken, an illegal one is a violation, and a
 * code that cannot be read is 1006 (C7). There is no heartbeat here.
 */
@Rule("C7")
abstract class AbstractCloseFrameTests extends RawServerTestBase {

	private static final Duration LIMIT = Duration.ofSeconds(1);

	static TestCertificates certificates;

	private final BlockingQueue<RawWebSocketConnection> connections = new LinkedBlockingQueue<>();

	private final BlockingQueue<Script> orders = new LinkedBlockingQueue<>();

	private final AtomicReference<@Nullable RawFrame> answer = new AtomicReference<>();

	@BeforeAll
	static void createCertificates(@TempDir Path directory) throws Exception {
		certificates = TestCertificates.create(directory);
	}

	@ParameterizedTest
	@CsvSource({ "88 00, 1000", "88 02 03 E8, 1000", "88 04 03 F3 6F 6B, 1011", "88 02 03 F4, 1012",
			"88 02 03 F6, 1014", "88 02 0B B8, 3000", "88 02 13 87, 4999" })
	void validFrameEndsTheConnectionWithItsCode(String frame, int code) throws Exception {
		assertThat(endOf(frame, Behind.NOTHING).code()).isEqualTo(codeOf(code));
	}

	/**
	 * Return the code that the end has for a valid frame.
	 * @param code the code in the frame
	 * @return that code, unless the container does not know it
	 */
	int codeOf(int code) {
		return code;
	}

	@ParameterizedTest
	@CsvSource({ "88 05 03 F3 61 62 C3, 1011, ab", "88 03 03 E8 FF, 1000, ''", "88 03 03 F4 C3, 1012, ''",
			"88 04 0F A1 C3 28, 4001, ''", "88 05 03 E9 ED A0 80, 1001, ''" })
	void legalCodeCountsEvenIfTheReasonIsBroken(String frame, int code, String begin) throws Exception {
		RecordingListener.Closed end = endOf(frame, Behind.NOTHING);
		assertThat(end.code()).isEqualTo(codeWithBrokenReason(code));
		if (end.code() == code) {
			assertThat(end.status().getReason()).startsWith(begin).contains("\uFFFD");
		}
		assertViolationReported();
	}

	/**
	 * Return the code that the end has for a frame with a broken reason.
	 * @param code the code in the frame
	 * @return that code, unless the container does not show it
	 */
	int codeWithBrokenReason(int code) {
		return code;
	}

	@ParameterizedTest
	@CsvSource({ "88 02 00 00", "88 02 03 E7", "88 02 03 EC", "88 02 03 ED", "88 02 03 EE", "88 02 03 F7",
			"88 02 03 F8", "88 02 0B B7", "88 02 13 88", "88 02 FF FF", "88 04 03 ED 6F 6B" })
	void illegalCodeIsAViolation(String frame) throws Exception {
		assertThat(endOf(frame, Behind.NOTHING).code()).isEqualTo(1002);
		assertViolationReported();
	}

	@Test
	void illegalCodeWithABrokenReasonIsAViolation() throws Exception {
		assertThat(endOf("88 03 03 ED FF", Behind.NOTHING).code()).isEqualTo(codeOfBrokenBody(1002));
		assertViolationReported();
	}

	@Test
	void halfACodeCannotBeRead() throws Exception {
		assertThat(endOf("88 01 03", Behind.NOTHING).code()).isEqualTo(codeOfBrokenBody(1006));
		assertViolationReported();
	}

	/**
	 * Return the code that the end has for a frame whose body is broken.
	 * @param code the code that we make of it
	 * @return that code, unless the container finds the violation
	 */
	int codeOfBrokenBody(int code) {
		return code;
	}

	@ParameterizedTest
	@EnumSource
	void brokenFrameCountsWhateverComesBehindIt(Behind behind) throws Exception {
		assertThat(endOf("88 05 03 F3 61 62 C3", behind).code()).isEqualTo(codeWithBrokenReason(1011));
	}

	@ParameterizedTest
	@EnumSource
	void halfACodeCountsWhateverComesBehindIt(Behind behind) throws Exception {
		assertThat(endOf("88 01 03", behind).code()).isEqualTo(codeOfBrokenBody(1006));
	}

	@Test
	void messagesBeforeABrokenFrameAreDelivered() throws Exception {
		openRaw();
		this.orders.add((peer) -> peer.write(concat(RawFrame.text("one").toBytes(), RawFrame.text("two").toBytes(),
				bytes("88 01 03"), RawFrame.text("three").toBytes())));
		assertThat(within(System.nanoTime()).code()).isEqualTo(codeOfBrokenBody(1006));
		assertThat(this.listener.texts()).containsExactly("one", "two");
	}

	@Test
	void brokenFrameThatComesWithTheAnswerToTheUpgradeCounts() throws Exception {
		serve((connection) -> {
			connection.upgrade(RawFrame.text("one"), RawFrame.of(RawFrame.CLOSE, true, bytes("03 F3 61 C3")));
			connection.awaitEnd();
		});
		dial(this.raw.uri(), null);
		assertThat(within(System.nanoTime()).code()).isEqualTo(codeWithBrokenReason(1011));
		assertThat(this.listener.texts()).containsExactly("one");
	}

	@Test
	void halfACodeThatComesWithTheAnswerToTheUpgradeCannotBeRead() throws Exception {
		serve((connection) -> {
			connection.upgrade(RawFrame.of(RawFrame.CLOSE, true, bytes("03")));
			connection.awaitEnd();
		});
		dial(this.raw.uri(), null);
		assertThat(within(System.nanoTime()).code()).isEqualTo(codeOfBrokenBody(1006));
	}

	@ParameterizedTest
	@CsvSource({ "88 01 03", "88 05 03 F3 61 62 C3", "88 02 03 ED" })
	void brokenAnswerToOurCloseEndsTheConnection(String frame) throws Exception {
		serve((connection) -> {
			connection.upgrade();
			this.connections.add(connection);
			RawFrame ours = connection.readFrame();
			assertThat(ours.opcode()).isEqualTo(RawFrame.CLOSE);
			connection.write(bytes(frame));
			connection.awaitEnd();
		});
		dial(this.raw.uri(), null);
		this.connections.take();
		connection().close(CloseStatus.NORMAL);
		within(System.nanoTime());
		eventually(() -> assertThat(this.raw.openConnections()).isZero());
	}

	/**
	 * The answer to the close frame waits behind a message that the peer does not read.
	 * That must not keep the socket: what the peer writes is refused soon.
	 */
	@Test
	void closeOfAPeerThatReadsNothingEndsTheConnectionAndItsSocket() throws Exception {
		serve((connection) -> {
			connection.upgrade();
			this.connections.add(connection);
			connection.stall();
		});
		dial(this.raw.uri(), null);
		RawWebSocketConnection peer = this.connections.take();
		stall();
		peer.write(bytes("88 02 03 F3"));
		assertThat(within(System.nanoTime()).code()).isEqualTo(1011);
		byte[] pong = RawFrame.of(RawFrame.PONG, true, new byte[0]).toBytes();
		eventually(() -> assertThatIOException().isThrownBy(() -> peer.write(pong)));
	}

	RecordingListener.Closed endOf(String frame, Behind behind) throws Exception {
		openRaw();
		long started = System.nanoTime();
		this.orders.add((peer) -> behind.run(peer, bytes(frame)));
		RecordingListener.Closed end = within(started);
		eventually(() -> assertThat(this.raw.openConnections()).isZero());
		return end;
	}

	private void openRaw() throws Exception {
		serve((connection) -> {
			connection.upgrade();
			this.orders.take().run(connection);
			this.answer.set(connection.readFrameOrEnd());
			connection.awaitEnd();
		});
		dial(this.raw.uri(), null);
	}

	void serveTls(Script script) throws Exception {
		this.raw = RawWebSocketServer.start(certificates.server(TestCertificates.LOCALHOST), script);
	}

	URI uri() {
		return this.raw.uri();
	}

	void dial(URI uri, @Nullable SSLContext context) {
		this.transport.dial(
				new DialRequest(uri, Map.of(), List.of(), context, MAX_MESSAGE_SIZE, Duration.ofSeconds(10)),
				this.listener);
		eventually(() -> assertThat(this.listener.connection()).isNotNull());
	}

	RecordingListener.Closed within(long started) {
		RecordingListener.Closed end = awaitEnd();
		assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(LIMIT);
		return end;
	}

	private void assertViolationReported() {
		eventually(() -> assertThat(this.answer.get()).isNotNull());
		assertThat(this.answer.get().opcode()).isEqualTo(RawFrame.CLOSE);
		assertThat(this.answer.get().closeCode()).isIn(1002, 1007);
	}

	static byte[] bytes(String hex) {
		return HexFormat.ofDelimiter(" ").parseHex(hex);
	}

	private static byte[] concat(byte[]... parts) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			all.writeBytes(part);
		}
		return all.toByteArray();
	}

	enum Behind {

		NOTHING {
			@Override
			void run(RawWebSocketConnection peer, byte[] frame) throws IOException {
				peer.write(frame);
			}
		},

		FIN {
			@Override
			void run(RawWebSocketConnection peer, byte[] frame) throws IOException {
				peer.write(frame);
				peer.fin();
			}
		},

		RESET {
			@Override
			void run(RawWebSocketConnection peer, byte[] frame) throws IOException {
				peer.write(frame);
				peer.reset();
			}
		},

		MORE {
			@Override
			void run(RawWebSocketConnection peer, byte[] frame) throws IOException {
				peer.write(concat(frame, RawFrame.text("late").toBytes(), RawFrame.close(1001, "late").toBytes()));
			}
		};

		abstract void run(RawWebSocketConnection peer, byte[] frame) throws IOException;

	}

}
