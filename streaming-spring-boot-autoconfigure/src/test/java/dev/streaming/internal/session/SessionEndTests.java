package dev.streaming.internal.session;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.ConnConfig;
import dev.streaming.Message;
import dev.streaming.MessageHandlerException;
import dev.streaming.Session;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.SessionListener;
import dev.streaming.StreamChunk;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * S1 to S3: the order of an end, what of it waits for whom, and what becomes of messages
 * and chunks that are under way.
 */
class SessionEndTests extends AbstractSessionTests {

	private static final Duration GRACE = ConnConfig.DEFAULT_CLOSE_GRACE_PERIOD;

	@Test
	@Rule("S1")
	void errorAndStateAreSetBeforeTheConnectionIsClosed() throws Exception {
		List<String> seen = new CopyOnWriteArrayList<>();
		DefaultSession session = open((builder) -> builder.onMessage((message) -> {
			throw new IOException("bad");
		}));
		this.runtime.peer().onClose((peer) -> seen.add(session.state() + ", error " + session.error().isPresent()));
		this.runtime.peer().text("x");
		awaitDone(session);
		assertThat(seen).containsExactly("CLOSED, error true");
	}

	@Test
	@Rule("S1")
	void channelEndsBehindTheConnectionAndBeforeTheCallbacks() throws Exception {
		List<Boolean> seen = new CopyOnWriteArrayList<>();
		DefaultSession session = open((builder) -> builder.listener(new SessionListener() {

			@Override
			public void onClosed(Session closed, @Nullable Throwable error) {
				seen.add(closed.response().isEnded());
			}

		}));
		InMemoryPeer peer = this.runtime.peer();
		peer.answerClose(false);
		CompletableFuture<Void> closing = TestRuntime.run(session::close);
		peer.awaitCloseStatus();
		assertThat(session.isClosed()).isTrue();
		assertThat(session.response().isEnded()).isFalse();
		peer.close(CloseStatus.NORMAL);
		TestRuntime.get(closing);
		assertThat(seen).containsExactly(true);
	}

	/**
	 * Two of them: one may hold up the thread that completes the stage, and a closer that
	 * waits in the stage would run the other.
	 */
	@Test
	@Rule("S1")
	void whatHangsOnDoneNeverHoldsUpWhoCloses() throws Exception {
		CountDownLatch goOn = new CountDownLatch(1);
		AtomicInteger over = new AtomicInteger();
		DefaultSession session = open((builder) -> {
		});
		for (int i = 0; i < 2; i++) {
			session.done().thenRun(() -> {
				awaitQuietly(goOn);
				over.incrementAndGet();
			});
		}
		TestRuntime.get(TestRuntime.run(session::close));
		assertThat(session.done().toCompletableFuture()).isDone();
		assertThat(over).hasValue(0);
		goOn.countDown();
		TestRuntime.eventually(() -> assertThat(over).hasValue(2));
	}

	@Test
	@Rule("S1")
	void listenerThatTakesItsTimeHearsTheEndOnce() throws Exception {
		CountDownLatch goOn = new CountDownLatch(1);
		AtomicInteger calls = new AtomicInteger();
		DefaultSession session = open((builder) -> builder.listener(new SessionListener() {

			@Override
			public void onClosed(Session closed, @Nullable Throwable error) {
				calls.incrementAndGet();
				awaitQuietly(goOn);
			}

		}));
		CompletableFuture<Void> closing = TestRuntime.run(session::close);
		TestRuntime.eventually(() -> assertThat(calls).hasValue(1));
		this.runtime.timer.fallDue(GRACE);
		assertThat(session.done().toCompletableFuture()).isNotDone();
		goOn.countDown();
		awaitDone(session);
		TestRuntime.get(closing);
		assertThat(calls).hasValue(1);
		assertThat(this.runtime.observer.ends).hasSize(1);
	}

