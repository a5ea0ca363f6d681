package dev.streaming.internal.session;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectFailedException;
import dev.streaming.ConnectionLostException;
import dev.streaming.ErrorClassifier;
import dev.streaming.Message;
import dev.streaming.OutagePolicy;
import dev.streaming.PermanentFailureException;
import dev.streaming.ReconnectFailedException;
import dev.streaming.Session;
import dev.streaming.SessionClosedException;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.observation.ConnectionObserver.AttemptOutcome;
import dev.streaming.observation.ConnectionObserver.OutageOutcome;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * S5 to S8, S10 and S11: when to reconnect, budget, setup first, failed hooks, planned
 * change, close wins.
 */
class SessionReconnectTests extends AbstractSessionTests {

	@Test
	void sessionComesBackAfterALoss() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> {
		});
		this.runtime.peer().text("before");
		this.runtime.peer().close(CloseStatus.GOING_AWAY);
		InMemoryPeer second = backOff(2);
		awaitState(session, Session.State.OPEN);
		second.text("after");
		session.sendRaw("hello again");
		assertThat(take(session, 2)).containsExactly("before", "after");
		assertThat(second.texts()).containsExactly("setup 1", "hello again");
		assertThat(this.listener.events).containsExactly("opened", "disconnected", "reconnecting 1", "reconnected 1");
		assertThat(this.listener.reconnected.get(0).planned()).isFalse();
		assertThat(this.runtime.observer.outages).containsExactly(OutageOutcome.SUCCESS);
		assertThat(this.runtime.observer.attempts).containsExactly(AttemptOutcome.SUCCESS);
		session.close();
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("S5")
	void withoutAClassifierAllErrorsAreFatal() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> builder.onError(null));
		this.runtime.peer().drop();
		awaitDone(session);
		assertThat(session.error()).get().isInstanceOf(ConnectionLostException.class);
		assertThat(this.runtime.transport.dials()).hasSize(1);
	}

	@Test
	@Rule("S5")
	void withoutAHookOrAttemptsAllErrorsAreFatal() throws Exception {
		DefaultSession session = open(
				(builder) -> builder.onError(ErrorClassifier.transientErrors()).maxReconnectAttempts(3));
		this.runtime.peer().drop();
		awaitDone(session);
		assertThat(session.error()).get().isInstanceOf(ConnectionLostException.class);
	}

	@Test
	@Rule("S5")
	void classifierThatThrowsSaysNo() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> builder.onError((error) -> {
			throw new IllegalStateException("classifier");
		}));
		this.runtime.peer().drop();
		awaitDone(session);
		assertThat(session.error()).get().isInstanceOf(ConnectionLostException.class);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1002, 1003, 1007, 1008, 1009, 1010, 3000, 4000, 4999 })
	@Rule("S5")
	void codeThatDoesNotPassIsFatal(int code) throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> {
		});
		this.runtime.peer().close(new CloseStatus(code));
		awaitDone(session);
		assertThat(session.error()).get()
			.isInstanceOfSatisfying(ConnectionLostException.class,
					(lost) -> assertThat(lost.closeStatus().getCode()).isEqualTo(code));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1001, 1006, 1011, 1012, 1013, 1014 })
	@Rule("S5")
	void codeThatPassesIsFollowedByAReconnect(int code) throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> {
		});
		this.runtime.peer().end(new CloseStatus(code), null);
		backOff(2);
		awaitState(session, Session.State.OPEN);
	}

	@Test
	@Rule("S6")
	void acceptThenCloseServerSeesTheBudgetAndNotAStorm() throws Exception {
		this.runtime.transport.onDial((dial) -> dial.accept((peer) -> {
		}).close(CloseStatus.GOING_AWAY));
		this.runtime.transport.nextDial(InMemoryTransport.Dial::accept);
		DefaultSession session = reconnecting(4, (builder) -> builder.onReconnect((context, conn) -> {
		}));
		this.runtime.peer().close(CloseStatus.GOING_AWAY);
		for (int i = 0; i < 4; i++) {
			int attempt = i + 1;
			TestRuntime.eventually(() -> assertThat(this.listener.events).contains("reconnecting " + attempt));
			this.runtime.timer.fallDue(this.listener.delay());
		}
		awaitDone(session);
		assertThat(this.runtime.transport.dials()).hasSize(5);
		assertThat(session.error()).get().isInstanceOfSatisfying(ReconnectFailedException.class, (failed) -> {
			assertThat(failed.attempts()).isEqualTo(4);
			assertThat(failed.getCause()).isInstanceOf(ConnectionLostException.class);
		});
	}

	@Test
	@Rule("S6")
	void budgetReturnsOnceTheConnectionHeld() throws Exception {
		DefaultSession session = reconnecting(1, (builder) -> {
		});
		this.runtime.peer().drop();
		backOff(2);
		awaitState(session, Session.State.OPEN);
		this.runtime.timer.advance(SessionConfig.DEFAULT_RECONNECT_STABLE_AFTER);
		this.runtime.peer(2).drop();
		TestRuntime.eventually(() -> assertThat(this.listener.events).hasSize(6));
		backOff(3);
		awaitState(session, Session.State.OPEN);
		this.runtime.timer.advance(SessionConfig.DEFAULT_RECONNECT_STABLE_AFTER.minusMillis(1));
		this.runtime.peer(3).drop();
		awaitDone(session);
		assertThat(session.error()).get().isInstanceOf(ReconnectFailedException.class);
	}

	@Test
	@Rule("S6")
	void firstDelayIsSpreadOverTheWholeBaseAndLaterOnesGrow() throws Exception {
		DefaultSession session = reconnecting(4, (builder) -> {
		});
		this.runtime.transport.onDial((dial) -> dial.refuse(503));
		this.runtime.peer().drop();
		for (long expected : new long[] { 500, 2000, 4000, 8000 }) {
			this.runtime.timer.fallDue(Duration.ofMillis(expected));
		}
		awaitDone(session);
		assertThat(session.error()).get()
			.isInstanceOfSatisfying(ReconnectFailedException.class,
					(failed) -> assertThat(failed.getCause()).isInstanceOf(ConnectFailedException.class))
			.extracting((error) -> error.getSuppressed()[0])
			.isInstanceOf(ConnectionLostException.class);
		assertThat(this.runtime.observer.outages).containsExactly(OutageOutcome.EXHAUSTED);
	}

	@Test
	@Rule("S5")
	void dialThatFailsForGoodEndsTheOutage() throws Exception {
		DefaultSession session = reconnecting(9, (builder) -> builder.onError((error) -> true));
		this.runtime.transport.onDial((dial) -> dial.refuse(401));
		this.runtime.peer().drop();
		endBackOff();
		awaitDone(session);
		assertThat(session.error()).get()
			.isInstanceOfSatisfying(ReconnectFailedException.class,
					(failed) -> assertThat(failed.attempts()).isEqualTo(1));
		assertThat(this.runtime.observer.outages).containsExactly(OutageOutcome.PERMANENT);
	}

	@Test
	@Rule("S7")
	void nothingPassesTheHooksOwnMessages() throws Exception {
		CountDownLatch inHook = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		AtomicReference<Conn> view = new AtomicReference<>();
		DefaultSession session = reconnecting(3,
				(builder) -> builder.sendWhileReconnecting(OutagePolicy.BUFFER).onReconnect((context, conn) -> {
					view.set(conn);
					inHook.countDown();
					goOn.await();
					conn.sendRaw("setup");
				}));
		this.runtime.peer().drop();
		InMemoryPeer second = backOff(2);
		inHook.await();
		session.sendRaw("user 1");
		session.conn().sendRaw("user 2");
		assertThat(session.state()).isEqualTo(Session.State.RECONNECTING);
		assertThat(second.texts()).isEmpty();
		goOn.countDown();
		awaitState(session, Session.State.OPEN);
		session.sendRaw("user 3");
		assertSent(second, "setup", "user 1", "user 2", "user 3");
		assertThatIllegalStateException().isThrownBy(() -> view.get().sendRaw("late"));
		assertThatIllegalStateException().isThrownBy(() -> view.get().receive());
	}

	@Test
	@Rule("S7")
	void connectionOfASessionObeysTheSession() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> {
		});
		Conn conn = session.conn();
		assertThatIllegalStateException().isThrownBy(conn::receive).withMessageContaining("response channel");
		assertThatIllegalStateException().isThrownBy(conn::connect);
		assertThatIllegalStateException().isThrownBy(
				() -> Session.open(SessionConfig.builder().conn(conn).onMessage((message) -> List.of()).build()));
		conn.reset();
		backOff(2);
		awaitState(session, Session.State.OPEN);
		conn.close();
		assertThat(session.isClosed()).isTrue();
		assertThat(session.error()).isEmpty();
		conn.reset();
		conn.connect();
		assertThat(conn.isConnected()).isTrue();
	}

	@Test
	@Rule("S8")
	void hookThatThrowsIsAFailedAttempt() throws Exception {
		AtomicInteger calls = new AtomicInteger();
		AtomicReference<Throwable> lastFailure = new AtomicReference<>();
		DefaultSession session = reconnecting(3, (builder) -> builder.onReconnect((context, conn) -> {
			if (calls.incrementAndGet() == 1) {
				throw new java.io.IOException("no setup");
			}
			lastFailure.set(context.lastFailure().orElseThrow());
			assertThat(context.attempt()).isEqualTo(2);
			assertThat(context.maxAttempts()).isEqualTo(3);
			assertThat(context.cause()).isInstanceOf(ConnectionLostException.class);
		}));
		this.runtime.peer().drop();
		InMemoryPeer second = backOff(2);
		second.awaitCloseStatus();
		TestRuntime.eventually(() -> assertThat(this.listener.events).contains("reconnecting 2"));
		backOff(3);
		awaitState(session, Session.State.OPEN);
		assertThat(lastFailure.get()).hasMessage("no setup");
		assertThat(this.runtime.observer.attempts).containsExactly(AttemptOutcome.HOOK_FAILED, AttemptOutcome.SUCCESS);
	}

	@Test
	@Rule("S8")
	void hookThatSaysPermanentEndsTheSession() throws Exception {
		DefaultSession session = reconnecting(9, (builder) -> builder.onReconnect((context, conn) -> {
			throw new PermanentFailureException("account closed", null);
		}));
		this.runtime.peer().drop();
		InMemoryPeer second = backOff(2);
		awaitDone(session);
		assertThat(session.error()).get()
			.isInstanceOf(ReconnectFailedException.class)
			.extracting(Throwable::getCause)
			.isInstanceOf(PermanentFailureException.class);
		assertThat(second.closeStatus()).isNotNull();
	}

	@Test
	@Rule("S8")
	void hookThatTakesTooLongIsInterruptedAndTheNextAttemptFollows() throws Exception {
		AtomicBoolean interrupted = new AtomicBoolean();
		CountDownLatch inHook = new CountDownLatch(1);
		DefaultSession session = reconnecting(3, (builder) -> builder.onReconnect((context, conn) -> {
			if (context.attempt() == 1) {
				inHook.countDown();
				try {
					conn.receive();
				}
				catch (InterruptedException ex) {
					interrupted.set(true);
					throw ex;
				}
			}
		}));
		this.runtime.peer().drop();
		backOff(2);
		inHook.await();
		this.runtime.timer.fallDue(SessionConfig.DEFAULT_RECONNECT_HOOK_TIMEOUT);
		TestRuntime.eventually(() -> assertThat(this.listener.events).contains("reconnecting 2"));
		assertThat(interrupted).isTrue();
		backOff(3);
		awaitState(session, Session.State.OPEN);
		assertThat(this.runtime.observer.attempts).containsExactly(AttemptOutcome.HOOK_TIMEOUT, AttemptOutcome.SUCCESS);
	}

	@Test
	@Rule("S8")
	void hookThatIgnoresItsInterruptionEndsTheSession() throws Exception {
		CountDownLatch inHook = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		DefaultSession session = reconnecting(3, (builder) -> builder.onReconnect((context, conn) -> {
			inHook.countDown();
			boolean done = false;
			while (!done) {
				try {
					release.await();
					done = true;
				}
				catch (InterruptedException ex) {
					// ignored, as the test wants it
					done = false;
				}
			}
		}));
		this.runtime.peer().drop();
		InMemoryPeer second = backOff(2);
		inHook.await();
		this.runtime.timer.fallDue(SessionConfig.DEFAULT_RECONNECT_HOOK_TIMEOUT);
		assertThat(session.isClosed()).isFalse();
		this.runtime.timer.fallDue(ConnConfig.DEFAULT_CLOSE_GRACE_PERIOD);
		awaitDone(session);
		assertThat(session.error()).get().isInstanceOf(ReconnectFailedException.class);
		second.awaitCloseStatus();
		release.countDown();
		assertThat(this.runtime.transport.dials()).hasSize(2);
	}

	@Test
	@Rule("S8")
	void whatAHookDidNotConsumeGoesToTheHandler() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> builder.onReconnect((context, conn) -> {
			assertThat(conn.receive().text()).isEqualTo("for the hook");
			if (context.attempt() == 1) {
				throw new java.io.IOException("failed");
			}
		}));
		this.runtime.transport.onDial((dial) -> dial.accept((peer) -> {
			peer.text("for the hook");
			peer.text("for the handler");
		}));
		this.runtime.peer().drop();
		endBackOff();
		TestRuntime.eventually(() -> assertThat(this.listener.events).contains("reconnecting 2"));
		backOff(3);
		assertThat(take(session, 2)).containsExactly("for the handler", "for the handler");
	}

	@Test
	@Rule("S10")
	void plannedChangeLosesAndRepeatsNothing() throws Exception {
		DefaultSession session = reconnecting(0, (builder) -> builder.onReconnect((context, conn) -> {
			assertThat(context.planned()).isTrue();
			assertThat(context.reason()).isEqualTo("older than an hour");
			context.stateRestored(true);
			conn.sendRaw("setup");
		}));
		InMemoryPeer first = this.runtime.peer();
		first.answerClose(false);
		first.text("a");
		CompletableFuture<Void> changed = session.reconnect("older than an hour").toCompletableFuture();
		assertThat(first.awaitCloseStatus()).isEqualTo(new CloseStatus(1000, "older than an hour"));
		session.sendRaw("held back");
		first.text("under way");
		first.close(CloseStatus.NORMAL);
		TestRuntime.get(changed);
		assertThat(session.state()).isEqualTo(Session.State.OPEN);
		session.sendRaw("then");
		this.runtime.peer(2).text("b");
		assertThat(take(session, 3)).containsExactly("a", "under way", "b");
		assertThat(this.runtime.peer(2).texts()).containsExactly("setup", "held back", "then");
		assertThat(this.listener.events).containsExactly("opened", "reconnecting 1", "reconnected 1");
		assertThat(this.listener.reconnected.get(0).planned()).isTrue();
		assertThat(this.listener.reconnected.get(0).stateRestored()).isTrue();
		assertThat(session.error()).isEmpty();
		session.close();
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("S10")
	void plannedChangeWaitsForAResponseInFlight() throws Exception {
		AtomicBoolean inFlight = new AtomicBoolean(true);
		DefaultSession session = withHandler(new FlightHandler(inFlight));
		CompletableFuture<Void> changed = session.reconnect("later").toCompletableFuture();
		this.runtime.peer().text("more");
		assertThat(take(session, 1)).containsExactly("more");
		assertThat(changed).isNotDone();
		assertThat(session.state()).isEqualTo(Session.State.OPEN);
		inFlight.set(false);
		this.runtime.peer().text("done");
		TestRuntime.get(changed);
		assertThat(this.runtime.transport.dials()).hasSize(2);
	}

	@Test
	@Rule("S10")
	void plannedChangeIsForcedWhenItsTimeIsOver() throws Exception {
		DefaultSession session = withHandler(new FlightHandler(new AtomicBoolean(true)));
		CompletableFuture<Void> changed = session.reconnect("now").toCompletableFuture();
		this.runtime.timer.awaitPending(1);
		this.runtime.timer.fallDue(SessionConfig.DEFAULT_PLANNED_CHANGE_MAX_WAIT);
		TestRuntime.get(changed);
		assertThat(this.runtime.transport.dials()).hasSize(2);
	}

	@Test
	@Rule("S10")
	void plannedChangeThatFailsIsAnOutageLikeAnyOther() throws Exception {
		DefaultSession session = reconnecting(2, (builder) -> {
		});
		this.runtime.transport.nextDial((dial) -> dial.refuse(503));
		CompletableFuture<Void> changed = session.reconnect("try").toCompletableFuture();
		TestRuntime.eventually(() -> assertThat(this.listener.events).contains("disconnected"));
		backOff(3);
		TestRuntime.get(changed);
		assertThat(session.state()).isEqualTo(Session.State.OPEN);
		assertThat(this.listener.events).containsExactly("opened", "reconnecting 1", "disconnected", "reconnecting 1",
				"reconnected 1");
	}

	@Test
	void plannedChangeThatFailsWithoutABudgetEndsTheSession() throws Exception {
		DefaultSession session = reconnecting(0, (builder) -> {
		});
		this.runtime.transport.nextDial((dial) -> dial.refuse(503));
		CompletableFuture<Void> changed = session.reconnect("try").toCompletableFuture();
		awaitDone(session);
		assertThat(session.error()).get().isInstanceOf(ReconnectFailedException.class);
		assertThat(TestRuntime.failure(changed)).isInstanceOf(SessionClosedException.class);
	}

	@Test
	@Rule("S10")
	void plannedChangeNeedsAHook() throws Exception {
		DefaultSession session = open((builder) -> {
		});
		assertThatIllegalStateException().isThrownBy(() -> session.reconnect("x")).withMessageContaining("onReconnect");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> open((builder) -> builder.maxConnectionAge(Duration.ofMinutes(1))))
			.withMessageContaining("maxConnectionAge");
	}

	@Test
	@Rule("S10")
	void connectionIsChangedAtItsMaximumAge() throws Exception {
		DefaultSession session = reconnecting(0, (builder) -> builder.maxConnectionAge(Duration.ofMinutes(55)));
		for (int i = 1; i <= 3; i++) {
			this.runtime.timer.awaitDue(Duration.ofMinutes(55));
			this.runtime.timer.advance(Duration.ofMinutes(55).minusMillis(1));
			assertThat(this.runtime.transport.dials()).hasSize(i);
			this.runtime.timer.fallDue(Duration.ofMillis(1));
			this.runtime.peer(i + 1);
			int changes = i;
			TestRuntime.eventually(() -> assertThat(this.listener.reconnected).hasSize(changes));
		}
		assertThat(session.error()).isEmpty();
		session.close();
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("S11")
	void closeDuringTheBackoffEndsAtOnce() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> {
		});
		CompletableFuture<Void> planned = session.reconnect("never").toCompletableFuture();
		TestRuntime.get(planned);
		this.runtime.peer(2).drop();
		awaitBackOff();
		session.close();
		awaitDone(session);
		assertThat(session.error()).isEmpty();
		assertThat(this.runtime.observer.outages).containsExactly(OutageOutcome.SUCCESS, OutageOutcome.CLOSED);
		this.runtime.assertNoTimers();
		assertThat(this.runtime.transport.dials()).hasSize(2);
	}

	@Test
	@Rule("S11")
	void closeDuringTheDialEndsAtOnce() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> {
		});
		this.runtime.transport.onDial((dial) -> {
		});
		this.runtime.peer().drop();
		endBackOff();
		InMemoryTransport.Dial dial = this.runtime.transport.awaitDial(2);
		session.close();
		assertThat(session.done().toCompletableFuture()).isDone();
		TestRuntime.eventually(() -> assertThat(dial.isAborted()).isTrue());
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("S11")
	void closeDuringTheHookInterruptsIt() throws Exception {
		CountDownLatch inHook = new CountDownLatch(1);
		List<String> seen = new CopyOnWriteArrayList<>();
		DefaultSession session = reconnecting(3, (builder) -> builder.onReconnect((context, conn) -> {
			inHook.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				seen.add("interrupted");
				throw ex;
			}
		}));
		this.runtime.peer().drop();
		InMemoryPeer second = backOff(2);
		inHook.await();
		session.close();
		awaitDone(session);
		assertThat(seen).containsExactly("interrupted");
		assertThat(second.closeStatus()).isNotNull();
		assertThat(session.error()).isEmpty();
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("S11")
	void closeDuringABlockedHandOverEndsAtOnce() throws Exception {
		DefaultSession session = open((builder) -> builder.responseChannelSize(1)
			.readAhead(org.springframework.util.unit.DataSize.ofBytes(0)));
		for (int i = 0; i < 1000; i++) {
			this.runtime.peer().text("x".repeat(1024));
		}
		TestRuntime.eventually(() -> assertThat(this.runtime.peer().isPaused()).isTrue());
		session.close();
		assertThat(session.done().toCompletableFuture()).isDone();
		assertThat(this.runtime.peer().closeStatus()).isEqualTo(CloseStatus.NORMAL);
		this.runtime.assertNoTimers();
	}

	@Test
	void hookThatClosesEndsTheSession() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> builder.onReconnect((context, conn) -> conn.close()));
		this.runtime.peer().drop();
		backOff(2);
		awaitDone(session);
		assertThat(session.error()).isEmpty();
	}

	@Test
	void sendToAClosedSessionSaysSo() throws Exception {
		DefaultSession session = open((builder) -> {
		});
		session.close();
		assertThatExceptionOfType(SessionClosedException.class).isThrownBy(() -> session.sendRaw("x"));
		assertThat(TestRuntime.failure(session.sendAsync("x").toCompletableFuture()))
			.isInstanceOf(SessionClosedException.class);
	}

	/**
	 * A handler with a response in flight.
	 *
	 * @param inFlight whether it is
	 */
	record FlightHandler(AtomicBoolean inFlight) implements SessionHandler {

		@Override
		public List<StreamChunk> handle(Message message, SessionContext context) {
			return echo(message);
		}

		@Override
		public boolean responseInFlight() {
			return this.inFlight.get();
		}

	}

}
