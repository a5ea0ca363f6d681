package dev.streaming.internal.session;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.streaming.ConnectFailedException;
import dev.streaming.ConnectionLostException;
import dev.streaming.ErrorClassifier;
import dev.streaming.PermanentFailureException;
import dev.streaming.ReconnectFailedException;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionListener;
import dev.streaming.internal.transport.DialException;
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

/**
 * S5 and S6: when a session reconnects, how often and after how long.
 */
class ReconnectTests extends AbstractSessionTests {

	@Test
	@Rule("S5")
	void sessionReconnectsAfterALoss() throws Exception {
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

	private void assertEndsWithItsConnection(DefaultSession session) throws Exception {
		this.runtime.peer().drop();
		awaitDone(session);
		assertThat(session.error()).get().isInstanceOf(ConnectionLostException.class);
		assertThat(this.runtime.transport.dials()).hasSize(1);
	}

	@Test
	@Rule("S5")
	void withoutAClassifierAllErrorsAreFatal() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> builder.onError(null));
		assertEndsWithItsConnection(session);
	}

	@Test
	@Rule("S5")
	void withoutAHookOrAttemptsAllErrorsAreFatal() throws Exception {
		DefaultSession session = open(
				(builder) -> builder.onError(ErrorClassifier.transientErrors()).maxReconnectAttempts(3));
		assertEndsWithItsConnection(session);
	}

	@Test
	@Rule("S5")
	void classifierThatThrowsMeansPermanent() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> builder.onError((error) -> {
			throw new IllegalStateException("classifier");
		}));
		assertEndsWithItsConnection(session);
	}

	@Test
	@Rule("S5")
	void errorOfAClassifierMeansPermanent() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> builder.onError((error) -> {
			throw new AssertionError("in classifier");
		}));
		assertEndsWithItsConnection(session);
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
	@Rule("S5")
	void permanentDialFailureEndsTheOutage() throws Exception {
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
	@Rule("S5")
	void failedDialThatTheClassifierDoesNotWantEndsTheOutage() throws Exception {
		DefaultSession session = reconnecting(9,
				(builder) -> builder.onError((error) -> error instanceof ConnectionLostException));
		this.runtime.transport.onDial((dial) -> dial.refuse(503));
		this.runtime.peer().drop();
		endBackOff();
		awaitDone(session);
		assertThat(session.error()).get()
			.isInstanceOfSatisfying(ReconnectFailedException.class,
					(failed) -> assertThat(failed.attempts()).isEqualTo(1));
	}

	@Test
	@Rule("S5")
	void defaultClassifierDetectsTransientFailures() throws Exception {
		ErrorClassifier classifier = ErrorClassifier.transientErrors();
		for (int status : new int[] { 401, 503 }) {
			this.runtime.transport.onDial((dial) -> dial.refuse(status));
			Throwable failure = TestRuntime.failure(TestRuntime.run(this.runtime.conn()::connect));
			assertThat(classifier.shouldReconnect(failure)).isEqualTo(status == 503);
		}
		assertThat(classifier.shouldReconnect(new IllegalStateException("anything else"))).isFalse();
		assertThat(classifier.shouldReconnect(new PermanentFailureException("never", null))).isFalse();
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
	@Rule("S6")
	void retryAfterLengthensTheDelayOfAnAttemptAndListenersHearIt() throws Exception {
		List<Duration> delays = new CopyOnWriteArrayList<>();
		DefaultSession session = reconnecting(3, (builder) -> builder.listener(new SessionListener() {

			@Override
			public void onReconnecting(Session reconnecting, int attempt, Duration delay) {
				delays.add(delay);
			}

		}));
		this.runtime.transport.nextDial((dial) -> dial
			.fail(new DialException(DialException.Kind.REFUSED, "busy", null, 429, Duration.ofSeconds(7))));
		this.runtime.peer().drop();
		endBackOff();
		this.runtime.timer.fallDue(Duration.ofSeconds(7));
		awaitState(session, Session.State.OPEN);
		assertThat(delays).containsExactly(Duration.ofMillis(500), Duration.ofSeconds(7));
	}

	/**
	 * Attempts that an outage used up long ago were missing when a planned change failed.
	 */
	@Test
	@Rule("S6")
	void failedPlannedChangeHasTheBudgetThatCameBack() throws Exception {
		DefaultSession session = reconnecting(1, (builder) -> {
		});
		this.runtime.peer().drop();
		backOff(2);
		awaitState(session, Session.State.OPEN);
		this.runtime.timer.advance(SessionConfig.DEFAULT_RECONNECT_STABLE_AFTER);
		this.runtime.transport.nextDial((dial) -> dial.refuse(503));
		CompletableFuture<Void> changed = session.reconnect("planned").toCompletableFuture();
		TestRuntime.eventually(() -> assertThat(this.runtime.transport.dials()).hasSize(3));
		TestRuntime.eventually(() -> assertThat(this.listener.events).last().isEqualTo("reconnecting 1"));
		backOff(4);
		TestRuntime.get(changed);
		assertThat(session.state()).isEqualTo(Session.State.OPEN);
		session.close();
	}

}
