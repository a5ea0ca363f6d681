package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.ConnConfig;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * C8: the heartbeat over several connections, under our own back-pressure, and at its
 * end.
 */
@Timeout(30)
class HeartbeatTests {

	private static final Duration INTERVAL = Duration.ofSeconds(15);

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final TestRuntime runtime = new TestRuntime();

	@AfterEach
	void close() {
		this.runtime.close();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2, 3, 4 })
	@Rule("C8")
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
	@Rule("C8")
	void goesOnAfterALossAndAfterAClose() throws Exception {
		DefaultConn conn = this.runtime.connected();
		conn.startHeartbeat(INTERVAL);
		conn.core().link().lose("tested", null);
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
	@Rule("C8")
	void backPressureThatIsOverDoesNotCountEither() throws Exception {
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
	@Rule("C8")
	void heartbeatThatStartsUnderBackPressureKnowsOfIt() throws Exception {
		DefaultConn conn = this.runtime.connected();
		fill();
		this.runtime.peer().answerPings(false);
		conn.startHeartbeat(SECOND);
		this.runtime.timer.advance(Duration.ofMinutes(10));
		assertThat(conn.isConnected()).isTrue();
	}

	private void fill() {
		while (!this.runtime.peer().isPaused()) {
			this.runtime.peer().text("x".repeat(1024));
		}
	}

	/**
	 * The timer had taken the task already when it was called off.
	 */
	@Test
	@Rule("C8")
	void taskThatRunsAsItStopsDoesNothing() {
		List<Runnable> tasks = new ArrayList<>();
		Scheduler late = new Scheduler() {

			@Override
			public long nanoTime() {
				return HeartbeatTests.this.runtime.timer.nanoTime();
			}

			@Override
			public Timeout schedule(Duration delay, Runnable task) {
				tasks.add(task);
				return () -> {
				};
			}

		};
		AtomicInteger pings = new AtomicInteger();
		List<String> losses = new ArrayList<>();
		Heartbeat heartbeat = new Heartbeat(SECOND, late, pings::incrementAndGet, losses::add, this.runtime.observer);
		heartbeat.interval(SECOND);
		this.runtime.timer.advance(SECOND);
		tasks.get(0).run();
		assertThat(pings).hasValue(1);
		assertThat(tasks).hasSize(3);
		heartbeat.stop();
		this.runtime.timer.advance(SECOND.multipliedBy(5));
		List.copyOf(tasks).forEach(Runnable::run);
		assertThat(pings).hasValue(1);
		assertThat(losses).isEmpty();
		assertThat(tasks).hasSize(3);
	}

}
