package dev.streaming.test;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

import dev.streaming.Message;
import dev.streaming.internal.transport.DialException;
import dev.streaming.internal.transport.DialRequest;
import dev.streaming.internal.transport.TransportConnection;
import dev.streaming.internal.transport.TransportListener;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A connection without a socket keeps the contract of
 * {@link dev.streaming.internal.transport.TransportListener}.
 */
class MemoryConnectionTests implements TransportListener, MemoryConnection.Handler {

	private final List<String> client = new ArrayList<>();

	private final List<String> peer = new ArrayList<>();

	private final MemoryConnection connection = new MemoryConnection(this, 100, Runnable::run, this);

	private void open() {
		this.connection.open();
		this.client.clear();
	}

	@Test
	void messagesOfBothSidesArriveInOrder() {
		open();
		this.connection.message(Message.text("one"));
		this.connection.message(Message.binary(new byte[] { 2 }));
		this.connection.sendText("a");
		this.connection.sendText(ByteBuffer.wrap("b".getBytes()));
		this.connection.sendBinary(ByteBuffer.wrap("c".getBytes()));
		assertThat(this.client).containsExactly("text one", "binary 1");
		assertThat(this.peer).containsExactly("a", "b", "c");
	}

	@Test
	void pausedClientGetsNoMessageAndNoEndButPongs() {
		open();
		this.connection.pause();
		this.connection.message(Message.text("one"));
		this.connection.end(new CloseStatus(1001, "away"), null);
		this.connection.message(Message.text("behind the end"));
		assertThat(this.client).isEmpty();
		this.connection.resume();
		assertThat(this.client).containsExactly("text one", "closed 1001");
	}

	@Test
	void pingIsAnsweredUnlessThePeerIsDead() {
		open();
		this.connection.pause();
		this.connection.ping();
		assertThat(this.client).containsExactly("pong");
		this.connection.answering(MemoryConnection.Answering.IGNORED);
		this.connection.ping();
		assertThat(this.client).containsExactly("pong");
	}

	@Test
	void closeFrameIsAnsweredOnceBehindMessages() {
		open();
		this.connection.close(new CloseStatus(1000));
		this.connection.close(new CloseStatus(1001));
		assertThat(this.client).containsExactly("closed 1000");
		assertThat(this.peer).containsExactly("closing 1000");
		assertThat(this.connection.sendText("late").toCompletableFuture()).isCompletedExceptionally();
	}

	@Test
	void abortResumesDeliversAndEnds() {
		open();
		this.connection.pause();
		this.connection.message(Message.text("one"));
		this.connection.abort();
		this.connection.abort();
		assertThat(this.client).containsExactly("text one", "closed 1006");
		assertThat(this.peer).containsExactly("aborted");
	}

	@Test
	void messageThatIsTooBigIsTheEnd() {
		open();
		this.connection.message(Message.binary(new byte[101]));
		this.connection.message(Message.text("behind the end"));
		assertThat(this.client).containsExactly("closed 1009");
	}

	@Test
	void otherDialsAreMadeElsewhere() {
		List<DialRequest> others = new ArrayList<>();
		MemoryTransport transport = new MemoryTransport((request) -> null, (request, listener) -> {
			others.add(request);
			return () -> {
			};
		});
		transport.dial(request(), this);
		assertThat(others).hasSize(1);
	}

	@Test
	void dialThatIsGivenUpFailsOnce() {
		MemoryTransport transport = new MemoryTransport((request) -> new Peer() {

			@Override
			public Executor lane() {
				return Runnable::run;
			}

			@Override
			public void dialled(MemoryDial dial) {
				MemoryConnectionTests.this.peer.add("dialled");
			}

		}, MemoryTransport.none("nobody"));
		var dialing = transport.dial(request(), this);
		dialing.abort();
		dialing.abort();
		assertThat(this.peer).containsExactly("dialled");
		assertThat(this.client).containsExactly("failed NETWORK");
	}

	private static DialRequest request() {
		return new DialRequest(URI.create("ws://test/"), Map.of(), List.of(), null, 100, Duration.ofSeconds(1));
	}

	@Override
	public void opened(TransportConnection opened) {
		this.client.add("opened");
	}

	@Override
	public void failed(DialException failure) {
		this.client.add("failed " + failure.kind());
	}

	@Override
	public void text(String text) {
		this.client.add("text " + text);
	}

	@Override
	public void text(byte[] utf8) {
		this.client.add("text as bytes");
	}

	@Override
	public void binary(byte[] bytes) {
		this.client.add("binary " + bytes.length);
	}

	@Override
	public void activity() {
		this.client.add("activity");
	}

	@Override
	public void pong() {
		this.client.add("pong");
	}

	@Override
	public void closed(CloseStatus status, @Nullable Throwable cause) {
		this.client.add("closed " + status.getCode());
	}

	@Override
	public void received(Message message) {
		this.peer.add(message.text());
	}

	@Override
	public void closing(CloseStatus status) {
		this.peer.add("closing " + status.getCode());
	}

	@Override
	public void aborted() {
		this.peer.add("aborted");
	}

}
