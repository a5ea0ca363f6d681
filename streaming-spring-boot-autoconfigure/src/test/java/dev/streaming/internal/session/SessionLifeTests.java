package dev.streaming.internal.session;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.Conn;
import dev.streaming.ConnectionLostException;
import dev.streaming.Message;
import dev.streaming.MessageHandlerException;
import dev.streaming.NotConnectedException;
import dev.streaming.Reconnected;
import dev.streaming.Session;
import dev.streaming.SessionClosedException;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.SessionListener;
import dev.streaming.SessionSetupException;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.observation.ConnectionObserver.SessionEnd;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * S1 to S4 and S13 to S15: one end, no loss, handler errors, back-pressure, threads,
 * opening, taking.
 */
class SessionLifeTests extends AbstractSessionTests {

	@Test
	@Rule("S1")
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
	@Rule("S1")
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
	@Rule("S2")
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
	@Rule("S3")
	void handlerThatThrowsEndsTheSessionWith1011() throws Exception {
		DefaultSession session = open((builder) -> builder.onMessage((message) -> {
			if (message.text().equals("bad")) {
				throw new java.io.IOException("cannot parse");
			}
			return echo(message);
		}));
		this.runtime.peer().text("good");
		this.runtime.peer().text("bad");
		this.runtime.peer().text("never handled");
		awaitDone(session);
		assertThat(session.error()).get()
			.isInstanceOf(MessageHandlerException.class)
			.extracting(Throwable::getCause)
			.isInstanceOf(java.io.IOException.class);
		assertThat(this.runtime.peer().closeStatus().getCode()).isEqualTo(1011);
		assertThat(takeAll(session)).containsExactly("good");
	}

	@Test
	@Rule("S3")
	void handlerThatReturnsNullIsAnErrorThatSaysSo() throws Exception {
		DefaultSession session = open((builder) -> builder.onMessage((message) -> null));
		this.runtime.peer().text("x");
		awaitDone(session);
		assertThat(session.error()).get().extracting(Throwable::getMessage).asString().contains("empty list");
	}

	@Test
	@Rule("S3")
	void emptyListIsFine() throws Exception {
		DefaultSession session = open(
				(builder) -> builder.onMessage((message) -> message.text().isEmpty() ? List.of() : echo(message)));
		this.runtime.peer().text("");
		this.runtime.peer().text("x");
		assertThat(take(session, 1)).containsExactly("x");
	}

	@Test
	@Rule("S4")
	void slowConsumerStopsReadingAndNothingIsLost() throws Exception {
		DefaultSession session = open((builder) -> builder.responseChannelSize(2).readAhead(DataSize.ofKilobytes(100)));
		String kilobyte = "x".repeat(1024);
		for (int i = 0; i < 2000; i++) {
			this.runtime.peer().text(i + "." + kilobyte);
		}
		TestRuntime.eventually(() -> assertThat(this.runtime.peer().isPaused()).isTrue());
		TestRuntime.eventually(() -> assertThat(session.response().size()).isEqualTo(2));
		// 2 in the channel, 100 KB behind it, and two buffers' worth before the handler
		assertThat(this.runtime.peer().undelivered()).isGreaterThan(1200);
		for (int i = 0; i < 2000; i++) {
			assertThat(take(session, 1).get(0)).startsWith(i + ".");
		}
		TestRuntime.eventually(() -> assertThat(this.runtime.peer().isPaused()).isFalse());
		assertThat(this.runtime.observer.stood.get()).isPositive();
	}

	@Test
	@Rule("S4")
	void messagesAreHandledAheadOfTheConsumer() throws Exception {
		AtomicInteger handled = new AtomicInteger();
		DefaultSession session = open((builder) -> builder.responseChannelSize(1).onMessage((message) -> {
			handled.incrementAndGet();
			return echo(message);
		}));
		for (int i = 0; i < 500; i++) {
			this.runtime.peer().text("m" + i);
		}
		TestRuntime.eventually(() -> assertThat(handled).hasValue(500));
		assertThat(session.response().size()).isEqualTo(1);
		assertThat(take(session, 500)).last().isEqualTo("m499");
	}

