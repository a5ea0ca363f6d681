package dev.streaming.internal.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.streaming.Conn.State;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectionLostException;
import dev.streaming.Message;
import dev.streaming.NotConnectedException;
import dev.streaming.OutagePolicy;
import dev.streaming.SendFailedException;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.ReceivedMessage;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * C5 to C7 and C10: send, receive, end, reset.
 */
@Timeout(30)
class ConnTrafficTests {

	private final TestRuntime runtime = new TestRuntime();

	@AfterEach
	void close() {
		this.runtime.close();
	}

	@Test
	void sendEncodesJsonAsOneTextFrame() throws Exception {
		DefaultConn conn = this.runtime.connected();
		conn.send(Map.of("type", "hello"));
		conn.sendRaw("plain");
		conn.sendRaw(Message.binary(new byte[] { 1, 2 }));
		List<ReceivedMessage> received = this.runtime.peer().received();
		assertThat(received).hasSize(3);
		assertThat(received.get(0).isText()).isTrue();
		assertThat(received.get(0).text()).isEqualTo("{\"type\":\"hello\"}");
		assertThat(received.get(1).text()).isEqualTo("plain");
		assertThat(received.get(2).isText()).isFalse();
		assertThat(received.get(2).bytes()).containsExactly(1, 2);
		this.runtime.assertNoTimers();
	}

	@Test
	void sendOfWhatIsForSendRawSaysSo() throws Exception {
		DefaultConn conn = this.runtime.connected();
		for (Object wrong : List.of(Message.text("x"), new byte[1], ByteBuffer.allocate(1))) {
			assertThatIllegalArgumentException().isThrownBy(() -> conn.send(wrong)).withMessageContaining("sendRaw");
		}
		assertThat(this.runtime.peer().received()).isEmpty();
	}

	@Test
	@Rule("C5")
	void messageThatCannotBeEncodedLeavesTheConnectionAsItWas() throws Exception {
		DefaultConn conn = this.runtime.connected();
		Object cyclic = new Object() {

			@JsonProperty
			Object self() {
				throw new IllegalStateException("cannot be read");
			}

		};
		assertThatIllegalArgumentException().isThrownBy(() -> conn.send(cyclic));
		assertThat(conn.isConnected()).isTrue();
		conn.sendRaw("still here");
		assertThat(this.runtime.peer().texts()).containsExactly("still here");
	}

	@Test
	@Rule("C5")
	void sendersNeverInterleaveAndEachKeepsItsOrder() throws Exception {
		DefaultConn conn = this.runtime.connected();
		List<CompletableFuture<Void>> senders = new ArrayList<>();
		for (int s = 0; s < 8; s++) {
			int sender = s;
			senders.add(TestRuntime.run(() -> {
				for (int i = 0; i < 200; i++) {
					conn.sendRaw(sender + ":" + i);
				}
			}));
		}
		for (CompletableFuture<Void> sender : senders) {
			TestRuntime.get(sender);
		}
		int[] next = new int[8];
		for (String text : this.runtime.peer().texts()) {
			String[] parts = text.split(":");
			int sender = Integer.parseInt(parts[0]);
			assertThat(Integer.parseInt(parts[1])).isEqualTo(next[sender]++);
		}
		assertThat(next).containsOnly(200);
	}

