package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.streaming.Conn.State;
import dev.streaming.ConnConfig;
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

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * C8 and C9: heartbeat, close.
 */
@Timeout(30)
class ConnCloseTests {

	private static final Duration INTERVAL = Duration.ofSeconds(15);

	private final TestRuntime runtime = new TestRuntime();

	@AfterEach
	void close() {
		this.runtime.close();
	}

	@Test
	@Rule("C9")
	void closeSendsTheFrameAndWaitsForThePeers() throws Exception {
		DefaultConn conn = this.runtime.connected();
		InMemoryPeer peer = this.runtime.peer();
		peer.answerClose(false);
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
	@Rule("C9")
	void closeGivesUpAfterTheGracePeriodAndDropsTheSocket() throws Exception {
		DefaultConn conn = this.runtime.connected();
		InMemoryPeer peer = this.runtime.peer();
		peer.answerClose(false);
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
	@Rule("C9")
	void closeIsIdempotentAndTwoClosersWaitForTheSameEnd() throws Exception {
		DefaultConn conn = this.runtime.connected();
		InMemoryPeer peer = this.runtime.peer();
		peer.answerClose(false);
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
	@Rule("C9")
	void closeEndsWaitingReceivers() throws Exception {
		DefaultConn conn = this.runtime.connected();
		CompletableFuture<Message> receive = TestRuntime.async(conn::receive);
		conn.close();
		assertThat(TestRuntime.failure(receive)).isInstanceOf(NotConnectedException.class);
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> conn.sendRaw("x"))
			.withMessageContaining("reset()");
	}

	@Test
	void closeWaitsForTheFrameThatIsBeingWritten() throws Exception {
		DefaultConn conn = this.runtime.connected();
		InMemoryPeer peer = this.runtime.peer();
		peer.stallWrites();
		CompletableFuture<Void> send = TestRuntime.run(() -> conn.sendRaw("whole"));
		TestRuntime.eventually(() -> assertThat(conn.core().link().outbox().writing()).isNotNull());
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
	@Rule("C9")
	void closeReturnsInTimeBehindAStalledWrite() throws Exception {
		DefaultConn conn = this.runtime.connected();
		InMemoryPeer peer = this.runtime.peer();
		peer.stallWrites();
		CompletableFuture<Void> send = TestRuntime.run(() -> conn.sendRaw("stuck"));
		TestRuntime.eventually(() -> assertThat(conn.core().link().outbox().writing()).isNotNull());
		CompletableFuture<Void> close = TestRuntime.run(conn::close);
		this.runtime.timer.awaitPending(2);
		this.runtime.timer.fallDue(ConnConfig.DEFAULT_CLOSE_GRACE_PERIOD);
		TestRuntime.get(close);
		assertThat(TestRuntime.failure(send)).isInstanceOf(SendFailedException.class);
		assertThat(peer.isAborted()).isTrue();
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
	@Rule("C8")
	void heartbeatPingsAtTheInterval() throws Exception {
		DefaultConn conn = this.runtime.connected((builder) -> builder.heartbeatInterval(INTERVAL));
		for (int i = 1; i <= 20; i++) {
			this.runtime.timer.fallDue(INTERVAL);
			assertThat(this.runtime.peer().pings()).isEqualTo(i);
		}
		assertThat(conn.isConnected()).isTrue();
		assertThat(this.runtime.observer.pings).hasSize(20).containsOnly(true);
		conn.close();
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("C8")
	void silentPeerIsLostWithinIntervalAndPongTimeout() throws Exception {
		DefaultConn conn = this.runtime.connected();
		conn.startHeartbeat(INTERVAL);
		this.runtime.peer().answerPings(false);
		this.runtime.timer.advance(INTERVAL.plus(ConnConfig.DEFAULT_PONG_TIMEOUT).minusMillis(1));
		assertThat(conn.isConnected()).isTrue();
		this.runtime.timer.fallDue(Duration.ofMillis(1));
		assertThat(conn.state()).isEqualTo(State.IDLE);
		assertThat(this.runtime.peer().isAborted()).isTrue();
		assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(conn::receive)
			.withMessageContaining("no sign of life")
			.satisfies((ex) -> assertThat(ex.closeStatus().getCode()).isEqualTo(1006));
		assertThat(this.runtime.observer.pings).containsExactly(false);
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("C8")
	void anyFrameIsASignOfLife() throws Exception {
		DefaultConn conn = this.runtime.connected();
		conn.startHeartbeat(INTERVAL);
		this.runtime.peer().answerPings(false);
		for (int i = 0; i < 20; i++) {
			this.runtime.timer.advance(INTERVAL);
			this.runtime.timer.advance(Duration.ofSeconds(1));
			if (i % 2 == 0) {
				this.runtime.peer().text("x");
			}
			else {
				this.runtime.peer().fragment();
			}
		}
		assertThat(conn.isConnected()).isTrue();
	}

	@Test
	void peerThatFallsSilentLaterIsNoticedInTimeToo() throws Exception {
		DefaultConn conn = this.runtime.connected();
		conn.startHeartbeat(INTERVAL);
		this.runtime.timer.advance(INTERVAL.multipliedBy(10));
		this.runtime.peer().answerPings(false);
		this.runtime.timer.advance(INTERVAL.plus(ConnConfig.DEFAULT_PONG_TIMEOUT));
		assertThat(conn.isConnected()).isFalse();
	}

	@Test
	@Rule("C8")
	void ourOwnBackPressureDoesNotCountAgainstThePeer() throws Exception {
		DefaultConn conn = this.runtime.connected();
		conn.startHeartbeat(INTERVAL);
		for (int i = 0; i < 400; i++) {
			this.runtime.peer().text("x".repeat(1024));
		}
		assertThat(this.runtime.peer().isPaused()).isTrue();
		this.runtime.timer.advance(Duration.ofMinutes(10));
		assertThat(conn.isConnected()).isTrue();
		this.runtime.peer().answerPings(false);
		for (int i = 0; i < 400; i++) {
			conn.receive();
		}
		this.runtime.timer.advance(INTERVAL.plus(ConnConfig.DEFAULT_PONG_TIMEOUT));
		assertThat(conn.isConnected()).isFalse();
	}

	@Test
	@Rule("C8")
	void heartbeatGoesOnOverResetAndReconnect() throws Exception {
		DefaultConn conn = this.runtime.connected();
		conn.startHeartbeat(INTERVAL);
		conn.reset();
		this.runtime.assertNoTimers();
		conn.connect();
		this.runtime.timer.fallDue(INTERVAL);
		assertThat(this.runtime.peer(2).pings()).isEqualTo(1);
		assertThat(this.runtime.peer(1).pings()).isZero();
	}

	@Test
	void secondStartReplacesTheFirstAndStopStops() throws Exception {
		DefaultConn conn = this.runtime.connected();
		conn.startHeartbeat(INTERVAL);
		conn.startHeartbeat(Duration.ofSeconds(1));
		this.runtime.timer.advance(INTERVAL);
		assertThat(this.runtime.peer().pings()).isEqualTo(15);
		conn.stopHeartbeat();
		this.runtime.timer.advance(INTERVAL);
		assertThat(this.runtime.peer().pings()).isEqualTo(15);
		this.runtime.assertNoTimers();
		assertThatIllegalArgumentException().isThrownBy(() -> conn.startHeartbeat(Duration.ZERO));
	}

}