	@Test
	@Rule("S4")
	void withoutReadAheadTheHandlerWaitsForRoom() throws Exception {
		AtomicInteger handled = new AtomicInteger();
		DefaultSession session = open(
				(builder) -> builder.responseChannelSize(4).readAhead(DataSize.ofBytes(0)).onMessage((message) -> {
					handled.incrementAndGet();
					return echo(message);
				}));
		for (int i = 0; i < 100; i++) {
			this.runtime.peer().text("m" + i);
		}
		TestRuntime.eventually(() -> assertThat(handled).hasValue(4));
		assertThat(take(session, 100)).last().isEqualTo("m99");
	}

	@Test
	@Rule("S4")
	void discardEmptiesChannelAndReadAhead() throws Exception {
		DefaultSession session = open((builder) -> builder.responseChannelSize(2));
		for (int i = 0; i < 50; i++) {
			this.runtime.peer().text((i % 2 == 0) ? "audio" : "text");
		}
		TestRuntime.eventually(() -> assertThat(this.runtime.peer().undelivered()).isZero());
		AtomicInteger discarded = new AtomicInteger();
		TestRuntime.eventually(() -> {
			discarded.addAndGet(session.response().discard((chunk) -> chunk.delta().equals("audio")));
			assertThat(discarded).hasValue(25);
		});
		assertThat(take(session, 25)).containsOnly("text");
		assertThat(this.runtime.observer.chunksDiscarded).hasValue(25);
	}

