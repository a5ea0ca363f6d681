package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectionLostException;
import dev.streaming.ErrorClassifier;
import dev.streaming.PermanentFailureException;
import dev.streaming.ReconnectFailedException;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionListener;
import dev.streaming.internal.transport.DialException;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * S5 to S8: what a hook's view of its connection can do, what it cannot when the hook is
 * over, and what the session's own connection says meanwhile.
 */
class SessionHookTests extends AbstractSessionTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	@Test
	@Rule("S7")
	void viewReceivesAndSendsAsAConnectionDoes() throws Exception {
		List<String> seen = new CopyOnWriteArrayList<>();
		DefaultSession session = reconnecting(3, (builder) -> builder.onReconnect((context, conn) -> {
			conn.send(List.of(1));
			seen.add(conn.receive(Duration.ofSeconds(5)).orElseThrow().text());
			seen.add("state " + conn.state() + ", " + conn.isConnected() + ", " + conn.isClosed());
			assertThatIllegalStateException().isThrownBy(conn::connect);
			assertThatIllegalStateException().isThrownBy(conn::connectWithRetry);
			assertThatExceptionOfType(StopException.class).isThrownBy(() -> conn.receiveLoop((message) -> {
				seen.add("loop " + message.text());
				throw new StopException();
			}));
		}));
		this.runtime.transport.onDial((dial) -> dial.accept((peer) -> peer.onMessage((message) -> {
			peer.text("answer");
			peer.text("more");
		})));
		this.runtime.peer().drop();
		InMemoryPeer second = backOff(2);
		awaitState(session, Session.State.OPEN);
		assertThat(second.texts()).containsExactly("[1]");
		assertThat(seen).containsExactly("answer", "state OPEN, true, false", "loop more");
	}

	@Test
	@Rule("S7")
	void viewsHeartbeatIsTheConnections() throws Exception {
		List<Integer> attempts = new CopyOnWriteArrayList<>();
		DefaultSession session = reconnecting(3, (builder) -> builder.onReconnect((context, conn) -> {
			attempts.add(context.attempt());
			if (attempts.size() == 1) {
				conn.startHeartbeat(SECOND);
			}
			else {
				conn.stopHeartbeat();
			}
		}));
		this.runtime.peer().drop();
		InMemoryPeer second = backOff(2);
		awaitState(session, Session.State.OPEN);
		this.runtime.timer.fallDue(SECOND);
		assertThat(second.pings()).isEqualTo(1);
		TestRuntime.get(session.reconnect("again").toCompletableFuture());
		this.runtime.timer.advance(SECOND);
		assertThat(this.runtime.peer(3).pings()).isZero();
		session.close();
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("S7")
	void resetOfAViewIsAFailedAttempt() throws Exception {
		List<Throwable> failures = new CopyOnWriteArrayList<>();
		DefaultSession session = reconnecting(3, (builder) -> builder.onReconnect((context, conn) -> {
			context.lastFailure().ifPresent(failures::add);
			if (context.attempt() == 1) {
				conn.reset();
				conn.receive();
			}
		}));
		this.runtime.peer().drop();
		InMemoryPeer second = backOff(2);
		second.awaitEnd();
		TestRuntime.eventually(() -> assertThat(this.listener.events).contains("reconnecting 2"));
		backOff(3);
		awaitState(session, Session.State.OPEN);
		assertThat(second.isAborted()).isTrue();
		assertThat(failures).singleElement().isInstanceOf(ConnectionLostException.class);
	}

	@Test
	@Rule("S7")
	void closeOfAViewClosesTheSessionWithItsCode() throws Exception {
		DefaultSession session = reconnecting(3,
				(builder) -> builder.onReconnect((context, conn) -> conn.close(new CloseStatus(4001, "enough"))));
		this.runtime.peer().drop();
		InMemoryPeer second = backOff(2);
		awaitDone(session);
		assertThat(second.closeStatus()).isEqualTo(new CloseStatus(4001, "enough"));
		assertThat(session.error()).isEmpty();
		assertThat(this.runtime.observer.attempts).isEmpty();
	}

	@Test
	@Rule("S7")
	void nothingOfAViewWorksWhenItsHookIsOver() throws Exception {
		AtomicReference<Conn> view = new AtomicReference<>();
		DefaultSession session = reconnecting(3, (builder) -> builder.onReconnect((context, conn) -> view.set(conn)));
		this.runtime.peer().drop();
		InMemoryPeer second = backOff(2);
		awaitState(session, Session.State.OPEN);
		Conn dead = view.get();
		List<ThrowingCallable> calls = new ArrayList<>();
		calls.add(dead::connect);
		calls.add(() -> dead.send("x"));
		calls.add(() -> dead.sendRaw("x"));
		calls.add(dead::receive);
		calls.add(() -> dead.receive(Duration.ZERO));
		calls.add(() -> dead.receiveLoop((message) -> {
		}));
		calls.add(() -> dead.startHeartbeat(SECOND));
		calls.add(dead::stopHeartbeat);
		calls.add(dead::reset);
		calls.add(dead::close);
		calls.forEach((call) -> assertThatIllegalStateException().isThrownBy(call)
			.satisfies((ex) -> assertThat(ex.getMessage()).containsAnyOf("over", "connected")));
		assertThatIllegalStateException().isThrownBy(() -> dead.receive(Duration.ZERO)).withMessageContaining("over");
		assertThat(session.state()).isEqualTo(Session.State.OPEN);
		assertThat(second.texts()).isEmpty();
		assertThat(second.isAborted()).isFalse();
	}

	@Test
	@Rule("S7")
	void sessionsConnectionIsResetAsALossAndClosedWithTheGivenCode() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> {
		});
		Conn conn = session.conn();
		assertThatIllegalStateException().isThrownBy(conn::connectWithRetry).withMessageContaining("connectWithRetry");
		conn.reset();
		TestRuntime.eventually(() -> assertThat(this.listener.events).contains("disconnected"));
		assertThat(session.state()).isEqualTo(Session.State.RECONNECTING);
		assertThatIllegalStateException().isThrownBy(conn::connect).withMessageContaining("session");
		assertThatIllegalStateException().isThrownBy(conn::connectWithRetry).withMessageContaining("session");
		InMemoryPeer second = backOff(2);
		awaitState(session, Session.State.OPEN);
		conn.close(new CloseStatus(4002, "done"));
		assertThat(second.closeStatus()).isEqualTo(new CloseStatus(4002, "done"));
		assertThat(session.isClosed()).isTrue();
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
	void readyMadeClassifierKnowsWhatPasses() throws Exception {
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
	 * It did not react to its interruption at once, and returned as if all was well.
	 */
	@Test
	@Rule("S8")
	void hookThatReturnsAfterItsLimitIsAFailedAttempt() throws Exception {
		CountDownLatch inHook = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		DefaultSession session = reconnecting(3, (builder) -> builder.onReconnect((context, conn) -> {
			if (context.attempt() == 1) {
				inHook.countDown();
				boolean waiting = true;
				while (waiting) {
					try {
						goOn.await();
						waiting = false;
					}
					catch (InterruptedException ex) {
						continue;
					}
				}
			}
		}));
		this.runtime.peer().drop();
		InMemoryPeer second = backOff(2);
		inHook.await();
		this.runtime.timer.fallDue(SessionConfig.DEFAULT_RECONNECT_HOOK_TIMEOUT);
		this.runtime.timer.awaitDue(ConnConfig.DEFAULT_CLOSE_GRACE_PERIOD);
		this.runtime.timer.advance(ConnConfig.DEFAULT_CLOSE_GRACE_PERIOD.minusMillis(1));
		assertThat(session.state()).isEqualTo(Session.State.RECONNECTING);
		assertThat(this.runtime.transport.dials()).hasSize(2);
		goOn.countDown();
		second.awaitCloseStatus();
		TestRuntime.eventually(() -> assertThat(this.listener.events).contains("reconnecting 2"));
		backOff(3);
		awaitState(session, Session.State.OPEN);
		session.close();
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("S8")
	void nextAttemptWaitsForTheFailedConnectionsEnd() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> builder.onReconnect((context, conn) -> {
			if (context.attempt() == 1) {
				throw new IllegalStateException("failed hook");
			}
		}));
		this.runtime.transport.nextDial((dial) -> dial.accept((peer) -> peer.answerClose(false)));
		this.runtime.peer().drop();
		InMemoryPeer second = backOff(2);
		second.awaitCloseStatus();
		second.text("left over");
		assertThat(this.listener.events).last().isEqualTo("reconnecting 1");
		second.close(CloseStatus.NORMAL);
		TestRuntime.eventually(() -> assertThat(this.listener.events).contains("reconnecting 2"));
		backOff(3);
		assertThat(take(session, 1)).containsExactly("left over");
	}

	private static final class StopException extends RuntimeException {

		private static final long serialVersionUID = 1L;

	}

}
