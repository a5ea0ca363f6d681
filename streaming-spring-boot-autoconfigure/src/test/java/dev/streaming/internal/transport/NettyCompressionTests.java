package dev.streaming.internal.transport;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

import dev.streaming.TransportType;
import dev.streaming.internal.transport.netty.NettyTransport;
import dev.streaming.testsupport.NettyLeaks;
import dev.streaming.testsupport.RawFrame;
import dev.streaming.testsupport.RawWebSocketConnection;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compression of messages (RFC 7692) on Netty's transport.
 */
@ExtendWith(NettyLeaks.class)
class NettyCompressionTests extends RawServerTestBase {

	private static final int COMPRESSED = 4;

	private static final String LONG = "a delta of an answer, ".repeat(20);

	private final BlockingQueue<RawFrame> received = new LinkedBlockingQueue<>();

	private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);

	private final Inflater inflater = new Inflater(true);

	@Override
	Transport createTransport() {
		NettyTransport netty = new NettyTransport(this::execute);
		this.destroyed.add(netty::close);
		return netty;
	}

	@Test
	void compressionIsOfferedOnlyWhereItIsAskedFor() throws Exception {
		BlockingQueue<String> offers = new LinkedBlockingQueue<>();
		serve((connection) -> {
			offers.add(String.valueOf(connection.request().header("Sec-WebSocket-Extensions")));
			connection.upgrade();
			connection.awaitEnd();
		});
		this.transport.dial(request(this.raw.uri()), this.listener);
		assertThat(offers.poll(10, TimeUnit.SECONDS)).isEqualTo("null");
		this.transport.dial(compressing(true), new RecordingListener());
		assertThat(offers.poll(10, TimeUnit.SECONDS)).isEqualTo("permessage-deflate");
	}

	@Test
	void serverThatDoesNotAgreeGetsPlainMessages() throws Exception {
		open("");
		send(connection().sendText(LONG).toCompletableFuture());
		RawFrame frame = take();
		assertThat(frame.rsv()).isZero();
		assertThat(frame.text()).isEqualTo(LONG);
	}

	@ParameterizedTest
	@ValueSource(strings = { "permessage-deflate", "permessage-deflate; server_max_window_bits=9",
			"PerMessage-Deflate; client_no_context_takeover; server_no_context_takeover" })
	void messagesAreCompressedBothWays(String agreed) throws Exception {
		boolean forgets = agreed.contains("no_context");
		RawWebSocketConnection peer = open(agreed);
		for (int i = 0; i < 3; i++) {
			send(connection().sendText(LONG + i).toCompletableFuture());
			RawFrame frame = take();
			assertThat(frame.rsv()).isEqualTo(COMPRESSED);
			assertThat(frame.payload().length).isLessThan((forgets || i == 0) ? 60 : 20);
			assertThat(inflate(frame.payload(), forgets)).asString().isEqualTo(LONG + i);
			peer.frame(compressed(RawFrame.TEXT, true, deflate(utf8(LONG + i), forgets)));
		}
		eventually(() -> assertThat(this.listener.texts()).containsExactly(LONG + 0, LONG + 1, LONG + 2));
		byte[] bytes = random(100_000);
		send(connection().sendBinary(ByteBuffer.wrap(bytes)).toCompletableFuture());
		RawFrame frame = take();
		assertThat(frame.opcode()).isEqualTo(RawFrame.BINARY);
		assertThat(inflate(frame.payload(), forgets)).isEqualTo(bytes);
		send(connection().sendText("").toCompletableFuture());
		assertThat(take().rsv()).isZero();
	}

	@Test
	void fragmentsPlainMessagesAndLastBlocksAreRead() throws Exception {
		RawWebSocketConnection peer = open("permessage-deflate");
		byte[] whole = deflate(utf8(LONG), false);
		int middle = whole.length / 2;
		peer.frame(compressed(RawFrame.TEXT, false, Arrays.copyOf(whole, middle)));
		peer.frame(RawFrame.of(RawFrame.PING, true, new byte[0]));
		peer.frame(RawFrame.of(RawFrame.CONTINUATION, true, Arrays.copyOfRange(whole, middle, whole.length)));
		peer.text("plain");
		// The example of RFC 7692, section 7.2.3.4
		peer.frame(compressed(RawFrame.TEXT, true,
				new byte[] { (byte) 0xf3, 0x48, (byte) 0xcd, (byte) 0xc9, (byte) 0xc9, 0x07, 0x00, 0x00 }));
		eventually(() -> assertThat(this.listener.texts()).containsExactly(LONG, "plain", "Hello"));
	}

	/**
	 * 64 MiB in 64 KiB, and 1 MiB is the limit. Not all of it is inflated.
	 */
	@Test
	@Rule("B3")
	void messageThatInflatesBeyondTheLimitIsTooLarge() throws Exception {
		RawWebSocketConnection peer = open("permessage-deflate");
		byte[] bomb = deflate(new byte[64 * MAX_MESSAGE_SIZE], false);
		assertThat(bomb.length).isLessThan(MAX_MESSAGE_SIZE / 8);
		peer.frame(compressed(RawFrame.BINARY, true, bomb));
		assertThat(awaitEnd().code()).isEqualTo(1009);
		assertThat(take().closeCode()).isEqualTo(1009);
		assertThat(this.listener.end().cause()).isInstanceOf(MessageTooBigException.class);
	}

	@Test
	void partsThatTogetherInflateBeyondTheLimitAreTooLarge() throws Exception {
		RawWebSocketConnection peer = open("permessage-deflate");
		byte[] part = deflate(new byte[MAX_MESSAGE_SIZE / 2], false);
		peer.frame(compressed(RawFrame.BINARY, false, part));
		peer.frame(RawFrame.of(RawFrame.CONTINUATION, false, new byte[] { 0, 0, (byte) 0xff, (byte) 0xff }));
		peer.frame(RawFrame.of(RawFrame.CONTINUATION, false, deflate(new byte[MAX_MESSAGE_SIZE / 2 + 1], false)));
		assertThat(awaitEnd().code()).isEqualTo(1009);
	}

	@Test
	void messageThatCannotBeInflatedEndsTheConnection() throws Exception {
		RawWebSocketConnection peer = open("permessage-deflate");
		peer.frame(compressed(RawFrame.TEXT, true, new byte[] { (byte) 0xff, (byte) 0xff, (byte) 0xff }));
		assertThat(awaitEnd().code()).isEqualTo(1007);
	}

	@Test
	void inflatedTextMustBeUtf8() throws Exception {
		RawWebSocketConnection peer = open("permessage-deflate");
		peer.frame(compressed(RawFrame.TEXT, true, deflate(new byte[] { (byte) 0xc3, 0x28 }, false)));
		assertThat(awaitEnd().code()).isEqualTo(1007);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 5, 6, 7 })
	void reservedBitsWithoutAnExtensionEndTheConnection(int rsv) throws Exception {
		RawWebSocketConnection peer = open("permessage-deflate");
		peer.frame(new RawFrame(RawFrame.TEXT, true, rsv, false, utf8("x")));
		assertThat(awaitEnd().code()).isEqualTo(1002);
	}

	@ParameterizedTest
	@ValueSource(ints = { RawFrame.PING, RawFrame.PONG, RawFrame.CLOSE })
	void compressedControlFrameEndsTheConnection(int opcode) throws Exception {
		RawWebSocketConnection peer = open("permessage-deflate");
		peer.frame(compressed(opcode, true, new byte[0]));
		assertThat(awaitEnd().code()).isEqualTo(1002);
	}

	@Test
	void compressedMessageWithoutAgreementEndsTheConnection() throws Exception {
		RawWebSocketConnection peer = open("");
		peer.frame(compressed(RawFrame.TEXT, true, deflate(utf8("x"), false)));
		assertThat(awaitEnd().code()).isEqualTo(1002);
	}

	@ParameterizedTest
	@ValueSource(strings = { "x-other", "permessage-deflate, permessage-deflate", "permessage-deflate, x-other",
			"permessage-deflate; client_max_window_bits=10", "permessage-deflate; server_max_window_bits=16",
			"permessage-deflate; server_max_window_bits", "permessage-deflate; s3cret",
			"permessage-deflate; server_no_context_takeover; server_no_context_takeover",
			"permessage-deflate; server_no_context_takeover=1", ";" })
	void agreementToWhatWasNotOfferedFailsTheDial(String extensions) {
		answer(extensions);
		this.transport.dial(compressing(true), this.listener);
		DialException failure = awaitFailure();
		assertThat(failure.kind()).isEqualTo(DialException.Kind.PROTOCOL);
		assertThat(failure).hasMessageContaining("extension that was not offered").hasMessageNotContaining("s3cret");
	}

	private void answer(String extensions) {
		serve((connection) -> {
			String accept = RawWebSocketConnection.acceptOf(connection.request().header("Sec-WebSocket-Key"));
			connection.write(utf8("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
					+ "Sec-WebSocket-Accept: " + accept + "\r\n"
					+ (extensions.isEmpty() ? "" : "Sec-WebSocket-Extensions: " + extensions + "\r\n") + "\r\n"));
			this.peers.add(connection);
			for (RawFrame frame = connection.readFrameOrEnd(); frame != null; frame = connection.readFrameOrEnd()) {
				this.received.add(frame);
			}
		});
	}

	private final BlockingQueue<RawWebSocketConnection> peers = new LinkedBlockingQueue<>();

	private RawWebSocketConnection open(String extensions) throws InterruptedException {
		answer(extensions);
		this.transport.dial(compressing(true), this.listener);
		eventually(() -> assertThat(this.listener.connection()).isNotNull());
		return this.peers.take();
	}

	private DialRequest compressing(boolean compression) {
		return new DialRequest(this.raw.uri(), Map.of(), List.of(), null, MAX_MESSAGE_SIZE, Duration.ofSeconds(10),
				TransportType.NETTY, "", null, compression);
	}

	private RawFrame take() throws InterruptedException {
		RawFrame frame = this.received.poll(10, TimeUnit.SECONDS);
		assertThat(frame).isNotNull();
		return (frame.opcode() == RawFrame.PONG) ? take() : frame;
	}

	private static RawFrame compressed(int opcode, boolean fin, byte[] payload) {
		return new RawFrame(opcode, fin, COMPRESSED, false, payload);
	}

	private byte[] deflate(byte[] bytes, boolean forget) {
		byte[] out = new byte[bytes.length + 100];
		this.deflater.setInput(bytes);
		int count = this.deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
		if (forget) {
			this.deflater.reset();
		}
		return Arrays.copyOf(out, count - 4);
	}

	private byte[] inflate(byte[] bytes, boolean forget) throws Exception {
		ByteArrayOutputStream in = new ByteArrayOutputStream();
		in.writeBytes(bytes);
		in.writeBytes(new byte[] { 0, 0, (byte) 0xff, (byte) 0xff });
		this.inflater.setInput(in.toByteArray());
		byte[] out = new byte[200_000];
		int count = this.inflater.inflate(out);
		if (forget) {
			this.inflater.reset();
		}
		return Arrays.copyOf(out, count);
	}

}
