package dev.streaming.internal.transport;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.streaming.internal.transport.netty.NettyTransport;
import dev.streaming.testsupport.NettyLeaks;
import dev.streaming.testsupport.RawFrame;
import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The transport on Netty's codec.
 */
@ExtendWith(NettyLeaks.class)
class NettyTransportTests extends SocketTransportTests {

	private NettyTransport netty;

	@Override
	Transport createTransport() {
		this.netty = new NettyTransport(this::execute);
		this.destroyed.add(this.netty::close);
		return this.netty;
	}

	@ParameterizedTest
	@ValueSource(ints = { 301, 302, 307, 308 })
	@Rule("N1")
	void redirectReportsItsStatus(int status) {
		this.server.refuse(status);
		dial();
		assertThat(awaitFailure().statusCode()).isEqualTo(status);
	}

	@Test
	@Rule("N1")
	void refusalReportsItsRetryAfter() {
		try (RawWebSocketServer raw = RawWebSocketServer
			.start((connection) -> connection.refuse("503 Service Unavailable", "Retry-After: 7"))) {
			this.transport.dial(request(raw.uri()), this.listener);
			DialException failure = awaitFailure();
			assertThat(failure.statusCode()).isEqualTo(503);
			assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(7));
		}
	}

	/**
	 * Its header has the length; the payload would be kept until it is whole.
	 */
	@Test
	void aFrameOverTheLimitIsNotAwaited() throws Exception {
		RawContractServer.Peer peer = openRaw();
		peer.answerClose(false);
		peer.raw().write(new byte[] { (byte) 0x82, 127, 0, 0, 0, 0, 0x40, 0, 0, 0, 'x' });
		assertThat(awaitEnd().code()).isEqualTo(1009);
		assertThat(this.listener.messages()).isEmpty();
	}

	@Test
	@Rule("N1")
	void messageIsOneFrame() throws Exception {
		BlockingQueue<RawFrame> frames = new LinkedBlockingQueue<>();
		try (RawWebSocketServer raw = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.serve(frames::add);
		})) {
			this.transport.dial(request(raw.uri()), this.listener);
			awaitOpen();
			send(connection().sendText("x".repeat(500_000)).toCompletableFuture());
			RawFrame frame = frames.poll(10, TimeUnit.SECONDS);
			assertThat(frame).isNotNull();
			assertThat(frame.fin()).isTrue();
			assertThat(frame.payload()).hasSize(500_000);
			connection().abort();
			awaitEnd();
		}
	}

}
