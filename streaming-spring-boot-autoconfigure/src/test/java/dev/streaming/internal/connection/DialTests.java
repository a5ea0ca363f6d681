package dev.streaming.internal.connection;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;

import dev.streaming.Conn.State;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectFailedException;
import dev.streaming.ConnectionLostException;
import dev.streaming.HandshakeCustomizer;
import dev.streaming.NotConnectedException;
import dev.streaming.internal.connection.ConnStateMachine.ConnectOperation;
import dev.streaming.race.Race;
import dev.streaming.race.RaceRuntime;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * C1: one dial, its deadline and how it is given up.
 */
@Rule("C1")
class DialTests extends AbstractConnectionTests {

	private DefaultConn conn(Executor dialers, HandshakeCustomizer customizer) {
		StreamingRuntime own = new StreamingRuntime(this.runtime.transport, Runnable::run, dialers, this.runtime.timer,
				(name) -> this.runtime.observer, new Random(1));
		return new DefaultConn(ConnConfig.builder(TestRuntime.URL).handshake(customizer).build(), own);
	}

	private static Dial dial(ConnStateMachine stateMachine) {
		return new Dial(1, stateMachine.config(), stateMachine.runtime(), stateMachine.observer(), stateMachine);
	}

	private static DefaultConn withDialTimeout(RaceRuntime round) {
		return round.conn((builder) -> builder.dialTimeout(ConnConfig.DEFAULT_DIAL_TIMEOUT));
	}

	@Test
	void connectOpens() throws Exception {
		DefaultConn conn = this.runtime.conn();
		assertThat(conn.state()).isEqualTo(State.IDLE);
		conn.connect();
		assertThat(conn.state()).isEqualTo(State.OPEN);
		assertThat(conn.isConnected()).isTrue();
		assertThat(conn.isClosed()).isFalse();
		assertThat(this.runtime.observer.dials).containsExactly("SUCCESS 101");
		this.runtime.assertNoTimers();
	}

	@Test
	void dialThatTakesTooLongFailsAndIsAborted() throws Exception {
		this.runtime.transport.onDial((dial) -> {
		});
		DefaultConn conn = this.runtime.conn();
		CompletableFuture<Void> connect = TestRuntime.run(conn::connect);
		InMemoryTransport.Dial dial = this.runtime.transport.awaitDial(1);
		this.runtime.timer.awaitDue(ConnConfig.DEFAULT_DIAL_TIMEOUT);
		this.runtime.timer.advance(ConnConfig.DEFAULT_DIAL_TIMEOUT.minusMillis(1));
		assertThat(connect).isNotDone();
		assertThat(conn.state()).isEqualTo(State.CONNECTING);
		this.runtime.timer.fallDue(Duration.ofMillis(1));
		assertThat(TestRuntime.failure(connect)).isInstanceOf(ConnectFailedException.class)
			.hasMessageContaining("dialTimeout")
			.hasMessageContaining("provider.test")
			.hasMessageNotContaining("s3cret");
		TestRuntime.eventually(() -> assertThat(dial.isAborted()).isTrue());
		assertThat(conn.state()).isEqualTo(State.IDLE);
		assertThat(this.runtime.observer.dials).containsExactly("TIMEOUT 0");
	}

