package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import dev.streaming.Conn.State;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectFailedException;
import dev.streaming.Message;
import dev.streaming.internal.connection.ConnStateMachine.ConnectOperation;
import dev.streaming.internal.session.AbstractSessionTests;
import dev.streaming.internal.session.DefaultSession;
import dev.streaming.race.Race;
import dev.streaming.race.RaceRuntime;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Moments in the life of a connection that a race hits once in a thousand rounds, made
 * certain: the test steps in where the library calls out.
 */
@Timeout(30)
class ConnEdgeTests {

	/**
	 * A close came between making a dial and starting it: its deadline was set all the
	 * same, and kept the dial for another ten seconds.
	 */
	@Test
	void dialThatWasGivenUpBeforeItStartedLeavesNoTimer() throws Exception {
		Race.rounds(1, (round) -> {
			ConnStateMachine core = round.conn().core();
			ConnectOperation operation = core.begin();
			Dial dial = dial(core);
			dial.abort();
			dial.start();
			assertThat(round.timer.pending()).isZero();
			core.end(operation);
		});
	}

	/**
	 * The connection came up while the dial was timing out. Its failure was then that
	 * somebody had closed or reset the connection, which is not retried.
	 */
	@Test
	void dialThatOpensWhileItTimesOutFailsWithTheTimeout() throws Exception {
		Race.rounds(1, (round) -> {
			round.transport.onDial((dial) -> {
			});
			round.observer.onEvent = (event) -> {
				if (event.equals("dial TIMEOUT")) {
					round.transport.dials().get(0).accept();
				}
			};
			CompletableFuture<Void> connect = round.run(withDialTimeout(round)::connect);
			round.transport.awaitDial(1);
			round.timer.fallDue(ConnConfig.DEFAULT_DIAL_TIMEOUT);
			assertThat(TestRuntime.failure(connect)).isInstanceOfSatisfying(ConnectFailedException.class, (failed) -> {
				assertThat(failed).hasMessageContaining("dialTimeout");
				assertThat(failed.isRetryable()).isTrue();
			});
		});
	}

	/**
	 * The dial failed at the moment of the interrupt, and {@code connect()} threw a
	 * {@code CompletionException}.
	 */
	@Test
	void interruptAtTheMomentOfAFailureIsAnInterrupt() throws Exception {
		Race.rounds(1, (round) -> {
			CountDownLatch failing = new CountDownLatch(1);
			CountDownLatch goOn = new CountDownLatch(1);
			round.transport.onDial((dial) -> {
			});
			round.observer.onEvent = (event) -> {
				failing.countDown();
				awaitQuietly(goOn);
			};
			CompletableFuture<Thread> caller = new CompletableFuture<>();
			CompletableFuture<Void> connect = round.run(() -> {
				caller.complete(Thread.currentThread());
				withDialTimeout(round).connect();
			});
			round.transport.awaitDial(1);
			CompletableFuture<Void> clock = round.run(() -> round.timer.fallDue(ConnConfig.DEFAULT_DIAL_TIMEOUT));
			failing.await();
			Thread thread = TestRuntime.get(caller);
			thread.interrupt();
			Race.eventually(() -> assertThat(thread.isInterrupted()).isFalse());
			goOn.countDown();
			TestRuntime.get(clock);
			assertThat(TestRuntime.failure(connect)).isInstanceOf(InterruptedException.class);
		});
	}

	/**
	 * A class that is missing at run time showed only as a dial timeout.
	 */
	@Test
	void errorOfTheTransportFailsTheDialAtOnce() throws Exception {
		Race.rounds(1, (round) -> {
			round.transport.onDial((dial) -> {
				throw new NoClassDefFoundError("jakarta/websocket/Session");
			});
			DefaultConn conn = round.conn();
			assertThat(TestRuntime.failure(round.run(conn::connect))).isInstanceOf(ConnectFailedException.class)
				.hasRootCauseInstanceOf(NoClassDefFoundError.class);
			assertThat(conn.state()).isEqualTo(State.IDLE);
		});
	}

	@Test
	void errorOfTheCustomizerFailsTheDialAtOnce() throws Exception {
		Race.rounds(1, (round) -> {
			DefaultConn conn = round.conn((builder) -> builder.handshake((handshake) -> {
				throw new NoClassDefFoundError("com/example/Tokens");
			}));
			assertThat(TestRuntime.failure(round.run(conn::connect))).isInstanceOf(ConnectFailedException.class)
				.hasRootCauseInstanceOf(NoClassDefFoundError.class);
		});
	}

	/**
	 * The deadline of a message passed while its write was reported: the message was
	 * sent, its sender content, and a healthy connection dropped.
	 */
	@Test
	void deadlineThatPassesAsTheMessageIsWrittenHarmsNothing() throws Exception {
		Race.rounds(1, (round) -> {
			DefaultConn conn = round.connected();
			PhysicalConnection link = conn.core().link();
			round.observer.onEvent = (event) -> {
				if (event.equals("sent")) {
					link.outbox().writing().expire();
				}
			};
			conn.sendRaw("just in time");
			assertThat(conn.state()).isEqualTo(State.OPEN);
			assertThat(round.peer().texts()).containsExactly("just in time");
			conn.close();
		});
	}

