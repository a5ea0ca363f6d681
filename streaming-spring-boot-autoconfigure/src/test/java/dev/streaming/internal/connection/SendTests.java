package dev.streaming.internal.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.streaming.Conn.State;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectionLostException;
import dev.streaming.Message;
import dev.streaming.NotConnectedException;
import dev.streaming.OutagePolicy;
import dev.streaming.SendFailedException;
import dev.streaming.race.Race;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.ReceivedMessage;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * C5: sends, their order, their deadline and interrupts.
 */
@Rule("C5")
class SendTests extends AbstractConnectionTests {

	private static void awaitWriting(DefaultConn conn) {
		TestRuntime
			.eventually(() -> assertThat(conn.stateMachine().physicalConnection().sendQueue().writing()).isNotNull());
	}

	private static void awaitWaiting(Thread thread) {
		TestRuntime
			.eventually(() -> assertThat(thread.getState()).isIn(Thread.State.WAITING, Thread.State.TIMED_WAITING));
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
	void sendOfAMessageNamesSendRaw() throws Exception {
		DefaultConn conn = this.runtime.connected();
		for (Object wrong : List.of(Message.text("x"), new byte[1], ByteBuffer.allocate(1))) {
			assertThatIllegalArgumentException().isThrownBy(() -> conn.send(wrong)).withMessageContaining("sendRaw");
		}
		assertThat(this.runtime.peer().received()).isEmpty();
	}

	@Test
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

	@Test
	void deadlineOfOneThatWaitsForItsTurnDoesNotTouchTheConnection() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().stallWrites();
		CompletableFuture<Void> writing = TestRuntime.run(() -> conn.sendRaw("writing"));
		awaitWriting(conn);
		OutboundMessage waiting = new OutboundMessage(Message.text("waiting"), OutagePolicy.FAIL, false);
		conn.stateMachine().send(waiting);
		waiting.expire();
		assertThat(TestRuntime.failure(waiting.result())).isInstanceOf(SendFailedException.class)
			.hasMessageContaining("the connection stays open");
		assertThat(conn.isConnected()).isTrue();
		this.runtime.peer().releaseWrites();
		TestRuntime.get(writing);
		assertThat(this.runtime.peer().texts()).containsExactly("writing");
	}

	@Test
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
	@Rule("B7")
	void writeWithoutAThreadFailsAloneWithTheReason() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().rejectWrite(new RejectedExecutionException("all 4 threads of the pool are busy"));
		assertThatExceptionOfType(SendFailedException.class).isThrownBy(() -> conn.sendRaw("x"))
			.withMessageContaining("all 4 threads of the pool are busy");
		assertThat(conn.isConnected()).isTrue();
		conn.sendRaw("y");
		assertThat(this.runtime.peer().texts()).containsExactly("y");
	}

	@Test
	void interruptNeitherBreaksASendNorIsSwallowed() throws Exception {
		DefaultConn conn = this.runtime.connected();
		Thread.currentThread().interrupt();
		conn.sendRaw("interrupted");
		assertThat(Thread.interrupted()).isTrue();
		assertThat(conn.isConnected()).isTrue();
		assertThat(this.runtime.peer().texts()).containsExactly("interrupted");
	}

	@Test
	void interruptOfASendInProgressIsKept() throws Exception {
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
	void sendBeforeConnectFails() {
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> this.runtime.conn().sendRaw("x"))
			.withMessageContaining("connect()")
			.satisfies((ex) -> assertThat(ex.closeStatus()).isEmpty());
	}

	/**
	 * The second message has waited for most of its time when its turn comes.
	 */
	@Test
	void writeWaitRunsFromTheCall() throws Exception {
		DefaultConn conn = this.runtime.connected();
		InMemoryPeer peer = this.runtime.peer();
		peer.stallWrites();
		peer.onMessage((message) -> peer.stallWrites());
		CompletableFuture<Void> first = TestRuntime.run(() -> conn.sendRaw("first"));
		TestRuntime
			.eventually(() -> assertThat(conn.stateMachine().physicalConnection().sendQueue().writing()).isNotNull());
		CompletableFuture<Void> second = TestRuntime.run(() -> conn.sendRaw("second"));
		this.runtime.timer.awaitPending(2);
		this.runtime.timer.advance(ConnConfig.DEFAULT_WRITE_WAIT.minusMillis(1));
		peer.releaseWrites();
		TestRuntime.get(first);
		assertThat(second).isNotDone();
		this.runtime.timer.fallDue(Duration.ofMillis(1));
		assertThat(TestRuntime.failure(second)).isInstanceOf(SendFailedException.class)
			.hasMessageContaining("writeWait");
		assertThat(conn.isConnected()).isFalse();
	}

	@Test
	void interruptedSendIsWrittenToItsEnd() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().stallWrites();
		CompletableFuture<Thread> sender = new CompletableFuture<>();
		CompletableFuture<Boolean> flag = TestRuntime.async(() -> {
			sender.complete(Thread.currentThread());
			conn.sendRaw("slow");
			return Thread.interrupted();
		});
		awaitWaiting(TestRuntime.get(sender));
		TestRuntime.get(sender).interrupt();
		// It has seen the interrupt, and waits on
		TestRuntime.eventually(() -> assertThat(sender.join().isInterrupted()).isFalse());
		awaitWaiting(TestRuntime.get(sender));
		this.runtime.peer().releaseWrites();
		assertThat(TestRuntime.get(flag)).isTrue();
		assertThat(conn.isConnected()).isTrue();
		assertThat(this.runtime.peer().texts()).containsExactly("slow");
	}

	/**
	 * The deadline of a message passed while its write was reported: the message was
	 * sent, its sender content, and a healthy connection dropped.
	 */
	@Test
	void deadlineThatPassesAsTheMessageIsWrittenHarmsNothing() throws Exception {
		Race.rounds(1, (round) -> {
			DefaultConn conn = round.connected();
			PhysicalConnection physicalConnection = conn.stateMachine().physicalConnection();
			round.observer.onEvent = (event) -> {
				if (event.equals("sent")) {
					physicalConnection.sendQueue().writing().expire();
				}
			};
			conn.sendRaw("just in time");
			assertThat(conn.state()).isEqualTo(State.OPEN);
			assertThat(round.peer().texts()).containsExactly("just in time");
			conn.close();
		});
	}

}
