package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectFailedException;
import dev.streaming.Message;
import dev.streaming.PermanentFailureException;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.SessionSetupException;
import dev.streaming.StreamChunk;
import dev.streaming.internal.connection.DefaultConnFactory;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * S12 and S14 on factories: opening from definitions, shutdown.
 */
@Timeout(30)
class SessionFactoryTests {

	private final TestRuntime runtime = new TestRuntime();

	private final Definitions definitions = new Definitions();

	private final DefaultConnFactory connFactory = new DefaultConnFactory(this.runtime.runtime, this.definitions::conn);

	private final DefaultSessionFactory factory = new DefaultSessionFactory(this.connFactory, this.definitions);

	@AfterEach
	void close() {
		this.runtime.close();
	}

	@Test
	void openDialsSetsUpAndOpens() throws Exception {
		Session session = this.factory.open("openai",
				(spec) -> spec.attribute("user", "u1")
					.conn((conn) -> conn.header("x", "1"))
					.session((config) -> config.responseChannelSize(3)));
		assertThat(session.connectionName()).isEqualTo("openai");
		assertThat(session.response().capacity()).isEqualTo(3);
		assertThat(this.runtime.peer().texts()).containsExactly("setup for u1");
		assertThat(this.runtime.transport.dials().get(0).request().headers()).containsKey("x");
		assertThat(this.factory.sessions()).containsExactly(session);
		assertThat(this.factory.snapshots()).singleElement().satisfies((snapshot) -> {
			assertThat(snapshot.id()).isEqualTo(session.id());
			assertThat(snapshot.messagesSent()).isEqualTo(1);
			assertThat(snapshot.state()).isEqualTo(Session.State.OPEN);
		});
		session.close();
		assertThat(this.factory.sessions()).isEmpty();
		assertThat(this.definitions.destroyed).hasValue(1);
		this.runtime.assertNoTimers();
	}

	@Test
	void attributesReachTheHandshake() throws Exception {
		this.factory.open("openai", (spec) -> spec.attribute("user", "u1")
			.conn((conn) -> conn
				.handshake((handshake) -> handshake.header("x-user", (String) handshake.attributes().get("user")))));
		assertThat(this.runtime.transport.dials().get(0).request().headers().get("x-user")).containsExactly("u1");
	}