	/**
	 * The handler comes back long after the session has ended without it: its last
	 * callback is not made up for.
	 */
	@Test
	@Rule("S1")
	void handlerThatDoesNotComeBackHoldsTheEndUpForTheGracePeriod() throws Exception {
		Stuck handler = new Stuck();
		DefaultSession session = open((builder) -> builder.onMessage(null).handler(handler));
		this.runtime.peer().text("x");
		handler.inside.await();
		CompletableFuture<Void> closing = TestRuntime.run(session::close);
		this.runtime.timer.awaitPending(1);
		this.runtime.timer.fallDue(GRACE);
		assertThat(this.runtime.peer().awaitCloseStatus()).isEqualTo(CloseStatus.NORMAL);
		assertThat(session.done().toCompletableFuture()).isNotDone();
		this.runtime.timer.awaitPending(1);
		this.runtime.timer.fallDue(GRACE);
		awaitDone(session);
		TestRuntime.get(closing);
		assertThat(this.listener.events).containsExactly("opened", "closed in order");
		handler.goOn.countDown();
		TestRuntime.eventually(() -> assertThat(handler.calls).contains("handled"));
		TestRuntime.get(session.closeAsync(CloseStatus.NORMAL));
		assertThat(handler.calls).doesNotContain("closing");
		assertThat(this.runtime.observer.chunksDiscarded).hasValue(1);
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("S1")
	void closingThatDoesNotComeBackHoldsTheCloseFrameUpForTheGracePeriod() throws Exception {
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		DefaultSession session = withHandler(new SessionHandler() {

			@Override
			public List<StreamChunk> handle(Message message, SessionContext context) {
				return List.of();
			}

			@Override
			public void closing(SessionContext context) {
				inside.countDown();
				awaitQuietly(goOn);
			}

		});
		CompletableFuture<Void> closing = TestRuntime.run(session::close);
		inside.await();
		this.runtime.timer.awaitDue(GRACE);
		this.runtime.timer.advance(GRACE.minusMillis(1));
		assertThat(this.runtime.peer().closeStatus()).isNull();
		this.runtime.timer.fallDue(Duration.ofMillis(1));
		assertThat(this.runtime.peer().awaitCloseStatus()).isEqualTo(CloseStatus.NORMAL);
		assertThat(session.isClosed()).isTrue();
		goOn.countDown();
		TestRuntime.get(closing);
		awaitDone(session);
	}

	/**
	 * Nobody takes, and yet the session notices that its connection is gone.
	 */
	@Test
	@Rule("S2")
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
	@Rule("S2")
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
	@Rule("S4")
	void backPressureHoldsOnTheConnectionAfterAPlannedChange() throws Exception {
		AtomicInteger handled = new AtomicInteger();
		DefaultSession session = reconnecting(0,
				(builder) -> builder.responseChannelSize(2).readAhead(DataSize.ofBytes(0)).onMessage((message) -> {
					handled.incrementAndGet();
					return echo(message);
				}));
		TestRuntime.get(session.reconnect("planned").toCompletableFuture());
		for (int i = 0; i < 20; i++) {
			this.runtime.peer(2).text("m" + i);
		}
		TestRuntime.eventually(() -> assertThat(handled).hasValue(2));
		assertThat(take(session, 20)).last().isEqualTo("m19");
	}

	@Test
	@Rule("S2")
	void ourCloseCountsWhatWasReceivedAndNotHandled() throws Exception {
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
		TestRuntime.eventually(() -> assertThat(session.core().link().inbox().isEmpty()).isTrue());
		// Eight in the session's batch, five in the inbox
		for (int i = 10; i < 15; i++) {
			this.runtime.peer().text("m" + i);
		}
		session.close();
		awaitDone(session);
		assertThat(takeAll(session)).containsExactly("m0", "m1");
		assertThat(this.runtime.observer.chunksDiscarded).hasValue(13);
	}

	@Test
	@Rule("S2")
	void ourCloseCountsWhatAHookDidNotConsume() throws Exception {
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
	@Rule("S2")
	void whatIsHandledAsWeCloseIsDroppedAndCounted() throws Exception {
		Stuck handler = new Stuck();
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
	 * Nobody asked for that end, so what still comes until the channel ends is wanted.
	 */
	@Test
	@Rule("S2")
	void whatIsEmittedBeforeAFailedSessionsChannelEndsIsDelivered() throws Exception {
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

	@Test
	@Rule("S3")
	void nullInTheHandlersListIsAnErrorToo() throws Exception {
		DefaultSession session = open((builder) -> builder.onMessage((message) -> Arrays.asList((StreamChunk) null)));
		this.runtime.peer().text("x");
		awaitDone(session);
		assertThat(session.error()).get().isInstanceOf(MessageHandlerException.class);
	}

	@Test
	@Rule("S3")
	void handlerErrorIsFatalWhateverTheClassifierSays() throws Exception {
		DefaultSession session = reconnecting(5, (builder) -> builder.onError((error) -> true).onMessage((message) -> {
			throw new IOException("bad");
		}));
		this.runtime.peer().text("x");
		awaitDone(session);
		assertThat(session.error()).get().isInstanceOf(MessageHandlerException.class);
		assertThat(this.runtime.transport.dials()).hasSize(1);
	}

	/**
	 * A handler that is held up in a message.
	 */
	private static final class Stuck implements SessionHandler {

		private final CountDownLatch inside = new CountDownLatch(1);

		private final CountDownLatch goOn = new CountDownLatch(1);

		private final List<String> calls = new CopyOnWriteArrayList<>();

		@Override
		public List<StreamChunk> handle(Message message, SessionContext context) {
			this.inside.countDown();
			awaitQuietly(this.goOn);
			this.calls.add("handled");
			return echo(message);
		}

		@Override
		public void closing(SessionContext context) {
			this.calls.add("closing");
		}

	}

}
