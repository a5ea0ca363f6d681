package dev.streaming.internal.session;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.Message;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.race.Race;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * S2: all that was received is handled and delivered before the end or the replacement of
 * its connection shows, and what a close drops is counted.
 */
@Rule("S2")
class MessageLossTests extends AbstractSessionTests {

	@Test
	void everyMessageReceivedIsDeliveredBeforeTheEnd() throws Exception {
		for (int round = 0; round < 300; round++) {
			try (TestRuntime own = new TestRuntime()) {
				DefaultConn conn = own.connected();
				Session session = Session
					.open(SessionConfig.builder().conn(conn).onMessage(AbstractSessionTests::echo).build());
				InMemoryPeer peer = own.peer();
				for (int i = 0; i < 8; i++) {
					peer.text("m" + i);
				}
				peer.close((round % 2 == 0) ? CloseStatus.GOING_AWAY : CloseStatus.NO_CLOSE_FRAME);
				awaitDone(session);
				assertThat(takeAll(session)).hasSize(8);
			}
		}
	}

	@Test
	void ourCloseKeepsQueuedChunksAndCountsTheRest() throws Exception {
		AtomicInteger handled = new AtomicInteger();
		DefaultSession session = open((builder) -> builder.responseChannelSize(3).onMessage((message) -> {
			handled.incrementAndGet();
			return echo(message);
		}));
		for (int i = 0; i < 10; i++) {
			this.runtime.peer().text("m" + i);
		}
		TestRuntime.eventually(() -> assertThat(session.response().size()).isEqualTo(3));
		TestRuntime.eventually(() -> assertThat(handled).hasValue(10));
		session.close();
		assertThat(takeAll(session)).containsExactly("m0", "m1", "m2");
		assertThat(this.runtime.observer.chunksDiscarded).hasValue(7);
		assertThat(session.error()).isEmpty();
	}

	/**
	 * Without a consumer the session still notices that its connection is gone.
	 */
	@Test
	void endIsNotHeldUpByAFullChannelAndLosesNothing() throws Exception {
		DefaultSession session = open((builder) -> builder.responseChannelSize(1).readAhead(DataSize.ofBytes(0)));
		for (int i = 0; i < 5; i++) {
			this.runtime.peer().text("m" + i);
		}
		TestRuntime.eventually(() -> assertThat(session.response().size()).isEqualTo(1));
		this.runtime.peer().close(CloseStatus.SERVER_ERROR);
		awaitDone(session);
		assertThat(takeAll(session)).containsExactly("m0", "m1", "m2", "m3", "m4");
		assertThat(this.runtime.observer.chunksDiscarded).hasValue(0);
	}

	@Test
	void plannedChangeIsNotHeldUpByAFullChannelAndLosesNothing() throws Exception {
		AtomicInteger handled = new AtomicInteger();
		DefaultSession session = reconnecting(0,
				(builder) -> builder.responseChannelSize(1).readAhead(DataSize.ofBytes(0)).onMessage((message) -> {
					handled.incrementAndGet();
					return echo(message);
				}));
		InMemoryPeer first = this.runtime.peer();
		first.answerClose(false);
		for (int i = 0; i < 3; i++) {
			first.text("m" + i);
		}
		TestRuntime.eventually(() -> assertThat(session.response().size()).isEqualTo(1));
		CompletableFuture<Void> changed = session.reconnect("planned").toCompletableFuture();
		first.awaitCloseStatus();
		TestRuntime.eventually(() -> assertThat(handled).hasValue(3));
		first.text("under way");
		TestRuntime.eventually(() -> assertThat(handled).hasValue(4));
		first.close(CloseStatus.NORMAL);
		TestRuntime.get(changed);
		this.runtime.peer(2).text("new 1");
		this.runtime.peer(2).text("new 2");
		assertThat(take(session, 6)).containsExactly("m0", "m1", "m2", "under way", "new 1", "new 2");
		assertThat(this.runtime.observer.chunksDiscarded).hasValue(0);
	}

	@Test
	@Rule("S7")
	void resetOfASessionsConnectionLosesNothingThatWasReceived() throws Exception {
		DefaultSession session = reconnecting(3,
				(builder) -> builder.responseChannelSize(1).readAhead(DataSize.ofBytes(0)));
		this.runtime.peer().text("m0");
		TestRuntime.eventually(() -> assertThat(session.response().size()).isEqualTo(1));
		this.runtime.peer().text("m1");
		this.runtime.peer().text("m2");
		session.conn().reset();
		assertThat(take(session, 3)).containsExactly("m0", "m1", "m2");
		assertThat(this.runtime.observer.chunksDiscarded).hasValue(0);
	}

