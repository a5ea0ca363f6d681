package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.streaming.Conn.State;
import dev.streaming.ConnConfig;
import dev.streaming.Message;
import dev.streaming.NotConnectedException;
import dev.streaming.SendFailedException;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * C9: closes, their grace period and their close code.
 */
@Rule("C9")
class CloseTests extends AbstractConnectionTests {

	private static void awaitWaiting(Thread thread) {
		TestRuntime
			.eventually(() -> assertThat(thread.getState()).isIn(Thread.State.WAITING, Thread.State.TIMED_WAITING));
	}

	private InMemoryPeer peerThatAnswersNoClose() {
		InMemoryPeer peer = this.runtime.peer();
		peer.answerClose(false);
		return peer;
	}

	private CompletableFuture<Void> stalledSend(DefaultConn conn, String text) {
		this.runtime.peer().stallWrites();
		CompletableFuture<Void> send = TestRuntime.run(() -> conn.sendRaw(text));
		TestRuntime
			.eventually(() -> assertThat(conn.stateMachine().physicalConnection().sendQueue().writing()).isNotNull());
		return send;
	}

	@Test
	void closeSendsTheFrameAndWaitsForThePeers() throws Exception {
		DefaultConn conn = this.runtime.connected();
		InMemoryPeer peer = peerThatAnswersNoClose();
		CompletableFuture<Void> close = TestRuntime.run(() -> conn.close(new CloseStatus(1001, "bye")));
		assertThat(peer.awaitCloseStatus()).isEqualTo(new CloseStatus(1001, "bye"));
		assertThat(conn.state()).isEqualTo(State.CLOSING);
		assertThat(close).isNotDone();
		peer.close(CloseStatus.GOING_AWAY);
		TestRuntime.get(close);
		assertThat(conn.state()).isEqualTo(State.CLOSED);
		assertThat(peer.isAborted()).isFalse();
		this.runtime.assertNoTimers();
	}

	@Test
	void closeDropsTheSocketAfterTheGracePeriod() throws Exception {
		DefaultConn conn = this.runtime.connected();
		InMemoryPeer peer = peerThatAnswersNoClose();
		CompletableFuture<Void> close = TestRuntime.run(conn::close);
		peer.awaitCloseStatus();
		this.runtime.timer.awaitPending(1);
		this.runtime.timer.fallDue(ConnConfig.DEFAULT_CLOSE_GRACE_PERIOD);
		TestRuntime.get(close);
		assertThat(peer.isAborted()).isTrue();
		assertThat(conn.isClosed()).isTrue();
		this.runtime.assertNoTimers();
	}

	@Test
	void closeIsIdempotentAndTwoClosersWaitForTheSameEnd() throws Exception {
		DefaultConn conn = this.runtime.connected();
		InMemoryPeer peer = peerThatAnswersNoClose();
		CompletableFuture<Void> first = TestRuntime.run(conn::close);
		peer.awaitCloseStatus();
		CompletableFuture<Void> second = TestRuntime.run(conn::close);
		assertThat(second).isNotDone();
		peer.close(CloseStatus.NORMAL);
		TestRuntime.get(first);
		TestRuntime.get(second);
		conn.close();
		assertThat(conn.isClosed()).isTrue();
	}

	@Test
	void closeEndsWaitingReceivers() throws Exception {
		DefaultConn conn = this.runtime.connected();
		CompletableFuture<Message> receive = TestRuntime.async(conn::receive);
		conn.close();
		assertThat(TestRuntime.failure(receive)).isInstanceOf(NotConnectedException.class);
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> conn.sendRaw("x"))
			.withMessageContaining("reset()");
	}

	@Test
	void closeReturnsInTimeBehindAStalledWrite() throws Exception {
		DefaultConn conn = this.runtime.connected();
		InMemoryPeer peer = this.runtime.peer();
		CompletableFuture<Void> send = stalledSend(conn, "stuck");
		CompletableFuture<Void> close = TestRuntime.run(conn::close);
		this.runtime.timer.awaitPending(2);
		this.runtime.timer.fallDue(ConnConfig.DEFAULT_CLOSE_GRACE_PERIOD);
		TestRuntime.get(close);
		assertThat(TestRuntime.failure(send)).isInstanceOf(SendFailedException.class);
		assertThat(peer.isAborted()).isTrue();
	}

	@Test
	void closeWaitsForTheFrameThatIsBeingWritten() throws Exception {
		DefaultConn conn = this.runtime.connected();
		InMemoryPeer peer = this.runtime.peer();
		CompletableFuture<Void> send = stalledSend(conn, "whole");
		CompletableFuture<Void> waiting = TestRuntime.run(() -> conn.sendRaw("never begun"));
		this.runtime.timer.awaitPending(2);
		CompletableFuture<Void> close = TestRuntime.run(conn::close);
		assertThat(TestRuntime.failure(waiting)).isInstanceOf(NotConnectedException.class);
		assertThat(peer.closeStatus()).isNull();
		peer.releaseWrites();
		TestRuntime.get(send);
		TestRuntime.get(close);
		assertThat(peer.texts()).containsExactly("whole");
		assertThat(peer.closeStatus()).isEqualTo(CloseStatus.NORMAL);
	}

	@Test
	void closeOfAConnectionThatWasNeverOpenNeedsNoPeer() {
		DefaultConn conn = this.runtime.conn();
		conn.close();
		assertThat(conn.isClosed()).isTrue();
	}

	@Test
	void closeCodeThatMayNotBeSentIsRefused() throws Exception {
		DefaultConn conn = this.runtime.connected();
		for (int code : new int[] { 1004, 1005, 1006, 1015, 2000, 5000 }) {
			assertThatIllegalArgumentException().isThrownBy(() -> conn.close(new CloseStatus(code)))
				.withMessageContaining(String.valueOf(code));
		}
		assertThat(conn.isConnected()).isTrue();
		conn.close(new CloseStatus(4000, "ü".repeat(100)));
		assertThat(this.runtime.peer().closeStatus().getReason()).isEqualTo("ü".repeat(61));
	}

	@Test
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

	/**
	 * All that is asked while a close waits for the peer is answered at once.
	 */
	@Test
	@Rule("C1")
	void closeThatWaitsForThePeerDoesNotDelayOthers() throws Exception {
		DefaultConn conn = this.runtime.connected();
		InMemoryPeer peer = peerThatAnswersNoClose();
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
	void closeWaitsForTheWholeGracePeriod() throws Exception {
		DefaultConn conn = this.runtime.connected();
		InMemoryPeer peer = peerThatAnswersNoClose();
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

}