	/**
	 * Measured from a ping that was never sent, a pong that nobody asked for took
	 * centuries.
	 */
	@Test
	void pongThatNobodyAskedForIsNotMeasured() throws Exception {
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

	/**
	 * A receiver that was already waiting kept the session from ever receiving, and from
	 * noticing the end.
	 */
	@Test
	void sessionTakesOverFromAReceiverThatWaits() throws Exception {
		Race.rounds(1, (round) -> {
			DefaultConn conn = round.connected();
			CompletableFuture<Message> receiver = round.begin(conn::receive);
			Race.eventually(() -> assertThat(Race.threads("race-racer")).isNotEmpty());
			Race.eventually(() -> assertThatExceptionOfType(IllegalStateException.class)
				.isThrownBy(() -> conn.receive(Duration.ZERO)));
			DefaultSession session = round.session(conn, (builder) -> {
			});
			assertThat(TestRuntime.failure(receiver)).isInstanceOf(IllegalStateException.class);
			round.peer().text("for the session");
			assertThat(AbstractSessionTests.take(session, 1)).containsExactly("for the session");
			session.close();
		});
	}

	/**
	 * What had come before the drop was noticed reached an inbox that nobody empties.
	 */
	@Test
	@Rule("C1")
	void nothingOfALateConnectionIsDelivered() throws Exception {
		Race.rounds(1, (round) -> {
			round.connected();
			Dial late = dial(round.conn().core());
			late.abort();
			late.opened(round.peer().connection());
			late.text("late");
			assertThat(round.peer().isAborted()).isTrue();
			assertThat(late.connection()).isNull();
			assertThat(round.observer.events).doesNotContain("received");
		});
	}

	/**
	 * The connection came up between the close, or a reset with another dial, and the
	 * word of it to the dial.
	 */
	@Test
	@Rule("C1")
	void connectionOfADialThatIsNotTheCurrentOneIsDropped() throws Exception {
		Race.rounds(1, (round) -> {
			round.connected();
			DefaultConn conn = round.conn();
			ConnectOperation operation = conn.core().begin();
			Dial stale = dial(conn.core());
			stale.opened(round.peer().connection());
			assertThat(round.peer().isAborted()).isTrue();
			assertThat(TestRuntime.failure(stale.result())).isInstanceOf(ConnectFailedException.class);
			assertThat(conn.state()).isEqualTo(State.CONNECTING);
			conn.core().end(operation);
		});
	}

	@Test
	@Rule("C1")
	void closeWhileTheTransportBeginsToDialAbortsIt() throws Exception {
		Race.rounds(1, (round) -> {
			DefaultConn conn = round.conn();
			round.transport.onDial((dial) -> {
				dial.ignoreAbort();
				conn.close();
			});
			assertThat(TestRuntime.failure(round.run(conn::connect))).isInstanceOf(ConnectFailedException.class);
			Race.eventually(() -> assertThat(round.transport.dials().get(0).isAborted()).isTrue());
		});
	}

	@Test
	@Rule("C1")
	void operationThatWasClosedDialsNoMore() throws Exception {
		Race.rounds(1, (round) -> {
			ConnStateMachine core = round.conn().core();
			ConnectOperation operation = core.begin();
			core.reset();
			assertThat(TestRuntime.failure(core.dial(operation).result())).isInstanceOf(ConnectFailedException.class);
			assertThat(round.transport.dials()).isEmpty();
			core.end(operation);
			assertThat(core.state()).isEqualTo(State.IDLE);
		});
	}

	/**
	 * The caller was interrupted after the connection had come up, and before it heard of
	 * it.
	 */
	@Test
	@Rule("C1")
	void interruptAtTheMomentOfSuccessLeavesNoConnection() throws Exception {
		Race.rounds(1, (round) -> {
			CountDownLatch opening = new CountDownLatch(1);
			CountDownLatch goOn = new CountDownLatch(1);
			round.transport.onDial((dial) -> {
			});
			round.observer.onEvent = (event) -> {
				if (event.equals("dial SUCCESS")) {
					opening.countDown();
					awaitQuietly(goOn);
				}
			};
			DefaultConn conn = round.conn();
			CompletableFuture<Thread> caller = new CompletableFuture<>();
			CompletableFuture<Void> connect = round.run(() -> {
				caller.complete(Thread.currentThread());
				conn.connect();
			});
			InMemoryTransport.Dial dial = round.transport.awaitDial(1);
			CompletableFuture<Void> accepting = round.run(dial::accept);
			opening.await();
			Thread thread = TestRuntime.get(caller);
			thread.interrupt();
			Race.eventually(() -> assertThat(thread.isInterrupted()).isFalse());
			goOn.countDown();
			TestRuntime.get(accepting);
			assertThat(TestRuntime.failure(connect)).isInstanceOf(InterruptedException.class);
			assertThat(conn.state()).isEqualTo(State.IDLE);
			assertThat(dial.peer().isAborted()).isTrue();
		});
	}

	private static Dial dial(ConnStateMachine core) {
		return new Dial(1, core.config(), core.runtime(), core.observer(), core);
	}

	private static DefaultConn withDialTimeout(RaceRuntime round) {
		return round.conn((builder) -> builder.dialTimeout(ConnConfig.DEFAULT_DIAL_TIMEOUT));
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
