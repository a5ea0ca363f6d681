package dev.streaming.internal.connection;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.streaming.Conn.State;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectFailedException;
import dev.streaming.ConnectionLostException;
import dev.streaming.Message;
import dev.streaming.NotConnectedException;
import dev.streaming.SendFailedException;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * C5 to C7 and C9: what senders, receivers and closers see of an end, whoever makes it
 * and whenever they ask.
 */
@Timeout(30)
class ConnEndTests {

	private final TestRuntime runtime = new TestRuntime();

	@AfterEach
	void close() {
		this.runtime.close();
	}

	@Test
	@Rule("C7")
	void everyReceiveAfterThePeersNormalCloseSaysSo() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().close(CloseStatus.NORMAL);
		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(NotConnectedException.class).isThrownBy(conn::receive)
				.satisfies((ex) -> assertThat(ex.closeStatus()).contains(CloseStatus.NORMAL));
		}
	}

	@Test
	@Rule("C7")
	void secondLoopAfterThePeersNormalCloseSaysSo() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().close(CloseStatus.NORMAL);
		conn.receiveLoop((message) -> {
		});
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> conn.receiveLoop((message) -> {
		}));
	}

	@Test
	@Rule("C7")
	void afterOurCloseReceiveAndLoopSaySoWithoutAStatusOfThePeer() throws Exception {
		DefaultConn conn = this.runtime.connected();
		conn.close();
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> conn.receiveLoop((message) -> {
		})).satisfies((ex) -> assertThat(ex.closeStatus()).isEmpty());
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(conn::receive);
	}

	@Test
	@Rule("C7")
	void lossKeepsItsCause() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().drop();
		assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(conn::receive)
			.withCauseInstanceOf(IOException.class);
	}

	@Test
	@Rule("C7")
	void receiveDuringADialSaysSoAndTakesNothingOfTheLastConnection() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().text("never taken");
		this.runtime.peer().drop();
		this.runtime.transport.onDial((dial) -> {
		});
		CompletableFuture<Void> connect = TestRuntime.run(conn::connect);
		this.runtime.transport.awaitDial(2);
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> conn.receive(Duration.ZERO))
			.withMessageContaining("dial");
		conn.close();
		assertThat(TestRuntime.failure(connect)).isInstanceOf(ConnectFailedException.class);
	}

	@Test
	@Rule("C6")
	void messageOverTheLimitIsALossWith1009() throws Exception {
		DefaultConn conn = this.runtime.connected((builder) -> builder.maxMessageSize(DataSize.ofBytes(10)));
		this.runtime.peer().text("x".repeat(10));
		this.runtime.peer().text("x".repeat(11));
		assertThat(conn.receive().size()).isEqualTo(10);
		assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(conn::receive)
			.satisfies((ex) -> assertThat(ex.closeStatus().getCode()).isEqualTo(1009));
	}

	@Test
	@Rule("C6")
	void receiveWithTheFlagSetIsInterruptedAndLosesNothing() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().text("first");
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(conn::receive);
		assertThat(conn.receive().text()).isEqualTo("first");
	}

	/**
	 * The second message has waited for most of its time when its turn comes.
	 */
	@Test
	@Rule("C5")
	void writeWaitRunsFromTheCall() throws Exception {
		DefaultConn conn = this.runtime.connected();
		InMemoryPeer peer = this.runtime.peer();
		peer.stallWrites();
		peer.onMessage((message) -> peer.stallWrites());
		CompletableFuture<Void> first = TestRuntime.run(() -> conn.sendRaw("first"));
		TestRuntime.eventually(() -> assertThat(conn.core().link().outbox().writing()).isNotNull());
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
	@Rule("C5")
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

	@Test
	@Rule("C9")
	void interruptedCloseWaitsOnAndKeepsTheFlag() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().answerClose(false);
		CompletableFuture<Thread> closer = new CompletableFuture<>();
		CompletableFuture<Boolean> flag = TestRuntime.async(() -> {
			closer.complete(Thread.currentThread());
			conn.close();
			return Thread.interrupted();
		});
		awaitWaiting(TestRuntime.get(closer));
		TestRuntime.get(closer).interrupt();
		TestRuntime.eventually(() -> assertThat(closer.join().isInterrupted()).isFalse());
		awaitWaiting(TestRuntime.get(closer));
		assertThat(conn.state()).isEqualTo(State.CLOSING);
		this.runtime.peer().close(CloseStatus.NORMAL);
		assertThat(TestRuntime.get(flag)).isTrue();
		assertThat(conn.isClosed()).isTrue();
	}

	private static void awaitWaiting(Thread thread) {
		TestRuntime
			.eventually(() -> assertThat(thread.getState()).isIn(Thread.State.WAITING, Thread.State.TIMED_WAITING));
	}

	/**
	 * All that is asked while a close waits for the peer is answered at once.
	 */
	@Test
	@Rule({ "C1", "C9" })
	void closeThatWaitsForThePeerHoldsUpNobodyElse() throws Exception {
		DefaultConn conn = this.runtime.connected();
		InMemoryPeer peer = this.runtime.peer();
		peer.answerClose(false);
		CompletableFuture<Message> receive = TestRuntime.async(conn::receive);
		TestRuntime.eventually(() -> assertThatIllegalStateException().isThrownBy(() -> conn.receive(Duration.ZERO)));
		CompletableFuture<Void> close = TestRuntime.run(conn::close);
		peer.awaitCloseStatus();
		assertThat(TestRuntime.failure(receive)).isInstanceOf(NotConnectedException.class);
		assertThat(conn.state()).isEqualTo(State.CLOSING);
		assertThat(conn.isConnected()).isFalse();
		assertThat(conn.isClosed()).isFalse();
		assertThatIllegalStateException().isThrownBy(conn::connect).withMessageContaining("CLOSING");
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> conn.sendRaw("x"));
		peer.text("late");
		assertThat(this.runtime.observer.received).hasValue(0);
		assertThat(close).isNotDone();
		CompletableFuture<Thread> closer = new CompletableFuture<>();
		CompletableFuture<Void> second = TestRuntime.run(() -> {
			closer.complete(Thread.currentThread());
			conn.close();
		});
		awaitWaiting(TestRuntime.get(closer));
		assertThat(second).isNotDone();
		peer.close(CloseStatus.NORMAL);
		TestRuntime.get(close);
		TestRuntime.get(second);
	}

	@Test
	@Rule("C9")
	void closeWaitsForTheWholeGracePeriod() throws Exception {
		DefaultConn conn = this.runtime.connected();
		InMemoryPeer peer = this.runtime.peer();
		peer.answerClose(false);
		CompletableFuture<Void> close = TestRuntime.run(conn::close);
		peer.awaitCloseStatus();
		this.runtime.timer.awaitPending(1);
		this.runtime.timer.advance(ConnConfig.DEFAULT_CLOSE_GRACE_PERIOD.minusMillis(1));
		assertThat(peer.isAborted()).isFalse();
		assertThat(close).isNotDone();
		this.runtime.timer.fallDue(Duration.ofMillis(1));
		TestRuntime.get(close);
		assertThat(peer.isAborted()).isTrue();
	}

	@Test
	void lossEndsTheLoopBehindItsMessages() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().text("a");
		this.runtime.peer().text("b");
		conn.core().link().lose("tested", null);
		List<String> texts = new ArrayList<>();
		assertThatExceptionOfType(ConnectionLostException.class)
			.isThrownBy(() -> conn.receiveLoop((message) -> texts.add(message.text())))
			.withMessageContaining("tested");
		assertThat(texts).containsExactly("a", "b");
	}

}