	@Test
	void ourCloseCountsUnhandledMessages() throws Exception {
		CountDownLatch goOn = new CountDownLatch(1);
		CountDownLatch inside = new CountDownLatch(1);
		DefaultSession session = open(
				(builder) -> builder.responseChannelSize(2).readAhead(DataSize.ofBytes(0)).onMessage((message) -> {
					inside.countDown();
					goOn.await();
					return echo(message);
				}));
		this.runtime.peer().text("m0");
		inside.await();
		for (int i = 1; i < 10; i++) {
			this.runtime.peer().text("m" + i);
		}
		goOn.countDown();
		TestRuntime.eventually(() -> assertThat(session.response().size()).isEqualTo(2));
		TestRuntime.eventually(
				() -> assertThat(session.stateMachine().physicalConnection().receiveQueue().isEmpty()).isTrue());
		// Eight in the session's batch, five in the receive queue
		for (int i = 10; i < 15; i++) {
			this.runtime.peer().text("m" + i);
		}
		session.close();
		awaitDone(session);
		assertThat(takeAll(session)).containsExactly("m0", "m1");
		assertThat(this.runtime.observer.chunksDiscarded).hasValue(13);
	}

	@Test
	void ourCloseCountsMessagesThatAHookDidNotConsume() throws Exception {
		CountDownLatch inHook = new CountDownLatch(1);
		DefaultSession session = reconnecting(3, (builder) -> builder.onReconnect((context, conn) -> {
			inHook.countDown();
			new CountDownLatch(1).await();
		}));
		this.runtime.peer().drop();
		InMemoryPeer second = backOff(2);
		inHook.await();
		for (int i = 0; i < 3; i++) {
			second.text("m" + i);
		}
		session.close();
		awaitDone(session);
		assertThat(takeAll(session)).isEmpty();
		assertThat(this.runtime.observer.chunksDiscarded).hasValue(3);
	}

	@Test
	void chunksHandledDuringOurCloseAreDroppedAndCounted() throws Exception {
		StuckHandler handler = new StuckHandler();
		DefaultSession session = open((builder) -> builder.onMessage(null).handler(handler));
		this.runtime.peer().answerClose(false);
		this.runtime.peer().text("x");
		handler.inside.await();
		CompletableFuture<Void> closing = TestRuntime.run(session::close);
		this.runtime.timer.awaitPending(1);
		handler.goOn.countDown();
		this.runtime.peer().awaitCloseStatus();
		assertThat(handler.calls).containsExactly("handled", "closing");
		this.runtime.peer().close(CloseStatus.NORMAL);
		TestRuntime.get(closing);
		assertThat(takeAll(session)).isEmpty();
		assertThat(this.runtime.observer.chunksDiscarded).hasValue(1);
	}

	/**
	 * That end was not requested, so chunks that come before the channel ends are wanted.
	 */
	@Test
	void chunksEmittedBeforeTheChannelOfAFailedSessionEndsAreDelivered() throws Exception {
		CompletableFuture<SessionContext> context = new CompletableFuture<>();
		DefaultSession session = withHandler(new SessionHandler() {

			@Override
			public void opened(SessionContext opened) {
				context.complete(opened);
			}

			@Override
			public List<StreamChunk> handle(Message message, SessionContext handling) throws IOException {
				throw new IOException("bad");
			}

		});
		this.runtime.peer().answerClose(false);
		this.runtime.peer().text("x");
		this.runtime.peer().awaitCloseStatus();
		TestRuntime.get(context).emit(StreamChunk.delta("last words"));
		this.runtime.peer().close(CloseStatus.SERVER_ERROR);
		awaitDone(session);
		assertThat(takeAll(session)).containsExactly("last words");
		TestRuntime.get(context).emit(StreamChunk.delta("too late"));
		assertThat(this.runtime.observer.chunksDiscarded).hasValue(1);
	}

	/**
	 * The hook failed because the connection was lost, with messages still on their way
	 * to us: those that came a moment later were forgotten.
	 */
	@Test
	void messagesOfALostConnectionAfterAFailedHookAreHandled() throws Exception {
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
			// The thread that has reported the connection would also deliver what is to
			// be held
			round.peer().awaitIdle();
			round.deliveries.hold();
			round.peer().text("left 1");
			round.peer().text("left 2");
			((DefaultConn) session.conn()).stateMachine().physicalConnection().fail("silent", null);
			lost.countDown();
			// The next attempt has to wait for what is held
			await().during(Duration.ofMillis(20)).until(() -> !heard.events.contains("reconnecting 2"));
			round.deliveries.release();
			assertThat(take(session, 2)).containsExactly("left 1", "left 2");
			session.close();
		});
	}

}