	@Test
	void sendThatWaitsTooLongForItsTurnThrowsAndTheConnectionStays() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().stallWrites();
		CompletableFuture<Void> writing = TestRuntime.run(() -> conn.sendRaw("writing"));
		awaitWriting(conn);
		this.runtime.timer.advance(Duration.ofSeconds(9));
		CompletableFuture<Void> waiting = TestRuntime.run(() -> conn.sendRaw("waiting"));
		this.runtime.timer.awaitPending(2);
		this.runtime.peer().releaseWrites();
		TestRuntime.get(writing);
		TestRuntime.get(waiting);
		this.runtime.timer.advance(Duration.ofMinutes(1));
		assertThat(conn.isConnected()).isTrue();
		assertThat(this.runtime.peer().texts()).containsExactly("writing", "waiting");
	}

	private static void awaitWriting(DefaultConn conn) {
		TestRuntime.eventually(() -> assertThat(conn.core().link().outbox().writing()).isNotNull());
	}

	@Test
	@Rule("C5")
	void deadlineOfOneThatWaitsForItsTurnDoesNotTouchTheConnection() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().stallWrites();
		CompletableFuture<Void> writing = TestRuntime.run(() -> conn.sendRaw("writing"));
		awaitWriting(conn);
		OutboundMessage waiting = new OutboundMessage(Message.text("waiting"), OutagePolicy.FAIL, false);
		conn.core().send(waiting);
		waiting.expire();
		assertThat(TestRuntime.failure(waiting.result())).isInstanceOf(SendFailedException.class)
			.hasMessageContaining("the connection stays");
		assertThat(conn.isConnected()).isTrue();
		this.runtime.peer().releaseWrites();
		TestRuntime.get(writing);
		assertThat(this.runtime.peer().texts()).containsExactly("writing");
	}

	@Test
	@Rule("C5")
	void deadlineWhileBeingWrittenLosesTheConnection() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().stallWrites();
		CompletableFuture<Void> send = TestRuntime.run(() -> conn.sendRaw("stuck"));
		awaitWriting(conn);
		this.runtime.timer.fallDue(ConnConfig.DEFAULT_WRITE_WAIT);
		assertThat(TestRuntime.failure(send)).isInstanceOf(SendFailedException.class).hasMessageContaining("writeWait");
		assertThat(conn.state()).isEqualTo(State.IDLE);
		assertThat(this.runtime.peer().isAborted()).isTrue();
		assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(conn::receive)
			.satisfies((ex) -> assertThat(ex.closeStatus().getCode()).isEqualTo(1006));
	}

	@Test
	void writeThatFailsLosesTheConnection() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().failWrites(new IOException("Broken pipe"));
		assertThatExceptionOfType(SendFailedException.class).isThrownBy(() -> conn.sendRaw("x"))
			.withRootCauseInstanceOf(IOException.class);
		assertThat(conn.state()).isEqualTo(State.IDLE);
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> conn.sendRaw("y"))
			.satisfies((ex) -> assertThat(ex.closeStatus()).get().extracting(CloseStatus::getCode).isEqualTo(1006));
	}

	@Test
	@Rule("C5")
	void interruptNeitherBreaksASendNorIsSwallowed() throws Exception {
		DefaultConn conn = this.runtime.connected();
		Thread.currentThread().interrupt();
		conn.sendRaw("interrupted");
		assertThat(Thread.interrupted()).isTrue();
		assertThat(conn.isConnected()).isTrue();
		assertThat(this.runtime.peer().texts()).containsExactly("interrupted");
	}

	@Test
	@Rule("C5")
	void interruptOfASendUnderWayIsKept() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().stallWrites();
		Thread[] sender = new Thread[1];
		CompletableFuture<Boolean> flag = TestRuntime.async(() -> {
			sender[0] = Thread.currentThread();
			conn.sendRaw("slow");
			return Thread.interrupted();
		});
		awaitWriting(conn);
		sender[0].interrupt();
		assertThat(flag).isNotDone();
		this.runtime.peer().releaseWrites();
		assertThat(TestRuntime.get(flag)).isTrue();
		assertThat(conn.isConnected()).isTrue();
	}

	@Test
	void sendBeforeConnectSaysSo() {
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> this.runtime.conn().sendRaw("x"))
			.withMessageContaining("connect()")
			.satisfies((ex) -> assertThat(ex.closeStatus()).isEmpty());
	}

	@Test
	@Rule("C6")
	void receiveKeepsOrderAndKind() throws Exception {
		DefaultConn conn = this.runtime.connected();
		InMemoryPeer peer = this.runtime.peer();
		peer.text("a");
		peer.binary(new byte[] { 1 });
		peer.textAsBytes("ü");
		assertThat(conn.receive()).isEqualTo(Message.text("a"));
		assertThat(conn.receive()).isEqualTo(Message.binary(new byte[] { 1 }));
		Message third = conn.receive();
		assertThat(third.isText()).isTrue();
		assertThat(third.hasText()).isFalse();
		assertThat(third.text()).isEqualTo("ü");
		assertThat(third.size()).isEqualTo(2);
	}

	@Test
	@Rule("C6")
	void timedOutReceiveLosesNothing() throws Exception {
		DefaultConn conn = this.runtime.connected();
		assertThat(conn.receive(Duration.ofMillis(1))).isEmpty();
		this.runtime.peer().text("later");
		assertThat(conn.receive(Duration.ZERO)).map(Message::text).contains("later");
		assertThat(conn.isConnected()).isTrue();
	}

	@Test
	@Rule("C6")
	void interruptedReceiveLosesNothing() throws Exception {
		DefaultConn conn = this.runtime.connected();
		Thread[] receiver = new Thread[1];
		CompletableFuture<Message> receive = TestRuntime.async(() -> {
			receiver[0] = Thread.currentThread();
			return conn.receive();
		});
		TestRuntime.eventually(
				() -> assertThat(receiver[0]).isNotNull().extracting(Thread::getState).isEqualTo(Thread.State.WAITING));
		receiver[0].interrupt();
		assertThat(TestRuntime.failure(receive)).isInstanceOf(InterruptedException.class);
		this.runtime.peer().text("later");
		assertThat(conn.receive().text()).isEqualTo("later");
	}

	@Test
	@Rule("C6")
	void twoReceiversAtOnceAreAnError() throws Exception {
		DefaultConn conn = this.runtime.connected();
		CompletableFuture<Message> first = TestRuntime.async(conn::receive);
		// Without waiting: a receive that waits could come before the first and end that
		TestRuntime.eventually(() -> assertThatIllegalStateException().isThrownBy(() -> conn.receive(Duration.ZERO))
			.withMessageContaining("receiving"));
		this.runtime.peer().text("for the first");
		assertThat(TestRuntime.get(first).text()).isEqualTo("for the first");
	}

	@Test
	void slowReceiverStopsReadingAndNothingIsLost() throws Exception {
		DefaultConn conn = this.runtime.connected();
		InMemoryPeer peer = this.runtime.peer();
		String kilobyte = "x".repeat(1024);
		for (int i = 0; i < 1000; i++) {
			peer.text(i + kilobyte);
		}
		assertThat(peer.isPaused()).isTrue();
		assertThat(peer.undelivered()).isGreaterThan(500);
		for (int i = 0; i < 1000; i++) {
			assertThat(conn.receive().text()).startsWith(i + "x");
		}
		assertThat(peer.isPaused()).isFalse();
	}

	@Test
	@Rule("C6")
	void whatArrivedBeforeTheEndIsDeliveredBeforeTheEnd() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().text("a");
		this.runtime.peer().text("b");
		this.runtime.peer().close(new CloseStatus(1011, "oops"));
		assertThat(conn.state()).isEqualTo(State.IDLE);
		assertThat(conn.receive().text()).isEqualTo("a");
		assertThat(conn.receive().text()).isEqualTo("b");
		assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(conn::receive)
			.withMessageContaining("1011")
			.satisfies((ex) -> assertThat(ex.closeStatus().getReason()).isEqualTo("oops"));
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(conn::receive)
			.satisfies((ex) -> assertThat(ex.closeStatus()).get().extracting(CloseStatus::getCode).isEqualTo(1011));
	}

	@Test
	@Rule("C7")
	void goingAwayIsALoss() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().close(CloseStatus.GOING_AWAY);
		assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(() -> conn.receiveLoop((message) -> {
		})).satisfies((ex) -> assertThat(ex.closeStatus().getCode()).isEqualTo(1001));
	}

	@Test
	@Rule("C7")
	void endWithoutACloseFrameIsALossWith1006() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().drop();
		assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(conn::receive)
			.satisfies((ex) -> assertThat(ex.closeStatus().getCode()).isEqualTo(1006));
	}

	@Test
	@Rule("C7")
	void receiveLoopReturnsAfterThePeersNormalClose() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().text("last");
		this.runtime.peer().close(CloseStatus.NORMAL);
		List<String> texts = new ArrayList<>();
		conn.receiveLoop((message) -> texts.add(message.text()));
		assertThat(texts).containsExactly("last");
		assertThat(conn.state()).isEqualTo(State.IDLE);
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(conn::receive)
			.satisfies((ex) -> assertThat(ex.closeStatus()).contains(CloseStatus.NORMAL));
	}

	@Test
	@Rule("C7")
	void receiveLoopReturnsAfterOurClose() throws Exception {
		DefaultConn conn = this.runtime.connected();
		CompletableFuture<Void> loop = TestRuntime.run(() -> conn.receiveLoop((message) -> {
		}));
		this.runtime.peer().text("x");
		TestRuntime.eventually(() -> assertThat(conn.core().link().inbox().isEmpty()).isTrue());
		TestRuntime.eventually(() -> assertThatIllegalStateException().isThrownBy(() -> conn.receive(Duration.ZERO)));
		conn.close();
		TestRuntime.get(loop);
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> conn.receiveLoop((message) -> {
		}));
	}

	@Test
	@Rule("C7")
	void connectWorksAgainAfterALoss() throws Exception {
		DefaultConn conn = this.runtime.connected();
		InMemoryPeer old = this.runtime.peer();
		old.text("never taken");
		old.drop();
		conn.connect();
		this.runtime.peer(2).text("new");
		assertThat(conn.receive().text()).isEqualTo("new");
		assertThat(conn.isConnected()).isTrue();
	}

	@Test
	@Rule("C10")
	void lateEventsOfAnOldConnectionDoNoHarm() throws Exception {
		DefaultConn conn = this.runtime.connected();
		PhysicalConnection old = conn.core().link();
		conn.reset();
		conn.connect();
		old.received(Message.text("late"));
		old.closed(CloseStatus.SERVER_ERROR, null);
		old.lose("late", null);
		assertThat(conn.isConnected()).isTrue();
		assertThat(conn.receive(Duration.ofMillis(5))).isEqualTo(Optional.empty());
	}

	@Test
	@Rule("C10")
	void resetDropsTheConnectionAndWhatWasNotReceived() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().text("dropped");
		CompletableFuture<Message> receive = TestRuntime.async(() -> {
			conn.receive();
			return conn.receive();
		});
		TestRuntime.eventually(() -> assertThat(conn.core().link().inbox().isEmpty()).isTrue());
		this.runtime.peer().text("taken");
		this.runtime.peer().stallWrites();
		assertThat(TestRuntime.get(receive).text()).isEqualTo("taken");
		CompletableFuture<Void> loop = TestRuntime.run(() -> conn.receiveLoop((message) -> {
		}));
		// Without waiting: a receive that waits could come before the loop and end that
		TestRuntime.eventually(() -> assertThatIllegalStateException().isThrownBy(() -> conn.receive(Duration.ZERO)));
		conn.reset();
		assertThat(TestRuntime.failure(loop)).isInstanceOf(NotConnectedException.class);
		assertThat(conn.state()).isEqualTo(State.IDLE);
		assertThat(this.runtime.peer().isAborted()).isTrue();
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("C10")
	void resetMakesAClosedConnectionIdle() throws Exception {
		DefaultConn conn = this.runtime.connected();
		conn.close();
		assertThat(conn.isClosed()).isTrue();
		conn.reset();
		assertThat(conn.state()).isEqualTo(State.IDLE);
		conn.connect();
		assertThat(conn.isConnected()).isTrue();
	}

	@Test
	void messageNeverShowsItsContent() {
		byte[] utf8 = "s3cret".getBytes(StandardCharsets.UTF_8);
		Message message = Message.text(utf8);
		utf8[0] = 'X';
		assertThat(message.text()).isEqualTo("s3cret");
		message.bytes()[0] = 'X';
		assertThat(message.bytes()).startsWith('s');
		assertThat(message).hasToString("Message[text, 6 bytes]");
		assertThat(Message.text("aü€😀").size()).isEqualTo("aü€😀".getBytes(StandardCharsets.UTF_8).length);
	}

}