	@Test
	void customizerCountsAgainstTheDialTimeoutAndIsInterrupted() throws Exception {
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch interrupted = new CountDownLatch(1);
		DefaultConn conn = this.runtime.conn((builder) -> builder.handshake((handshake) -> {
			started.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				interrupted.countDown();
				throw ex;
			}
		}));
		CompletableFuture<Void> connect = TestRuntime.run(conn::connect);
		started.await();
		this.runtime.next();
		assertThat(TestRuntime.failure(connect)).isInstanceOf(ConnectFailedException.class);
		interrupted.await();
		assertThat(this.runtime.transport.dials()).isEmpty();
	}

	@Test
	void interruptionAbortsTheDial() throws Exception {
		this.runtime.transport.onDial((dial) -> {
		});
		DefaultConn conn = this.runtime.conn();
		Thread[] caller = new Thread[1];
		CompletableFuture<Void> connect = TestRuntime.run(() -> {
			caller[0] = Thread.currentThread();
			conn.connect();
		});
		InMemoryTransport.Dial dial = this.runtime.transport.awaitDial(1);
		caller[0].interrupt();
		assertThat(TestRuntime.failure(connect)).isInstanceOf(InterruptedException.class);
		TestRuntime.eventually(() -> assertThat(dial.isAborted()).isTrue());
		assertThat(conn.state()).isEqualTo(State.IDLE);
		this.runtime.assertNoTimers();
	}

	@Test
	void closeAbortsTheDial() throws Exception {
		this.runtime.transport.onDial((dial) -> {
		});
		DefaultConn conn = this.runtime.conn();
		CompletableFuture<Void> connect = TestRuntime.run(conn::connect);
		this.runtime.transport.awaitDial(1);
		conn.close();
		assertThat(TestRuntime.failure(connect)).isInstanceOf(ConnectFailedException.class)
			.hasMessageContaining("closed");
		assertThat(conn.state()).isEqualTo(State.CLOSED);
	}

	@Test
	void connectionOfACancelledDialIsDropped() throws Exception {
		this.runtime.transport.onDial(InMemoryTransport.Dial::ignoreAbort);
		DefaultConn conn = this.runtime.conn();
		CompletableFuture<Void> connect = TestRuntime.run(conn::connect);
		InMemoryTransport.Dial dial = this.runtime.transport.awaitDial(1);
		conn.close();
		assertThat(TestRuntime.failure(connect)).isInstanceOf(ConnectFailedException.class);
		dial.accept();
		dial.peer().text("late");
		dial.peer().awaitEnd();
		assertThat(dial.peer().isAborted()).isTrue();
		assertThat(conn.state()).isEqualTo(State.CLOSED);
		assertThat(this.runtime.observer.received).hasValue(0);
	}

	@Test
	void messagesNameTheHostThatWasDialled() throws Exception {
		DefaultConn conn = this.runtime.conn((builder) -> builder
			.handshake((handshake) -> handshake.uri(URI.create("wss://user:s3cret@other.test:8443/live?key=s3cret"))));
		this.runtime.transport.nextDial((dial) -> dial.refuse(401));
		String target = "(connection 'default', wss://other.test:8443/live)";
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(conn::connect).withMessageEndingWith(target);
		conn.connect();
		this.runtime.transport.peer().drop();
		assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(conn::receive)
			.withMessageEndingWith(target);
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> conn.sendRaw("late"))
			.withMessageEndingWith(target);
	}

	@Test
	void dialAfterTheApplicationStoppedFailsAndDoesNotHang() {
		DefaultConn conn = this.runtime.conn();
		this.runtime.close();
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(conn::connectWithRetry)
			.withMessageContaining("the application is shut down");
		assertThat(conn.state()).isEqualTo(State.IDLE);
		this.runtime.assertNoTimers();
	}

	@Test
	void transportHasTheTimeThatTheCustomizerLeft() throws Exception {
		DefaultConn conn = conn(Runnable::run, (handshake) -> this.runtime.timer.advance(Duration.ofSeconds(4)));
		conn.connect();
		assertThat(this.runtime.transport.dials()).singleElement()
			.satisfies((dial) -> assertThat(dial.request().timeout())
				.isEqualTo(ConnConfig.DEFAULT_DIAL_TIMEOUT.minusSeconds(4)));
	}

	/**
	 * The customizer does not react to its interruption. Nothing is dialed any more, and
	 * the thread goes back to its pool without the flag.
	 */
	@Test
	void customizerThatEndsAfterItsDialIsFollowedByNothing() throws Exception {
		List<DefaultConn> closing = new ArrayList<>();
		List<Boolean> interrupted = new ArrayList<>();
		DefaultConn conn = conn(Runnable::run, (handshake) -> {
			closing.get(0).close();
			interrupted.add(Thread.currentThread().isInterrupted());
		});
		closing.add(conn);
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(conn::connect);
		assertThat(interrupted).containsExactly(true);
		assertThat(Thread.interrupted()).isFalse();
		assertThat(this.runtime.transport.dials()).isEmpty();
		this.runtime.assertNoTimers();
	}

	@Test
	void customizerOfACancelledDialIsNotCalled() throws Exception {
		List<Runnable> tasks = new CopyOnWriteArrayList<>();
		List<String> calls = new ArrayList<>();
		DefaultConn conn = conn(tasks::add, (handshake) -> calls.add("customize"));
		CompletableFuture<Void> connect = TestRuntime.run(conn::connect);
		TestRuntime.eventually(() -> assertThat(tasks).hasSize(1));
		conn.close();
		assertThat(TestRuntime.failure(connect)).isInstanceOf(ConnectFailedException.class);
		tasks.forEach(Runnable::run);
		assertThat(calls).isEmpty();
		assertThat(this.runtime.transport.dials()).isEmpty();
	}

	/**
	 * A close came between making a dial and starting it: its deadline was set all the
	 * same, and kept the dial for another ten seconds.
	 */
	@Test
	void dialCancelledBeforeItStartedLeavesNoTimer() throws Exception {
		Race.rounds(1, (round) -> {
			ConnStateMachine stateMachine = round.conn().stateMachine();
			ConnectOperation operation = stateMachine.begin();
			Dial dial = dial(stateMachine);
			dial.abort();
			dial.start();
			assertThat(round.timer.pending()).isZero();
			stateMachine.end(operation);
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
				TestRuntime.awaitQuietly(goOn);
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

	/**
	 * Messages that had come before the drop was noticed reached a receive queue that is
	 * not emptied.
	 */
	@Test
	void nothingOfALateConnectionIsDelivered() throws Exception {
		Race.rounds(1, (round) -> {
			round.connected();
			Dial late = dial(round.conn().stateMachine());
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
	void connectionOfADialThatIsNotTheCurrentOneIsDropped() throws Exception {
		Race.rounds(1, (round) -> {
			round.connected();
			DefaultConn conn = round.conn();
			ConnectOperation operation = conn.stateMachine().begin();
			Dial stale = dial(conn.stateMachine());
			stale.opened(round.peer().connection());
			assertThat(round.peer().isAborted()).isTrue();
			assertThat(TestRuntime.failure(stale.result())).isInstanceOf(ConnectFailedException.class);
			assertThat(conn.state()).isEqualTo(State.CONNECTING);
			conn.stateMachine().end(operation);
		});
	}

	@Test
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
	void operationThatWasClosedDialsNoMore() throws Exception {
		Race.rounds(1, (round) -> {
			ConnStateMachine stateMachine = round.conn().stateMachine();
			ConnectOperation operation = stateMachine.begin();
			stateMachine.reset();
			assertThat(TestRuntime.failure(stateMachine.dial(operation).result()))
				.isInstanceOf(ConnectFailedException.class);
			assertThat(round.transport.dials()).isEmpty();
			stateMachine.end(operation);
			assertThat(stateMachine.state()).isEqualTo(State.IDLE);
		});
	}

	/**
	 * The caller was interrupted after the connection had come up, and before it heard of
	 * it.
	 */
	@Test
	void interruptAtTheMomentOfSuccessLeavesNoConnection() throws Exception {
		Race.rounds(1, (round) -> {
			CountDownLatch opening = new CountDownLatch(1);
			CountDownLatch goOn = new CountDownLatch(1);
			round.transport.onDial((dial) -> {
			});
			round.observer.onEvent = (event) -> {
				if (event.equals("dial SUCCESS")) {
					opening.countDown();
					TestRuntime.awaitQuietly(goOn);
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

}
