package dev.streaming.internal.connection;

import java.time.Duration;

import dev.streaming.Conn.State;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectionLostException;
import dev.streaming.race.Race;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * C8: pings, signs of life, and when a peer is lost.
 */
@Rule("C8")
class HeartbeatTests extends AbstractConnectionTests {

	private static final Duration INTERVAL = Duration.ofSeconds(15);

	private static final Duration SECOND = Duration.ofSeconds(1);

	private void fill() {
		while (!this.runtime.peer().isPaused()) {
			this.runtime.peer().text("x".repeat(1024));
		}
	}

	@Test
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
			.withMessageContaining("no frame was received")
			.satisfies((ex) -> assertThat(ex.closeStatus().getCode()).isEqualTo(1006));
		assertThat(this.runtime.observer.pings).containsExactly(false);
		this.runtime.assertNoTimers();
	}

	@Test
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
	void heartbeatContinuesOverResetAndReconnect() throws Exception {
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
	void peerThatFallsSilentLaterIsNoticedInTimeToo() throws Exception {
		DefaultConn conn = this.runtime.connected();
		conn.startHeartbeat(INTERVAL);
		this.runtime.timer.advance(INTERVAL.multipliedBy(10));
		this.runtime.peer().answerPings(false);
		this.runtime.timer.advance(INTERVAL.plus(ConnConfig.DEFAULT_PONG_TIMEOUT));
		assertThat(conn.isConnected()).isFalse();
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

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2, 3, 4 })
	void peerThatFallsSilentAfterAnyPingIsNoticedInTime(int pings) throws Exception {
		DefaultConn conn = this.runtime.connected((builder) -> builder.heartbeatInterval(INTERVAL));
		this.runtime.timer.advance(INTERVAL.multipliedBy(pings));
		this.runtime.peer().answerPings(false);
		this.runtime.timer.advance(INTERVAL.plus(ConnConfig.DEFAULT_PONG_TIMEOUT).minusMillis(1));
		assertThat(conn.isConnected()).isTrue();
		this.runtime.timer.fallDue(Duration.ofMillis(1));
		assertThat(conn.isConnected()).isFalse();
	}

	@Test
	void heartbeatContinuesAfterALossAndAfterAClose() throws Exception {
		DefaultConn conn = this.runtime.connected();
		conn.startHeartbeat(INTERVAL);
		conn.stateMachine().physicalConnection().fail("tested", null);
		conn.connect();
		this.runtime.timer.fallDue(INTERVAL);
		assertThat(this.runtime.peer(2).pings()).isEqualTo(1);
		conn.close();
		conn.reset();
		conn.connect();
		this.runtime.timer.fallDue(INTERVAL);
		assertThat(this.runtime.peer(3).pings()).isEqualTo(1);
		this.runtime.peer(3).close(CloseStatus.NORMAL);
		this.runtime.assertNoTimers();
	}

	/**
	 * The clock overflows between the two, so that times cannot be compared by their
	 * values.
	 */
	@Test
	void pastBackPressureDoesNotCount() throws Exception {
		DefaultConn conn = this.runtime.connected((builder) -> builder.heartbeatInterval(SECOND));
		this.runtime.peer().answerPings(false);
		this.runtime.timer.advance(SECOND.multipliedBy(2));
		fill();
		this.runtime.timer.advance(SECOND.multipliedBy(8));
		while (conn.receive(Duration.ZERO).isPresent()) {
			assertThat(conn.isConnected()).isTrue();
		}
		assertThat(this.runtime.peer().isPaused()).isFalse();
		this.runtime.timer.advance(ConnConfig.DEFAULT_PONG_TIMEOUT.minusMillis(1));
		assertThat(conn.isConnected()).isTrue();
		this.runtime.timer.fallDue(Duration.ofMillis(1));
		assertThat(conn.isConnected()).isFalse();
	}

	@Test
	void heartbeatThatStartsUnderBackPressureTakesItIntoAccount() throws Exception {
		DefaultConn conn = this.runtime.connected();
		fill();
		this.runtime.peer().answerPings(false);
		conn.startHeartbeat(SECOND);
		this.runtime.timer.advance(Duration.ofMinutes(10));
		assertThat(conn.isConnected()).isTrue();
	}

	/**
	 * Measured from a ping that was never sent, an unsolicited pong took centuries.
	 */
	@Test
	void unsolicitedPongIsNotMeasured() throws Exception {
		Race.rounds(1, (round) -> {
			DefaultConn conn = round.connected((builder) -> builder.heartbeatInterval(Duration.ofSeconds(10)));
			round.peer().pong();
			assertThat(round.observer.pongs).isEmpty();
			round.timer.fallDue(Duration.ofSeconds(10));
			round.peer().pong();
			assertThat(round.observer.pongs).hasSize(1);
			conn.close();
		});
	}

}
