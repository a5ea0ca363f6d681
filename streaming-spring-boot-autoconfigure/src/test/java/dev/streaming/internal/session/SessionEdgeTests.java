package dev.streaming.internal.session;

import java.io.IOException;
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
import dev.streaming.ConnectionLostException;
import dev.streaming.ErrorClassifier;
import dev.streaming.Message;
import dev.streaming.MessageHandlerException;
import dev.streaming.NotConnectedException;
import dev.streaming.OutagePolicy;
import dev.streaming.ReconnectContext;
import dev.streaming.SendFailedException;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.SessionListener;
import dev.streaming.SessionSetupException;
import dev.streaming.StreamChunk;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.observation.ConnectionObserver.OutageOutcome;
import dev.streaming.race.Race;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Moments in the life of a session that a race hits once in a thousand rounds, or a bad
 * day once a year, made certain.
 */
class SessionEdgeTests extends AbstractSessionTests {

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void sneak(Throwable ex) throws T {
		throw (T) ex;
	}

	/**
	 * Of a message that was accepted into the buffer, and whose write stalled on the next
	 * connection, neither sender nor counter ever heard.
	 */
	@Test
	void bufferedMessageThatIsNotWrittenInTimeIsCounted() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> builder.sendWhileReconnecting(OutagePolicy.BUFFER));
		this.runtime.peer().drop();
		awaitState(session, Session.State.RECONNECTING);
		session.sendRaw("accepted");
		this.runtime.transport.onDial((dial) -> dial.accept((peer) -> peer.onMessage((message) -> {
			if (message.text().startsWith("setup")) {
				peer.stallWrites();
			}
		})));
		InMemoryPeer second = backOff(2);
		awaitState(session, Session.State.OPEN);
		this.runtime.timer.fallDue(ConnConfig.DEFAULT_WRITE_WAIT);
		second.awaitEnd();
		assertThat(this.runtime.observer.sendsDropped).hasValue(1);
		session.close();
		assertThat(this.runtime.observer.sendsDropped).hasValue(1);
	}

	/**
	 * The same for one that waited for its turn behind a stalled write when the session
	 * ended.
	 */
	@Test
	void bufferedMessagesThatTheEndFindsWaitingAreCounted() throws Exception {
		DefaultSession session = open((conn) -> conn.closeGracePeriod(Duration.ofMillis(200)),
				(builder) -> builder.onError(ErrorClassifier.transientErrors())
					.onReconnect((context, conn) -> conn.sendRaw("setup"))
					.maxReconnectAttempts(3)
					.sendWhileReconnecting(OutagePolicy.BUFFER));
		this.runtime.peer().drop();
		awaitState(session, Session.State.RECONNECTING);
		session.sendRaw("first");
		session.sendRaw("second");
		session.sendRaw("third");
		this.runtime.transport.onDial((dial) -> dial.accept((peer) -> peer.onMessage((message) -> {
			if (message.text().startsWith("setup")) {
				peer.stallWrites();
			}
		})));
		backOff(2);
		awaitState(session, Session.State.OPEN);
		CompletableFuture<Void> closing = TestRuntime.run(session::close);
		awaitState(session, Session.State.CLOSED);
		this.runtime.timer.fallDue(Duration.ofMillis(200));
		TestRuntime.get(closing);
		TestRuntime.eventually(() -> assertThat(this.runtime.observer.sendsDropped).hasValue(3));
	}

	/**
	 * Messages that had survived the outage were dropped when those before them took
	 * longer than the write wait of one, although all were being written.
	 */
	@Test
	void bufferedMessagesOutliveASlowFlush() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> builder.sendWhileReconnecting(OutagePolicy.BUFFER));
		this.runtime.peer().drop();
		awaitState(session, Session.State.RECONNECTING);
		for (int i = 1; i <= 5; i++) {
			session.sendRaw("m" + i);
		}
		this.runtime.transport.onDial((dial) -> dial.accept((peer) -> peer.onMessage((message) -> peer.stallWrites())));
		InMemoryPeer second = backOff(2);
		awaitState(session, Session.State.OPEN);
		for (int i = 1; i <= 5; i++) {
			int written = i;
			TestRuntime.eventually(() -> assertThat(second.texts()).hasSize(written));
			TestRuntime.eventually(() -> assertThat(session.core().link().outbox().writing()).isNotNull());
			this.runtime.timer.advance(ConnConfig.DEFAULT_WRITE_WAIT.dividedBy(3));
			second.releaseWrites();
		}
		assertSent(second, "setup 1", "m1", "m2", "m3", "m4", "m5");
		assertThat(this.runtime.observer.sendsDropped).hasValue(0);
		second.releaseWrites();
		session.close();
		this.runtime.assertNoTimers();
	}

	/**
	 * In a planned change everything that a lost connection did not send was kept for the
	 * next: the hook's own message too, and the hook waited for it for ever.
	 */
	@Test
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

	private static boolean writing(TestRuntime runtime) {
		return runtime.transport.dials().size() == 2 && runtime.timer.pending() >= 2;
	}

	/**
	 * The caller of {@code open} waited for ever.
	 */
	@Test
	void errorOfASetupIsAFailedSetup() throws Exception {
		CompletableFuture<DefaultSession> opening = TestRuntime.async(() -> withHandler(new Echo() {

			@Override
			public void connect(Conn conn, SessionContext context) {
				throw new AssertionError("in setup");
			}

		}));
		assertThat(TestRuntime.failure(opening)).isInstanceOf(SessionSetupException.class)
			.hasRootCauseMessage("in setup");
		this.runtime.assertNoTimers();
	}

	/**
	 * The session stayed as it was, between two connections, and the hook's timeout later
	 * interrupted whatever its thread did then.
	 */
	@Test
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

	/**
	 * Kotlin and Lombok know no checked exceptions: one that a listener throws stopped
	 * the session's task for good.
	 */
	@Test
	void checkedExceptionOfAListenerChangesNothing() throws Exception {
		DefaultSession session = open((builder) -> builder.listener(new SessionListener() {

			@Override
			public void onOpened(Session opened) {
				SessionEdgeTests.<RuntimeException>sneak(new IOException("from Kotlin"));
			}

			@Override
			public void onClosed(Session closed, Throwable error) {
				SessionEdgeTests.<RuntimeException>sneak(new IOException("from Kotlin"));
			}

		}));
		this.runtime.peer().text("a");
		assertThat(take(session, 1)).containsExactly("a");
		session.close();
		assertThat(session.done().toCompletableFuture()).isDone();
	}

	/**
	 * A handler that recurses too deeply took its message with it, and the session never
	 * handled another.
	 */
	@Test
	void everyErrorOfAHandlerEndsTheSession() throws Exception {
		DefaultSession session = open((builder) -> builder.onMessage((message) -> {
			throw new StackOverflowError();
		}));
		this.runtime.peer().text("deep");
		awaitDone(session);
		assertThat(session.error()).get()
			.isInstanceOf(MessageHandlerException.class)
			.extracting(Throwable::getCause)
			.isInstanceOf(StackOverflowError.class);
		assertThat(this.runtime.peer().closeStatus().getCode()).isEqualTo(1011);
	}

	@Test
	void errorOfAClassifierSaysNo() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> builder.onError((error) -> {
			throw new AssertionError("in classifier");
		}));
		this.runtime.peer().drop();
		awaitDone(session);
		assertThat(session.error()).get().isInstanceOf(ConnectionLostException.class);
	}

	@Test
	void errorOfTheQuestionForAResponseIsANo() throws Exception {
		DefaultSession session = withHandler(new Echo() {

			@Override
			public boolean responseInFlight() {
				throw new AssertionError("in question");
			}

		});
		TestRuntime.get(session.reconnect("planned").toCompletableFuture());
		session.close();
	}

	/**
	 * The outage had succeeded and the session was closed in the same moment: nobody
	 * heard how the outage ended.
	 */
	@Test
	void closeAtTheMomentOfSuccessEndsTheOutage() throws Exception {
		Race.rounds(1, (round) -> {
			DefaultSession session = round.session((builder) -> {
			});
			round.observer.onEvent = (event) -> {
				if (event.equals("attempt SUCCESS")) {
					session.close();
				}
			};
			round.peer().drop();
			round.awaitDone(session);
			assertThat(round.observer.events).contains("outage " + OutageOutcome.CLOSED);
		});
	}

	/**
	 * Attempts that an outage used up long ago were missing when a planned change failed.
	 */
	@Test
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

	/**
	 * Each new request began to count anew, so that a provider that says "going away"
	 * every second put the change off until it was too late.
	 */
	@Test
	void secondRequestDoesNotPutOffAPlannedChange() throws Exception {
		AtomicReference<SessionContext> context = new AtomicReference<>();
		DefaultSession session = withHandler(new Echo() {

			@Override
			public void opened(SessionContext opened) {
				context.set(opened);
			}

			@Override
			public boolean responseInFlight() {
				return true;
			}

		});
		context.get().reconnect("first", Duration.ofSeconds(5));
		settle(session);
		this.runtime.timer.advance(Duration.ofSeconds(3));
		context.get().reconnect("second", Duration.ofSeconds(30));
		settle(session);
		this.runtime.timer.fallDue(Duration.ofSeconds(2));
		assertThat(this.runtime.transport.awaitPeer(1).awaitCloseStatus().getReason()).isEqualTo("first");
		this.runtime.peer(2);
		awaitState(session, Session.State.OPEN);
		session.close();
		this.runtime.assertNoTimers();
	}

	@Test
	void moreUrgentRequestHastensAPlannedChange() throws Exception {
		AtomicReference<SessionContext> context = new AtomicReference<>();
		DefaultSession session = withHandler(new Echo() {

			@Override
			public void opened(SessionContext opened) {
				context.set(opened);
			}

			@Override
			public boolean responseInFlight() {
				return true;
			}

		});
		context.get().reconnect("first", Duration.ofSeconds(30));
		context.get().reconnect("second", Duration.ofSeconds(5));
		settle(session);
		this.runtime.timer.fallDue(Duration.ofSeconds(5));
		this.runtime.peer(2);
		awaitState(session, Session.State.OPEN);
		session.close();
	}

	/**
	 * Wait until the session's task has done what it was asked before.
	 */
	private void settle(DefaultSession session) throws Exception {
		this.runtime.peer().text("settle");
		take(session, 1);
	}

	/**
	 * The close found a failed hook's connection being closed already; what that had
	 * received was handled when the handler had been told that all was over.
	 */
	@Test
	void nothingIsHandledAfterTheHandlerHeardTheEnd() throws Exception {
		List<String> calls = new CopyOnWriteArrayList<>();
		DefaultSession session = open((builder) -> builder.onMessage(null).handler(new Echo() {

			@Override
			public void reconnect(ReconnectContext reconnect, Conn conn, SessionContext context) {
				throw new IllegalStateException("failed hook");
			}

			@Override
			public List<StreamChunk> handle(Message message, SessionContext context) {
				calls.add("handle");
				return echo(message);
			}

			@Override
			public void closed(SessionContext context) {
				calls.add("closed");
			}

		}).onError(ErrorClassifier.transientErrors()).maxReconnectAttempts(3));
		this.runtime.transport.onDial((dial) -> dial.accept((peer) -> peer.answerClose(false)).text("left"));
		this.runtime.peer().drop();
		InMemoryPeer second = backOff(2);
		second.awaitCloseStatus();
		CompletableFuture<Void> closing = TestRuntime.run(session::close);
		awaitState(session, Session.State.CLOSED);
		second.close(CloseStatus.NORMAL);
		TestRuntime.get(closing);
		awaitDone(session);
		TestRuntime.eventually(() -> assertThat(calls).contains("closed"));
		await().during(Duration.ofMillis(20)).until(() -> calls.get(calls.size() - 1).equals("closed"));
		this.runtime.assertNoTimers();
	}

	/**
	 * The hook failed because the connection was lost, with messages still on their way
	 * to us: those that came a moment later were forgotten.
	 */
	@Test
	void whatALostConnectionStillDeliversAfterAFailedHookIsHandled() throws Exception {
		Race.rounds(1, (round) -> {
			CountDownLatch inHook = new CountDownLatch(1);
			CountDownLatch lost = new CountDownLatch(1);
			RecordingListener heard = new RecordingListener();
			DefaultSession session = round.session((builder) -> builder.listener(heard).onReconnect((context, conn) -> {
				if (context.attempt() == 1) {
					inHook.countDown();
					lost.await();
					conn.sendRaw("fails, because the connection is lost");
				}
			}));
			round.peer().drop();
			Race.eventually(() -> assertThat(heard.events).contains("reconnecting 1"));
			round.timer.awaitPending(1);
			round.timer.advanceToNext();
			inHook.await();
			round.deliveries.hold();
			round.peer().text("left 1");
			round.peer().text("left 2");
			((DefaultConn) session.conn()).core().link().lose("silent", null);
			lost.countDown();
			// The next attempt has to wait for what is held
			await().during(Duration.ofMillis(20)).until(() -> !heard.events.contains("reconnecting 2"));
			round.deliveries.release();
			assertThat(take(session, 2)).containsExactly("left 1", "left 2");
			session.close();
		});
	}

	/**
	 * It was counted as opened, and never as closed.
	 */
	@Test
	void handlerThatClosesTheSessionInItsSetupRefusesIt() throws Exception {
		Race.rounds(50, (round) -> {
			DefaultConn conn = round.connected();
			RecordingListener heard = new RecordingListener();
			assertThatExceptionOfType(SessionSetupException.class).isThrownBy(() -> round.session(conn,
					(builder) -> builder.onMessage(null).onReconnect(null).listener(heard).handler(new Echo() {

						@Override
						public void connect(Conn view, SessionContext context) {
							context.close(CloseStatus.POLICY_VIOLATION);
						}

					})));
			assertThat(round.peer().closeStatus()).isEqualTo(CloseStatus.POLICY_VIOLATION);
			assertThat(heard.events).isEmpty();
		});
	}

	/**
	 * A setup that does not react to its interruption held the caller of {@code open} for
	 * as long as it liked.
	 */
	@Test
	void setupThatIgnoresItsInterruptionDoesNotHoldUpTheOpening() throws Exception {
		CountDownLatch inSetup = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		CompletableFuture<DefaultSession> opening = TestRuntime.async(() -> withHandler(new Echo() {

			@Override
			public void connect(Conn conn, SessionContext context) {
				inSetup.countDown();
				while (goOn.getCount() > 0) {
					try {
						goOn.await();
					}
					catch (InterruptedException ex) {
						continue;
					}
				}
			}

		}));
		inSetup.await();
		this.runtime.timer.fallDue(SessionConfig.DEFAULT_RECONNECT_HOOK_TIMEOUT);
		this.runtime.timer.fallDue(ConnConfig.DEFAULT_CLOSE_GRACE_PERIOD);
		assertThat(TestRuntime.failure(opening)).isInstanceOf(SessionSetupException.class);
		goOn.countDown();
		this.runtime.assertNoTimers();
	}

	/**
	 * Chunks behind one that the predicate choked on came after later ones, or only with
	 * them.
	 */
	@Test
	void predicateThatThrowsLeavesTheChannelInOrder() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> builder.responseChannelSize(2));
		for (String text : new String[] { "a", "b", "bad", "c" }) {
			this.runtime.peer().text(text);
		}
		TestRuntime.eventually(() -> assertThat(this.runtime.observer.received).hasValue(4));
		settleWithoutTaking(session);
		assertThatIllegalStateException().isThrownBy(() -> session.response().discard((chunk) -> {
			if (chunk.delta().equals("bad")) {
				throw new IllegalStateException("bad");
			}
			return true;
		}));
		this.runtime.peer(2).text("last");
		List<String> left = new CopyOnWriteArrayList<>();
		StreamChunk next = session.response().poll(Duration.ofSeconds(5)).orElseThrow();
		while (!next.delta().equals("last")) {
			left.add(next.delta());
			next = session.response().poll(Duration.ofSeconds(5)).orElseThrow();
		}
		assertThat(left).endsWith("bad", "c");
		session.close();
	}

	private static void settleWithoutTaking(DefaultSession session) throws Exception {
		// Comes after what the session's task had to do before
		TestRuntime.get(session.reconnect("settle").toCompletableFuture());
	}

	/**
	 * Chunks of empty messages weighed nothing, so that any number of them was read.
	 */
	@Test
	void chunksOfEmptyMessagesAreBoundedToo() throws Exception {
		AtomicInteger handled = new AtomicInteger();
		DefaultSession session = open(
				(builder) -> builder.responseChannelSize(1).readAhead(DataSize.ofKilobytes(10)).onMessage((message) -> {
					handled.incrementAndGet();
					return echo(message);
				}));
		for (int i = 0; i < 1000; i++) {
			this.runtime.peer().text("");
		}
		TestRuntime.eventually(() -> assertThat(handled).hasValue(161));
		take(session, 1000);
		session.close();
	}

	/**
	 * A change that is asked for during the setup comes when the session is open.
	 */
	@Test
	void changeThatIsAskedForInTheSetupComesAfterTheOpening() throws Exception {
		AtomicBoolean asked = new AtomicBoolean();
		DefaultSession session = open(
				(builder) -> builder.onMessage(null).maxConnectionAge(Duration.ofHours(1)).handler(new Echo() {

					@Override
					public void connect(Conn conn, SessionContext context) {
						if (!asked.getAndSet(true)) {
							context.reconnect("asked in the setup", Duration.ofSeconds(1));
						}
					}

				}));
		this.runtime.peer(2);
		TestRuntime.eventually(
				() -> assertThat(this.listener.events).containsExactly("opened", "reconnecting 1", "reconnected 1"));
		session.close();
		this.runtime.assertNoTimers();
	}

	private static class Echo implements SessionHandler {

		@Override
		public List<StreamChunk> handle(Message message, SessionContext context) {
			return echo(message);
		}

	}

}
