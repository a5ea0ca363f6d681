package dev.streaming.race;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.streaming.Conn.State;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectFailedException;
import dev.streaming.ConnectionLostException;
import dev.streaming.NotConnectedException;
import dev.streaming.SendFailedException;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Timeout;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Races on one connection. Each has one outcome out of few that are allowed, and leaves
 * nothing behind: {@link RaceRuntime#assertNothingLeft()}.
 */
@Timeout(120)
class ConnRaceTests {

	private static final int ROUNDS = 300;

	@RaceTest("close against message")
	void closeAgainstMessage() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			DefaultConn conn = round.connected();
			InMemoryPeer peer = round.peer();
			List<String> received = new CopyOnWriteArrayList<>();
			round.together(() -> numbered(peer, 20), conn::close, () -> {
				try {
					conn.receiveLoop((message) -> received.add(message.text()));
				}
				catch (NotConnectedException ex) {
					// It began after the close
					assertThat(received).isEmpty();
				}
			});
			assertGapless(received, "m");
			assertThat(conn.state()).isEqualTo(State.CLOSED);
			assertThat(peer.closeStatus()).isEqualTo(CloseStatus.NORMAL);
		});
	}

	@RaceTest("close against dial")
	void closeAgainstDial() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			DefaultConn conn = round.conn((builder) -> {
				if (round.random.nextBoolean()) {
					builder.handshake((handshake) -> Race.spin(300));
				}
			});
			boolean late = round.random.nextBoolean();
			if (late) {
				round.transport.onDial((dial) -> round.run(dial::accept));
			}
			List<Throwable> failures = new CopyOnWriteArrayList<>();
			round.together(() -> {
				try {
					conn.connect();
				}
				catch (ConnectFailedException | IllegalStateException ex) {
					failures.add(ex);
				}
			}, conn::close);
			assertThat(conn.state()).isEqualTo(State.CLOSED);
			if (!failures.isEmpty() && failures.get(0) instanceof ConnectFailedException failed) {
				assertThat(failed).hasMessageContaining("closed");
				assertThat(failed.isRetryable()).isFalse();
			}
		});
	}

	@RaceTest("close against backoff")
	void closeAgainstBackOff() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			DefaultConn conn = round.conn((builder) -> builder.maxRetries(1_000_000));
			round.transport.onDial((dial) -> dial.refuse(503));
			RaceRuntime.Clock clock = round.turn(Duration.ofMillis(1));
			CompletableFuture<Void> connect = round.run(conn::connectWithRetry);
			round.transport.awaitDial(1 + round.random.nextInt(4));
			round.together(conn::close, () -> {
			});
			assertThat(TestRuntime.failure(connect)).isInstanceOfSatisfying(ConnectFailedException.class,
					(failed) -> assertThat(failed).hasMessageContaining("closed"));
			clock.stop();
			assertThat(conn.state()).isEqualTo(State.CLOSED);
			int dials = round.transport.dials().size();
			round.timer.advance(Duration.ofSeconds(1));
			assertThat(round.transport.dials()).hasSize(dials);
		});
	}

	@RaceTest("close against heartbeat loss")
	void closeAgainstHeartbeatLoss() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			DefaultConn conn = round.connected(
					(builder) -> builder.heartbeatInterval(Duration.ofMillis(10)).pongTimeout(Duration.ofMillis(10)));
			round.peer().answerPings(false);
			round.timer.advance(Duration.ofMillis(19));
			List<Throwable> ends = new CopyOnWriteArrayList<>();
			CompletableFuture<Void> loop = round.run(() -> conn.receiveLoop((message) -> {
			}));
			round.together(conn::close, () -> round.timer.advance(Duration.ofMillis(2)));
			Throwable failure = TestRuntime.failure(loop);
			if (failure != null) {
				ends.add(failure);
				assertThat(failure).isInstanceOfAny(ConnectionLostException.class, NotConnectedException.class);
			}
			assertThat(conn.state()).isEqualTo(State.CLOSED);
			assertThat(round.observer.events.stream().filter("no pong"::equals).count()).isLessThanOrEqualTo(1);
		});
	}

	@RaceTest("reset against receive")
	void resetAgainstReceive() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			DefaultConn conn = round.connected();
			InMemoryPeer first = round.peer();
			List<String> received = new CopyOnWriteArrayList<>();
			List<Throwable> ends = new CopyOnWriteArrayList<>();
			round.together(() -> numbered(first, 10), conn::reset, () -> {
				try {
					while (true) {
						received.add(conn.receive().text());
					}
				}
				catch (NotConnectedException ex) {
					ends.add(ex);
				}
			});
			assertThat(ends).hasSize(1);
			assertGapless(received, "m");
			assertThat(conn.state()).isEqualTo(State.IDLE);
			assertThat(first.isAborted()).isTrue();
			conn.connect();
			round.peer().awaitIdle().text("of the second");
			assertThat(conn.receive().text()).isEqualTo("of the second");
			conn.close();
		});
	}

	@RaceTest("reset against receive")
	void resetAgainstDial() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			DefaultConn conn = round.conn();
			round.together(() -> {
				try {
					conn.connect();
				}
				catch (ConnectFailedException ex) {
					assertThat(ex).hasMessageContaining("reset");
				}
			}, conn::reset);
			// Either the reset came first, or it took the connection away
			if (conn.state() == State.OPEN) {
				conn.reset();
			}
			assertThat(conn.state()).isEqualTo(State.IDLE);
			conn.connect();
			assertThat(conn.state()).isEqualTo(State.OPEN);
			conn.close();
		});
	}

	@RaceTest("two closers")
	void twoClosers() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			DefaultConn conn = round.connected();
			InMemoryPeer peer = round.peer();
			round.together(() -> conn.close(CloseStatus.GOING_AWAY), () -> conn.close(new CloseStatus(4000, "two")),
					() -> {
						if (round.random.nextBoolean()) {
							peer.close(CloseStatus.NORMAL);
						}
						else {
							peer.text("in between");
						}
					});
			assertThat(conn.state()).isEqualTo(State.CLOSED);
			CloseStatus sent = peer.closeStatus();
			if (sent != null) {
				assertThat(sent.getCode()).isIn(1001, 4000);
			}
		});
	}

	@RaceTest("two closers")
	void closeAgainstReset() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			DefaultConn conn = round.connected();
			round.peer().answerClose(false);
			CompletableFuture<Void> loop = round.run(() -> conn.receiveLoop((message) -> {
			}));
			CompletableFuture<Void> close = new CompletableFuture<>();
			round.together(() -> round.run(conn::close).whenComplete((done, failure) -> close.complete(null)),
					conn::reset);
			if (!close.isDone()) {
				conn.reset();
			}
			TestRuntime.get(close);
			TestRuntime.failure(loop);
			conn.reset();
			assertThat(conn.state()).isEqualTo(State.IDLE);
		});
	}

	@RaceTest("many senders against loss")
	void manySendersAgainstLoss() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			DefaultConn conn = round.connected();
			InMemoryPeer peer = round.peer();
			Set<String> written = ConcurrentHashMap.newKeySet();
			List<TestRuntime.ThrowingRunnable> actors = new ArrayList<>();
			for (int sender = 0; sender < 4; sender++) {
				String name = "s" + sender + ".";
				actors.add(() -> sendUntilLost(conn, name, written));
			}
			int how = round.random.nextInt(3);
			actors.add(() -> {
				Race.spin(200);
				switch (how) {
					case 0 -> peer.drop();
					case 1 -> peer.close(CloseStatus.GOING_AWAY);
					default -> peer.failWrites(new IOException("Broken pipe"));
				}
			});
			round.together(actors);
			List<String> texts = peer.texts();
			assertThat(texts).doesNotHaveDuplicates().containsAll(written);
			for (int sender = 0; sender < 4; sender++) {
				String name = "s" + sender + ".";
				assertGapless(texts.stream().filter((text) -> text.startsWith(name)).toList(), name);
			}
			assertThat(conn.state()).isEqualTo(State.IDLE);
		});
	}

	private static void sendUntilLost(DefaultConn conn, String name, Set<String> written) {
		for (int i = 0;; i++) {
			try {
				conn.sendRaw(name + i);
				written.add(name + i);
			}
			catch (NotConnectedException | SendFailedException ex) {
				return;
			}
		}
	}

	/**
	 * The deadline of a write passes as the write succeeds: either the sender is told and
	 * the connection lost, or neither.
	 */
	@RaceTest("many senders against loss")
	void writeWaitAgainstTheWrite() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			DefaultConn conn = round.connected((builder) -> builder.writeWait(Duration.ofSeconds(1)));
			InMemoryPeer peer = round.peer();
			peer.stallWrites();
			CompletableFuture<Void> first = round.run(() -> conn.sendRaw("first"));
			Race.eventually(
					() -> assertThat(conn.stateMachine().physicalConnection().sendQueue().writing()).isNotNull());
			CompletableFuture<Void> second = round.run(() -> conn.sendRaw("second"));
			round.timer.awaitPending(2);
			round.together(() -> round.timer.advance(Duration.ofSeconds(1)), peer::releaseWrites);
			Throwable failure = TestRuntime.failure(first);
			Throwable secondFailure = TestRuntime.failure(second);
			boolean givenUp = failure != null || String.valueOf(secondFailure).contains("the connection is dropped");
			assertThat(conn.state()).isEqualTo(givenUp ? State.IDLE : State.OPEN);
			assertThat(peer.texts()).doesNotHaveDuplicates();
			if (failure == null) {
				assertThat(peer.texts()).contains("first");
			}
			if (secondFailure == null) {
				assertThat(peer.texts()).contains("second");
			}
			conn.close();
		});
	}

	@RaceTest("close against dial")
	void dialTimeoutAgainstTheConnection() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			DefaultConn conn = round.conn((builder) -> builder.dialTimeout(ConnConfig.DEFAULT_DIAL_TIMEOUT));
			round.transport.onDial((dial) -> {
			});
			CompletableFuture<Void> connect = round.run(conn::connect);
			InMemoryTransport.Dial dial = round.transport.awaitDial(1);
			round.together(() -> round.timer.advance(ConnConfig.DEFAULT_DIAL_TIMEOUT), dial::accept);
			Throwable failure = TestRuntime.failure(connect);
			if (failure != null) {
				assertThat(failure).hasMessageContaining("dialTimeout")
					.isInstanceOfSatisfying(ConnectFailedException.class,
							(failed) -> assertThat(failed.isRetryable()).isTrue());
				assertThat(conn.state()).isEqualTo(State.IDLE);
			}
			else {
				assertThat(conn.state()).isEqualTo(State.OPEN);
			}
			conn.close();
		});
	}

	@RaceTest("close against dial")
	void interruptAgainstDial() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			DefaultConn conn = round.conn();
			boolean failing = round.random.nextBoolean();
			round.transport.onDial((dial) -> {
			});
			CompletableFuture<Thread> caller = new CompletableFuture<>();
			CompletableFuture<Void> connect = round.run(() -> {
				caller.complete(Thread.currentThread());
				conn.connect();
			});
			Thread thread = TestRuntime.get(caller);
			InMemoryTransport.Dial dial = round.transport.awaitDial(1);
			round.together(thread::interrupt, () -> {
				if (failing) {
					dial.refuse(503);
				}
				else {
					dial.accept();
				}
			});
			Throwable failure = TestRuntime.failure(connect);
			if (failure == null) {
				assertThat(conn.state()).isEqualTo(State.OPEN);
			}
			else {
				assertThat(failure).isInstanceOfAny(InterruptedException.class, ConnectFailedException.class);
				assertThat(conn.state()).isEqualTo(State.IDLE);
			}
			conn.close();
		});
	}

	/**
	 * Of several heartbeats started at once one goes on, and it is the one that was asked
	 * for last.
	 */
	@RaceTest("close against heartbeat loss")
	void heartbeatAgainstHeartbeat() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			DefaultConn conn = round.connected((builder) -> builder.pongTimeout(Duration.ofMillis(5)));
			InMemoryPeer peer = round.peer();
			round.together(() -> conn.startHeartbeat(Duration.ofMillis(20)),
					() -> conn.startHeartbeat(Duration.ofMillis(30)), conn::stopHeartbeat);
			Duration wanted = conn.stateMachine().heartbeatInterval();
			assertThat(round.timer.pending()).isEqualTo(wanted.isZero() ? 0 : 1);
			int before = peer.pings();
			for (int i = 0; i < 60; i++) {
				round.timer.advance(Duration.ofMillis(1));
			}
			assertThat(conn.state()).isEqualTo(State.OPEN);
			assertThat(peer.pings() - before).isEqualTo(wanted.isZero() ? 0 : 60 / (int) wanted.toMillis());
			conn.close();
		});
	}

	@RaceTest("close against heartbeat loss")
	void heartbeatAgainstTheEnd() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			DefaultConn conn = round.connected((builder) -> builder.closeGracePeriod(Duration.ofMillis(50)));
			InMemoryPeer peer = round.peer();
			boolean drop = round.random.nextBoolean();
			round.together(() -> conn.startHeartbeat(Duration.ofMillis(20)), () -> {
				if (drop) {
					peer.drop();
				}
				else {
					conn.close();
				}
			});
			assertThat(round.observer.events).doesNotContain("no pong");
		});
	}

	private static void numbered(InMemoryPeer peer, int count) {
		for (int i = 0; i < count; i++) {
			peer.text("m" + i);
		}
	}

	/**
	 * A prefix of what was sent, in order: nothing is missing, nothing comes twice.
	 */
	static void assertGapless(List<String> texts, String name) {
		for (int i = 0; i < texts.size(); i++) {
			assertThat(texts.get(i)).as("%s", new TreeSet<>(texts)).isEqualTo(name + i);
		}
	}

}
