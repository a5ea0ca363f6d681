package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectionLostException;
import dev.streaming.NotConnectedException;
import dev.streaming.OutagePolicy;
import dev.streaming.PermanentFailureException;
import dev.streaming.ReconnectFailedException;
import dev.streaming.SendFailedException;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.observation.ConnectionObserver.AttemptOutcome;
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
 * S7 and S8: what a hook and its view of the connection can do, and hooks that fail.
 */
class ReconnectHookTests extends AbstractSessionTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private static boolean writing(TestRuntime runtime) {
		return runtime.transport.dials().size() == 2 && runtime.timer.pending() >= 2;
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
	@Rule("S7")
	void viewReceivesAndSendsAsAConnectionDoes() throws Exception {
		List<String> seen = new CopyOnWriteArrayList<>();
		DefaultSession session = reconnecting(3, (builder) -> builder.onReconnect((context, conn) -> {
			conn.send(List.of(1));
			seen.add(conn.receive(Duration.ofSeconds(10)).orElseThrow().text());
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
	void viewIsUnusableAfterItsHookReturned() throws Exception {
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
			.satisfies((ex) -> assertThat(ex.getMessage()).containsAnyOf("returned", "connected")));
		assertThatIllegalStateException().isThrownBy(() -> dead.receive(Duration.ZERO))
			.withMessageContaining("returned");
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

	/**
	 * In a planned change everything that a lost connection did not send was kept for the
	 * next: the hook's own message too, and the hook waited for it for ever.
	 */
	@Test
	@Rule("S7")
	void hooksOwnMessageIsForItsConnectionAlone() throws Exception {
		CountDownLatch stalled = new CountDownLatch(1);
		List<Throwable> failures = new CopyOnWriteArrayList<>();
		AtomicBoolean first = new AtomicBoolean(true);
		DefaultSession session = reconnecting(3, (builder) -> builder.onReconnect((context, conn) -> {
			if (!first.getAndSet(false)) {
				return;
			}
			CompletableFuture<Void> one = TestRuntime.run(() -> conn.sendRaw("one"));
			TestRuntime.eventually(() -> assertThat(writing(this.runtime)).isTrue());
			CompletableFuture<Void> two = TestRuntime.run(() -> conn.sendRaw("two"));
			stalled.countDown();
			failures.add(TestRuntime.failure(one));
			failures.add(TestRuntime.failure(two));
			throw new IllegalStateException("failed hook");
		}));
		this.runtime.transport.nextDial((dial) -> dial.accept(InMemoryPeer::stallWrites));
		session.reconnect("planned");
		stalled.await();
		InMemoryPeer second = this.runtime.peer(2);
		TestRuntime.eventually(() -> assertThat(this.runtime.timer.pending()).isGreaterThanOrEqualTo(3));
		second.drop();
		TestRuntime.eventually(() -> assertThat(failures).hasSize(2));
		assertThat(failures.get(0)).isInstanceOf(SendFailedException.class);
		assertThat(failures.get(1)).isInstanceOf(NotConnectedException.class);
		InMemoryPeer third = backOff(3);
		awaitState(session, Session.State.OPEN);
		assertThat(third.texts()).isEmpty();
		session.close();
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

	/**
	 * The session stayed as it was, between two connections, and the hook's timeout later
	 * interrupted whatever its thread did then.
	 */
	@Test
	@Rule("S8")
	void errorOfAHookIsAFailedAttempt() throws Exception {
		AtomicBoolean first = new AtomicBoolean(true);
		DefaultSession session = reconnecting(3, (builder) -> builder.onReconnect((context, conn) -> {
			if (first.getAndSet(false)) {
				throw new NoClassDefFoundError("com/example/Setup");
			}
		}));
		this.runtime.peer().drop();
		backOff(2);
		TestRuntime.eventually(() -> assertThat(this.listener.events).last().isEqualTo("reconnecting 2"));
		backOff(3);
		awaitState(session, Session.State.OPEN);
		session.close();
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("S8")
	void permanentFailureOfAHookEndsTheSession() throws Exception {
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
	void messagesThatAHookDidNotConsumeAreHandled() throws Exception {
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
	@Rule("S11")
	void hookThatClosesEndsTheSession() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> builder.onReconnect((context, conn) -> conn.close()));
		this.runtime.peer().drop();
		backOff(2);
		awaitDone(session);
		assertThat(session.error()).isEmpty();
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
