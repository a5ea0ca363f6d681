package dev.streaming.internal.session;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectionLostException;
import dev.streaming.ErrorClassifier;
import dev.streaming.Message;
import dev.streaming.ReconnectContext;
import dev.streaming.Session;
import dev.streaming.SessionClosedException;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.SessionListener;
import dev.streaming.StreamChunk;
import dev.streaming.observation.ConnectionObserver.SessionEnd;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * S1: a session ends once and in order, also when a callback does not come back.
 */
@Rule("S1")
class SessionEndTests extends AbstractSessionTests {

	private static final Duration GRACE = ConnConfig.DEFAULT_CLOSE_GRACE_PERIOD;

	@Test
	void sessionEndsOnceAndInOrder() throws Exception {
		List<String> seen = new CopyOnWriteArrayList<>();
		AtomicReference<Session> session = new AtomicReference<>();
		SessionHandler handler = new SessionHandler() {

			@Override
			public List<StreamChunk> handle(Message message, SessionContext context) {
				return echo(message);
			}

			@Override
			public void closed(SessionContext context) {
				Session closed = session.get();
				seen.add("handler: " + closed.state() + ", " + closed.conn().state() + ", error "
						+ closed.error().isPresent() + ", done " + closed.done().toCompletableFuture().isDone()
						+ ", chunks " + closed.response().size());
			}

		};
		SessionListener last = new SessionListener() {

			@Override
			public void onClosed(Session closed, @Nullable Throwable error) {
				seen.add("listener: " + closed.done().toCompletableFuture().isDone());
			}

		};
		session.set(open((builder) -> builder.onMessage(null).handler(handler).listener(last)));
		this.runtime.peer().text("last");
		this.runtime.peer().close(CloseStatus.SERVER_ERROR);
		awaitDone(session.get());
		session.get().close();
		assertThat(seen).containsExactly("handler: CLOSED, CLOSED, error true, done false, chunks 1",
				"listener: false");
		assertThat(this.listener.events).containsExactly("opened", "closed ConnectionLostException");
		assertThat(session.get().error()).containsInstanceOf(ConnectionLostException.class);
		assertThat(session.get().error()).isPresent();
		assertThat(takeAll(session.get())).containsExactly("last");
		assertThat(this.runtime.observer.ends).containsExactly(SessionEnd.ERROR);
		this.runtime.assertNoTimers();
	}

	@Test
	void peersNormalCloseEndsTheSessionWithoutError() throws Exception {
		DefaultSession session = reconnecting(5, (builder) -> {
		});
		this.runtime.peer().text("a");
		this.runtime.peer().close(CloseStatus.NORMAL);
		awaitDone(session);
		assertThat(session.error()).isEmpty();
		assertThat(takeAll(session)).containsExactly("a");
		assertThat(this.runtime.observer.ends).containsExactly(SessionEnd.PEER);
		assertThatExceptionOfType(SessionClosedException.class).isThrownBy(() -> session.sendRaw("x"));
		assertThat(session.conn().isClosed()).isTrue();
	}

	@Test
	void handlerCloseHookRunsBeforeTheCloseFrame() throws Exception {
		SessionHandler handler = new SessionHandler() {

			@Override
			public List<StreamChunk> handle(Message message, SessionContext context) {
				return List.of();
			}

			@Override
			public void closing(SessionContext context) {
				context.sendRaw(Message.text("CloseStream"));
			}

		};
		DefaultSession session = withHandler(handler);
		session.close();
		assertThat(this.runtime.peer().texts()).containsExactly("CloseStream");
		assertThat(this.runtime.peer().closeStatus()).isEqualTo(CloseStatus.NORMAL);
		this.runtime.assertNoTimers();
	}

	@Test
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
	void dependentsOfDoneDoNotDelayClose() throws Exception {
		CountDownLatch goOn = new CountDownLatch(1);
		AtomicInteger over = new AtomicInteger();
		DefaultSession session = open((builder) -> {
		});
		for (int i = 0; i < 2; i++) {
			session.done().thenRun(() -> {
				TestRuntime.awaitQuietly(goOn);
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
	void slowListenerIsNotifiedOfTheEndOnce() throws Exception {
		CountDownLatch goOn = new CountDownLatch(1);
		AtomicInteger calls = new AtomicInteger();
		DefaultSession session = open((builder) -> builder.listener(new SessionListener() {

			@Override
			public void onClosed(Session closed, @Nullable Throwable error) {
				calls.incrementAndGet();
				TestRuntime.awaitQuietly(goOn);
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
	void handlerThatDoesNotComeBackHoldsTheEndUpForTheGracePeriod() throws Exception {
		StuckHandler handler = new StuckHandler();
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
				TestRuntime.awaitQuietly(goOn);
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
	 * The close found a failed hook's connection being closed already; what that had
	 * received was handled when the handler had been told that all was over.
	 */
	@Test
	void nothingIsHandledAfterTheHandlerWasClosed() throws Exception {
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

	@Test
	void sendToAClosedSessionFails() throws Exception {
		DefaultSession session = open((builder) -> {
		});
		session.close();
		assertThatExceptionOfType(SessionClosedException.class).isThrownBy(() -> session.sendRaw("x"));
		assertThat(TestRuntime.failure(session.sendAsync("x").toCompletableFuture()))
			.isInstanceOf(SessionClosedException.class);
	}

}
