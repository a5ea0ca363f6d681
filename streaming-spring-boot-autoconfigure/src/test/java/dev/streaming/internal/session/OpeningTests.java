package dev.streaming.internal.session;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.Message;
import dev.streaming.NotConnectedException;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.SessionSetupException;
import dev.streaming.StreamChunk;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.race.Race;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * S14: what an opening needs, and setups that fail, close or do not come back.
 */
@Rule("S14")
class OpeningTests extends AbstractSessionTests {

	@Test
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
	void openingNeedsMessagesThatAreLeft() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().close(CloseStatus.NORMAL);
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(
				() -> Session.open(SessionConfig.builder().conn(conn).onMessage(AbstractSessionTests::echo).build()));
	}

	/**
	 * A receiver that was already waiting kept the session from ever receiving, and from
	 * noticing the end.
	 */
	@Test
	void sessionTakesOverFromAReceiverThatWaits() throws Exception {
		Race.rounds(1, (round) -> {
			DefaultConn conn = round.connected();
			CompletableFuture<Message> receiver = round.begin(conn::receive);
			Race.eventually(() -> assertThat(Race.threads("race-racer")).isNotEmpty());
			Race.eventually(() -> assertThatExceptionOfType(IllegalStateException.class)
				.isThrownBy(() -> conn.receive(Duration.ZERO)));
			DefaultSession session = round.session(conn, (builder) -> {
			});
			assertThat(TestRuntime.failure(receiver)).isInstanceOf(IllegalStateException.class);
			round.peer().text("for the session");
			assertThat(take(session, 1)).containsExactly("for the session");
			session.close();
		});
	}

	@Test
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
		assertThatIllegalStateException().isThrownBy(() -> view.get().sendRaw("late"))
			.withMessageContaining("returned");
	}

	@Test
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

	@Test
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

	@Test
	void interruptedOpeningInterruptsTheSetupClosesAndKeepsTheFlag() throws Exception {
		CountDownLatch inSetup = new CountDownLatch(1);
		List<String> calls = new CopyOnWriteArrayList<>();
		SessionHandler handler = new Echo() {

			@Override
			public void connect(Conn conn, SessionContext context) throws Exception {
				inSetup.countDown();
				try {
					new CountDownLatch(1).await();
				}
				catch (InterruptedException ex) {
					calls.add("interrupted");
					throw ex;
				}
			}

		};
		CompletableFuture<Thread> caller = new CompletableFuture<>();
		AtomicBoolean flag = new AtomicBoolean();
		CompletableFuture<Void> opening = TestRuntime.run(() -> {
			caller.complete(Thread.currentThread());
			try {
				withHandler(handler);
			}
			finally {
				flag.set(Thread.interrupted());
			}
		});
		inSetup.await();
		TestRuntime.get(caller).interrupt();
		assertThat(TestRuntime.failure(opening)).isInstanceOf(SessionSetupException.class)
			.hasCauseInstanceOf(InterruptedException.class);
		assertThat(flag).isTrue();
		TestRuntime.eventually(() -> assertThat(calls).containsExactly("interrupted"));
		assertThat(this.runtime.peer().closeStatus()).isNotNull();
		this.runtime.assertNoTimers();
	}

}
