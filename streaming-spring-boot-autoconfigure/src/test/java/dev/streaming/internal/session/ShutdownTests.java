package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.ConnFactory;
import dev.streaming.ConnectFailedException;
import dev.streaming.Session;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * S12: sessions and connections that the factories close when they stop.
 */
@Rule("S12")
class ShutdownTests extends AbstractSessionFactoryTests {

	@Test
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
	void openingIsRefusedWhenStoppedAndWorksAgainAfterAStart() throws Exception {
		TestRuntime.get(this.factory.stop());
		assertThatIllegalStateException().isThrownBy(() -> this.factory.open("openai"))
			.withMessageContaining("shutting down");
		this.factory.start();
		assertThat(this.factory.open("openai").state()).isEqualTo(Session.State.OPEN);
	}

	@Test
	void stopEndsAnOpeningInProgress() throws Exception {
		this.runtime.transport.onDial((dial) -> {
		});
		CompletableFuture<Session> open = TestRuntime.async(() -> this.factory.open("openai"));
		this.runtime.transport.awaitDial(1);
		TestRuntime.get(this.factory.stop());
		assertThat(TestRuntime.failure(open)).isInstanceOf(ConnectFailedException.class);
	}

	@Test
	void factoryClosesEveryConnectionThatItMade() throws Exception {
		Conn conn = this.connFactory.create("openai");
		conn.connect();
		InMemoryPeer peer = this.runtime.peer().awaitIdle();
		TestRuntime.get(this.connFactory.closeAll(CloseStatus.GOING_AWAY));
		assertThat(conn.isClosed()).isTrue();
		assertThat(peer.closeStatus()).isEqualTo(CloseStatus.GOING_AWAY);
	}

	@Test
	void handlerOfASessionThatCannotBeMadeIsDestroyed() {
		DefaultSessionFactory broken = new DefaultSessionFactory(new ConnFactory() {

			@Override
			public Conn create() {
				throw new IllegalStateException("no connection");
			}

			@Override
			public Conn create(String name) {
				return create();
			}

			@Override
			public Conn create(ConnConfig config) {
				return create();
			}

		}, this.definitions);
		assertThatIllegalStateException().isThrownBy(() -> broken.open("openai")).withMessage("no connection");
		assertThat(this.definitions.destroyed).hasValue(1);
	}

	@Test
	void stopTakesNoLongerThanTheLongestGracePeriodAndWaitsForAll() throws Exception {
		this.factory.open("openai", (spec) -> spec.conn((conn) -> conn.closeGracePeriod(Duration.ofSeconds(2))));
		this.factory.open("openai", (spec) -> spec.conn((conn) -> conn.closeGracePeriod(Duration.ofSeconds(9))));
		this.runtime.peer(2).answerClose(false);
		assertThat(this.factory.stopLimit()).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(11));
		assertThat(this.connFactory.closeLimit()).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(11));
		CompletableFuture<Void> stop = this.factory.stop();
		this.runtime.peer(1).awaitCloseStatus();
		this.runtime.peer(2).awaitCloseStatus();
		TestRuntime.eventually(() -> assertThat(this.definitions.destroyed).hasValue(1));
		assertThat(stop).isNotDone();
		this.runtime.timer.fallDue(Duration.ofSeconds(9));
		TestRuntime.get(stop);
		TestRuntime.eventually(() -> assertThat(this.definitions.destroyed).hasValue(2));
		// Nothing is kept of what has ended
		assertThat(this.factory.stopLimit()).isZero();
	}

	@Test
	void closeOfTheSessionFactoryStopsItAndWaits() throws Exception {
		Session session = this.factory.open("openai");
		this.factory.close();
		assertThat(session.isClosed()).isTrue();
		assertThat(session.done().toCompletableFuture()).isDone();
		assertThat(this.runtime.peer().closeStatus()).isEqualTo(CloseStatus.GOING_AWAY);
		assertThatIllegalStateException().isThrownBy(() -> this.factory.open("openai"));
	}

	@Test
	void connFactoryClosesItsOwnFirstAndThenAllSideBySide() throws Exception {
		Session session = this.factory.open("openai");
		List<Conn> own = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			Conn conn = this.connFactory.create("openai");
			conn.connect();
			own.add(conn);
			this.runtime.peer(i + 2).answerClose(false);
		}
		CompletableFuture<Void> closing = this.connFactory.closeUnowned(CloseStatus.GOING_AWAY);
		for (int i = 0; i < 3; i++) {
			assertThat(this.runtime.peer(i + 2).awaitCloseStatus()).isEqualTo(CloseStatus.GOING_AWAY);
		}
		assertThat(closing).isNotDone();
		assertThat(session.state()).isEqualTo(Session.State.OPEN);
		assertThat(this.runtime.peer(1).closeStatus()).isNull();
		this.runtime.timer.fallDue(ConnConfig.DEFAULT_CLOSE_GRACE_PERIOD);
		TestRuntime.get(closing);
		assertThat(own).allSatisfy((conn) -> assertThat(conn.isClosed()).isTrue());
		this.connFactory.close();
		assertThat(this.runtime.peer(1).closeStatus()).isEqualTo(CloseStatus.GOING_AWAY);
	}

}