	@Test
	@Rule("S2")
	void ourCloseLeavesWhatIsInTheChannelAndCountsTheRest() throws Exception {
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

	@Test
	@Rule("S13")
	void callbacksNeverOverlapAndNeverRunOnTheTransportsThread() throws Exception {
		AtomicInteger inside = new AtomicInteger();
		List<String> overlaps = new CopyOnWriteArrayList<>();
		Thread test = Thread.currentThread();
		Runnable body = () -> {
			if (inside.incrementAndGet() > 1 || Thread.currentThread() == test) {
				overlaps.add(Thread.currentThread().getName());
			}
			Thread.yield();
			inside.decrementAndGet();
		};
		SessionListener every = new SessionListener() {

			@Override
			public void onOpened(Session session) {
				body.run();
			}

			@Override
			public void onDisconnected(Session session, Throwable cause) {
				body.run();
			}

			@Override
			public void onReconnecting(Session session, int attempt, Duration delay) {
				body.run();
			}

			@Override
			public void onReconnected(Session session, Reconnected event) {
				body.run();
			}

			@Override
			public void onClosed(Session session, @Nullable Throwable error) {
				body.run();
			}

		};
		DefaultSession session = reconnecting(5, (builder) -> builder.listener(every).onMessage((message) -> {
			body.run();
			return List.of();
		}).onReconnect((context, conn) -> body.run()));
		for (int i = 1; i <= 5; i++) {
			InMemoryPeer peer = this.runtime.peer(i);
			for (int m = 0; m < 200; m++) {
				peer.text("m");
			}
			peer.drop();
			backOff(i + 1);
			awaitState(session, Session.State.OPEN);
		}
		session.close();
		awaitDone(session);
		assertThat(overlaps).isEmpty();
	}

	@Test
	@Rule("S13")
	void closeFromWithinACallbackOnlyAsks() throws Exception {
		AtomicReference<DefaultSession> self = new AtomicReference<>();
		CountDownLatch ready = new CountDownLatch(1);
		DefaultSession session = open((builder) -> builder.onMessage((message) -> {
			ready.await();
			self.get().close();
			self.get().reconnect("from a callback");
			return echo(message);
		}).onReconnect((context, conn) -> {
		}));
		self.set(session);
		ready.countDown();
		this.runtime.peer().text("close");
		awaitDone(session);
		assertThat(session.error()).isEmpty();
		assertThat(this.listener.events).containsExactly("opened", "closed in order");
	}

	@Test
	@Rule("S13")
	void takeFromWithinACallbackIsAnError() throws Exception {
		AtomicReference<DefaultSession> self = new AtomicReference<>();
		DefaultSession session = open((builder) -> builder.onMessage((message) -> {
			self.get().response().take();
			return List.of();
		}));
		self.set(session);
		this.runtime.peer().text("x");
		awaitDone(session);
		assertThat(session.error()).get().extracting(Throwable::getCause).isInstanceOf(IllegalStateException.class);
	}

	@Test
	@Rule("S13")
	void listenerThatThrowsChangesNothing() throws Exception {
		DefaultSession session = open((builder) -> builder.listener(new SessionListener() {

			@Override
			public void onOpened(Session opened) {
				throw new IllegalStateException("listener");
			}

		}).listener(this.listener));
		this.runtime.peer().text("x");
		assertThat(take(session, 1)).containsExactly("x");
		assertThat(this.listener.events).containsExactly("opened", "opened");
	}

	@Test
	@Rule("S14")
	void openingNeedsAConnection() {
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> Session
			.open(SessionConfig.builder().conn(this.runtime.conn()).onMessage(AbstractSessionTests::echo).build()));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> SessionConfig.builder().onMessage(AbstractSessionTests::echo).build())
			.withMessage("conn is required");
		assertThatIllegalArgumentException().isThrownBy(() -> SessionConfig.builder().conn(this.runtime.conn()).build())
			.withMessage("onMessage is required");
	}

	@Test
	@Rule("S14")
	void openingWorksOnAnEndedConnectionWithMessagesLeft() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().text("left");
		this.runtime.peer().close(CloseStatus.NORMAL);
		Session session = Session
			.open(SessionConfig.builder().conn(conn).onMessage(AbstractSessionTests::echo).build());
		assertThat(takeAll(session)).containsExactly("left");
		awaitDone(session);
	}

	@Test
	@Rule("S14")
	void handlerSetsUpTheConnectionBeforeAnythingElse() throws Exception {
		List<String> calls = new CopyOnWriteArrayList<>();
		AtomicReference<Conn> view = new AtomicReference<>();
		SessionHandler handler = new SessionHandler() {

			@Override
			public void connect(Conn conn, SessionContext context) throws Exception {
				conn.sendRaw("setup");
				calls.add("connect " + conn.receive().text());
				view.set(conn);
			}

			@Override
			public List<StreamChunk> handle(Message message, SessionContext context) {
				return echo(message);
			}

			@Override
			public void opened(SessionContext context) {
				calls.add("opened");
			}

		};
		this.runtime.transport.onDial((dial) -> dial.accept((peer) -> peer.onMessage((message) -> {
			if (message.text().equals("setup")) {
				peer.text("ready");
				peer.text("first");
			}
		})));
		DefaultSession session = withHandler(handler);
		assertThat(calls).containsExactly("connect ready", "opened");
		assertThat(take(session, 1)).containsExactly("first");
		assertThatIllegalStateException().isThrownBy(() -> view.get().sendRaw("late")).withMessageContaining("over");
	}

	@Test
	@Rule("S14")
	void handlerWhoseSetupFailsClosesTheConnection() throws Exception {
		SessionHandler handler = new SessionHandler() {

			@Override
			public void connect(Conn conn, SessionContext context) throws Exception {
				throw new java.io.IOException("invalid_api_key");
			}

			@Override
			public List<StreamChunk> handle(Message message, SessionContext context) {
				return List.of();
			}

		};
		assertThatExceptionOfType(SessionSetupException.class).isThrownBy(() -> withHandler(handler))
			.withMessageContaining("invalid_api_key")
			.withCauseInstanceOf(java.io.IOException.class);
		assertThat(this.runtime.peer().closeStatus()).isNotNull();
		assertThat(this.listener.events).isEmpty();
		this.runtime.assertNoTimers();
	}

	@Test
	void handlerThatClosesInItsSetupOpensNothing() {
		SessionHandler handler = new SessionHandler() {

			@Override
			public void connect(Conn conn, SessionContext context) {
				conn.close();
			}

			@Override
			public List<StreamChunk> handle(Message message, SessionContext context) {
				return List.of();
			}

		};
		assertThatExceptionOfType(SessionSetupException.class).isThrownBy(() -> withHandler(handler));
		assertThat(this.runtime.observer.opened).hasValue(0);
		assertThat(this.runtime.observer.ends).isEmpty();
		assertThat(this.listener.events).isEmpty();
	}

	@Test
	@Rule("S14")
	void handlerWhoseSetupTakesTooLongIsInterrupted() throws Exception {
		CountDownLatch started = new CountDownLatch(1);
		SessionHandler handler = new SessionHandler() {

			@Override
			public void connect(Conn conn, SessionContext context) throws Exception {
				started.countDown();
				conn.receive();
			}

			@Override
			public List<StreamChunk> handle(Message message, SessionContext context) {
				return List.of();
			}

		};
		CompletableFuture<DefaultSession> open = TestRuntime.async(() -> withHandler(handler));
		started.await();
		this.runtime.timer.fallDue(SessionConfig.DEFAULT_RECONNECT_HOOK_TIMEOUT);
		assertThat(TestRuntime.failure(open)).isInstanceOf(SessionSetupException.class)
			.hasMessageContaining("reconnectHookTimeout");
		assertThat(this.runtime.peer().closeStatus()).isNotNull();
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
	@Rule("S15")
	void takersEndQuietlyWhenTheSessionEnds() throws Exception {
		DefaultSession session = open((builder) -> {
		});
		CompletableFuture<Boolean> taker = TestRuntime.async(() -> session.response().take().isEmpty());
		CompletableFuture<Long> stream = TestRuntime.async(() -> session.response().stream().count());
		session.close();
		assertThat(TestRuntime.get(taker)).isTrue();
		assertThat(TestRuntime.get(stream)).isZero();
		assertThat(session.response().iterator().hasNext()).isFalse();
		assertThat(session.response().poll(Duration.ofSeconds(1))).isEmpty();
	}

	@Test
	@Rule("S15")
	void interruptedIteratorKeepsTheFlagAndThrows() throws Exception {
		DefaultSession session = open((builder) -> {
		});
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(StreamingException.class).isThrownBy(() -> session.response().iterator().hasNext());
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	@Rule("S15")
	void publisherGivesWhatWasAskedForAndCompletes() throws Exception {
		DefaultSession session = open((builder) -> {
		});
		RecordingSubscriber subscriber = new RecordingSubscriber();
		session.response().publisher().subscribe(subscriber);
		TestRuntime.eventually(() -> assertThat(subscriber.subscription).isNotNull());
		this.runtime.peer().text("a");
		this.runtime.peer().text("b");
		this.runtime.peer().text("c");
		subscriber.subscription.request(2);
		TestRuntime.eventually(() -> assertThat(subscriber.events).containsExactly("a", "b"));
		subscriber.subscription.request(10);
		session.close();
		TestRuntime.eventually(() -> assertThat(subscriber.events).containsExactly("a", "b", "c", "complete"));
	}

	@Test
	@Rule("S15")
	void publisherEndsWithTheSessionsError() throws Exception {
		DefaultSession session = open((builder) -> {
		});
		RecordingSubscriber subscriber = new RecordingSubscriber();
		session.publisher().subscribe(subscriber);
		this.runtime.peer().drop();
		TestRuntime.eventually(() -> assertThat(subscriber.events).containsExactly("error ConnectionLostException"));
		RecordingSubscriber second = new RecordingSubscriber();
		session.response().publisher().subscribe(second);
		assertThat(second.events).containsExactly("error IllegalStateException");
	}

	@Test
	@Rule("S15")
	void cancellingTheChannelsPublisherLeavesTheSessionOpen() throws Exception {
		DefaultSession session = open((builder) -> {
		});
		RecordingSubscriber subscriber = new RecordingSubscriber();
		session.response().publisher().subscribe(subscriber);
		TestRuntime.eventually(() -> assertThat(subscriber.subscription).isNotNull());
		subscriber.subscription.cancel();
		this.runtime.peer().text("for a taker");
		assertThat(take(session, 1)).containsExactly("for a taker");
		assertThat(session.state()).isEqualTo(Session.State.OPEN);
	}

	@Test
	@Rule("S15")
	void cancellingTheSessionsPublisherClosesTheSession() throws Exception {
		DefaultSession session = open((builder) -> {
		});
		RecordingSubscriber subscriber = new RecordingSubscriber();
		session.publisher().subscribe(subscriber);
		TestRuntime.eventually(() -> assertThat(subscriber.subscription).isNotNull());
		subscriber.subscription.cancel();
		awaitDone(session);
		assertThat(session.error()).isEmpty();
	}

	static final class RecordingSubscriber implements Flow.Subscriber<StreamChunk> {

		final List<String> events = new CopyOnWriteArrayList<>();

		volatile Flow.@Nullable Subscription subscription;

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			this.subscription = subscription;
		}

		@Override
		public void onNext(StreamChunk chunk) {
			this.events.add(chunk.delta());
		}

		@Override
		public void onError(Throwable error) {
			this.events.add("error " + error.getClass().getSimpleName());
		}

		@Override
		public void onComplete() {
			this.events.add("complete");
		}

	}

}