	@Test
	void unknownConnectionIsAnError() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.factory.open("other"))
			.withMessageContaining("openai");
	}

	@Test
	@Rule("S14")
	void failedSetupUsesUpADial() throws Exception {
		this.definitions.failures = 2;
		CompletableFuture<Session> open = TestRuntime.async(() -> this.factory.open("openai"));
		for (int i = 1; i <= 2; i++) {
			this.runtime.peer(i).awaitCloseStatus();
			this.runtime.timer.fallDue(Duration.ofSeconds(i));
		}
		Session session = TestRuntime.get(open);
		assertThat(session.state()).isEqualTo(Session.State.OPEN);
		assertThat(this.runtime.transport.dials()).hasSize(3);
	}

	@Test
	void setupThatNeverSucceedsIsASessionSetupException() throws Exception {
		this.definitions.failures = 99;
		CompletableFuture<Session> open = TestRuntime.async(() -> this.factory.open("openai"));
		for (int i = 1; i <= 2; i++) {
			this.runtime.peer(i).awaitCloseStatus();
			this.runtime.timer.fallDue(Duration.ofSeconds(i));
		}
		assertThat(TestRuntime.failure(open)).isInstanceOf(SessionSetupException.class);
		assertThat(this.runtime.transport.dials()).hasSize(3);
		assertThat(this.factory.sessions()).isEmpty();
		assertThat(this.definitions.destroyed).hasValue(1);
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("S14")
	void setupThatFailsForGoodIsNotTriedAgain() {
		this.definitions.failures = 99;
		this.definitions.permanent = true;
		assertThatExceptionOfType(SessionSetupException.class).isThrownBy(() -> this.factory.open("openai"))
			.withCauseInstanceOf(PermanentFailureException.class);
		assertThat(this.runtime.transport.dials()).hasSize(1);
		assertThat(this.definitions.destroyed).hasValue(1);
	}

	@Test
	@Rule("S12")
	void stopClosesEverySessionWith1001SideBySide() throws Exception {
		List<Session> sessions = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			sessions.add(this.factory.open("openai"));
		}
		for (int i = 1; i <= 20; i++) {
			this.runtime.peer(i).answerClose(false);
		}
		CompletableFuture<Void> stop = this.factory.stop();
		for (int i = 1; i <= 20; i++) {
			assertThat(this.runtime.peer(i).awaitCloseStatus().getCode()).isEqualTo(1001);
		}
		assertThat(stop).isNotDone();
		assertThat(this.factory.stopLimit()).isGreaterThanOrEqualTo(ConnConfig.DEFAULT_CLOSE_GRACE_PERIOD);
		this.runtime.timer.fallDue(ConnConfig.DEFAULT_CLOSE_GRACE_PERIOD);
		TestRuntime.get(stop);
		assertThat(sessions).allSatisfy((session) -> assertThat(session.isClosed()).isTrue());
		assertThat(this.factory.sessions()).isEmpty();
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("S12")
	void openingIsRefusedWhenStoppedAndWorksAgainAfterAStart() throws Exception {
		TestRuntime.get(this.factory.stop());
		assertThatIllegalStateException().isThrownBy(() -> this.factory.open("openai"))
			.withMessageContaining("shutting down");
		this.factory.start();
		assertThat(this.factory.open("openai").state()).isEqualTo(Session.State.OPEN);
	}

	@Test
	@Rule("S12")
	void stopEndsAnOpeningUnderWay() throws Exception {
		this.runtime.transport.onDial((dial) -> {
		});
		CompletableFuture<Session> open = TestRuntime.async(() -> this.factory.open("openai"));
		this.runtime.transport.awaitDial(1);
		TestRuntime.get(this.factory.stop());
		assertThat(TestRuntime.failure(open)).isInstanceOf(ConnectFailedException.class);
	}

	@Test
	@Rule("S12")
	void factoryClosesEveryConnectionThatItMade() throws Exception {
		Conn conn = this.connFactory.create("openai");
		conn.connect();
		InMemoryPeer peer = this.runtime.peer().awaitIdle();
		TestRuntime.get(this.connFactory.closeAll(CloseStatus.GOING_AWAY));
		assertThat(conn.isClosed()).isTrue();
		assertThat(peer.closeStatus()).isEqualTo(CloseStatus.GOING_AWAY);
	}

	private static final class Definitions implements ConnectionDefinitions {

		private final AtomicInteger destroyed = new AtomicInteger();

		private volatile int failures;

		private volatile boolean permanent;

		@Override
		public ConnConfig.Builder conn(String name) {
			if (!name.equals("openai")) {
				throw new IllegalArgumentException("There is no connection '" + name + "'; there is: openai");
			}
			return ConnConfig.builder(TestRuntime.URL).name(name);
		}

		@Override
		public SessionConfig.Builder session(String name) {
			return SessionConfig.builder();
		}

		@Override
		public Runnable handler(String name, SessionConfig.Builder session) {
			session.handler(new Handler());
			return this.destroyed::incrementAndGet;
		}

		private final class Handler implements SessionHandler {

			@Override
			public void connect(Conn conn, SessionContext context) throws Exception {
				if (Definitions.this.failures-- > 0) {
					throw Definitions.this.permanent ? new PermanentFailureException("no", null)
							: new java.io.IOException("setup");
				}
				conn.sendRaw("setup for " + context.attributes().getOrDefault("user", "nobody"));
			}

			@Override
			public List<StreamChunk> handle(Message message, SessionContext context) {
				return List.of();
			}

		}

	}

}
