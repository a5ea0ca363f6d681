package dev.streaming.race;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectFailedException;
import dev.streaming.NotConnectedException;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionLimitException;
import dev.streaming.SessionSetupException;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.internal.connection.DefaultConnFactory;
import dev.streaming.internal.session.ConnectionDefinitions;
import dev.streaming.internal.session.DefaultSession;
import dev.streaming.internal.session.DefaultSessionFactory;
import dev.streaming.internal.session.SessionSnapshots;
import dev.streaming.observation.SessionCapacity;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Timeout;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Races between the opening of a session and whatever ends it: it opens and ends in
 * order, or it does not open, and then nobody has heard of it.
 */
@Timeout(120)
class SessionOpeningRaceTests {

	private static final int ROUNDS = 300;

	private static void assertNeverOpened(RaceWitness witness) {
		assertThat(witness.heard).isSubsetOf("connect", "reconnect");
	}

	@RaceTest("opening against the end")
	void openingAgainstTheEndOfItsConnection() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			RaceWitness witness = new RaceWitness();
			int how = round.random.nextInt(3);
			DefaultConn conn = round.connected();
			InMemoryPeer peer = round.peer();
			AtomicReference<DefaultSession> opened = new AtomicReference<>();
			round.together(() -> {
				try {
					opened.set(round.session(conn,
							(builder) -> builder.onMessage(null)
								.onReconnect(null)
								.onError((error) -> false)
								.handler(witness)
								.listener(witness)));
				}
				catch (NotConnectedException | SessionSetupException ex) {
					assertNeverOpened(witness);
				}
			}, () -> {
				SessionRaceTests.numbered(peer, 0, 2);
				switch (how) {
					case 0 -> peer.close(CloseStatus.NORMAL);
					case 1 -> peer.drop();
					default -> conn.close();
				}
			});
			DefaultSession session = opened.get();
			if (session != null) {
				session.close();
				round.awaitDone(session);
				witness.assertOrder();
			}
			conn.close();
			assertThat(conn.state()).isEqualTo(Conn.State.CLOSED);
		});
	}

	/**
	 * The application stops while sessions are opened, one after the other, some with a
	 * setup that fails at first.
	 */
	@RaceTest("opening against the end")
	void openingAgainstStop() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			List<RaceWitness> witnesses = new CopyOnWriteArrayList<>();
			AtomicInteger made = new AtomicInteger();
			AtomicInteger destroyed = new AtomicInteger();
			Definitions definitions = new Definitions(round, witnesses, made, destroyed);
			DefaultConnFactory conns = new DefaultConnFactory(round.runtime, definitions::conn);
			DefaultSessionFactory sessions = new DefaultSessionFactory(conns, definitions);
			List<Session> opened = new CopyOnWriteArrayList<>();
			RaceRuntime.Clock clock = round.turn(java.time.Duration.ofMillis(1));
			round.together(() -> {
				for (int i = 0; i < 4; i++) {
					try {
						opened.add(sessions.open());
					}
					catch (IllegalStateException | SessionSetupException | ConnectFailedException ex) {
						// Refused, or closed on the way
						assertThat(ex.getMessage()).containsAnyOf("shutting down", "ended", "closed", "CLOSED");
					}
				}
			}, () -> {
				Race.spin(round.random.nextInt(3000));
				TestRuntime.get(sessions.stop());
			});
			clock.stop();
			TestRuntime.get(sessions.stop());
			assertThat(opened).allSatisfy((session) -> assertThat(session.isClosed()).isTrue());
			assertThat(sessions.sessions()).isEmpty();
			assertThat(round.observer.opened.get()).isGreaterThanOrEqualTo(opened.size());
			Race.eventually(() -> assertThat(destroyed).hasValue(made.get()));
			for (RaceWitness witness : witnesses) {
				if (witness.heard.contains("onOpened")) {
					witness.assertOrder();
				}
				else {
					assertNeverOpened(witness);
				}
			}
			for (InMemoryPeer peer : round.peers()) {
				CloseStatus status = peer.closeStatus();
				assertThat((status != null) ? status.getCode() : 1001).isIn(1000, 1001);
			}
		});
	}

	/**
	 * Many open and close at once where three may be open: there are never more, and none
	 * is left that would count.
	 */
	@RaceTest("limit on sessions")
	void openingAgainstTheLimitOnSessions() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			AtomicInteger made = new AtomicInteger();
			Definitions definitions = new Definitions(round, new CopyOnWriteArrayList<>(), made, new AtomicInteger()) {

				@Override
				public int maxSessions() {
					return 3;
				}

			};
			DefaultSessionFactory sessions = new DefaultSessionFactory(
					new DefaultConnFactory(round.runtime, definitions::conn), definitions);
			AtomicInteger open = new AtomicInteger();
			RaceRuntime.Clock clock = round.turn(java.time.Duration.ofMillis(1));
			TestRuntime.ThrowingRunnable opener = () -> {
				for (int i = 0; i < 4; i++) {
					try {
						Session session = sessions.open();
						assertThat(open.incrementAndGet()).isLessThanOrEqualTo(3);
						Race.spin(round.random.nextInt(500));
						open.decrementAndGet();
						session.close();
					}
					catch (SessionLimitException ex) {
						assertThat(ex.limit()).isEqualTo("max-sessions");
					}
				}
			};
			round.together(opener, opener, opener, opener, opener);
			clock.stop();
			Race.eventually(() -> assertThat(SessionSnapshots.capacities(Stream.of(sessions)))
				.containsExactly(new SessionCapacity(null, 0, 3)));
			TestRuntime.get(sessions.stop());
		});
	}

	@RaceTest("hook that closes")
	void setupThatClosesAgainstAnotherCloser() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			int how = round.random.nextInt(3);
			RaceWitness witness = new RaceWitness() {

				@Override
				public void connect(Conn conn, SessionContext context) throws Exception {
					event("connect");
					switch (how) {
						case 0 -> conn.close(CloseStatus.GOING_AWAY);
						case 1 -> context.close(CloseStatus.GOING_AWAY);
						default -> conn.receive();
					}
				}

			};
			DefaultConn conn = round.connected();
			round.together(() -> {
				try {
					round.session(conn,
							(builder) -> builder.onMessage(null).onReconnect(null).handler(witness).listener(witness));
					throw new AssertionError("It opened although it was closed");
				}
				catch (NotConnectedException | SessionSetupException ex) {
					assertNeverOpened(witness);
				}
			}, conn::close);
			assertThat(conn.state()).isEqualTo(Conn.State.CLOSED);
		});
	}

	private static class Definitions implements ConnectionDefinitions {

		private final RaceRuntime round;

		private final List<RaceWitness> witnesses;

		private final AtomicInteger made;

		private final AtomicInteger destroyed;

		Definitions(RaceRuntime round, List<RaceWitness> witnesses, AtomicInteger made, AtomicInteger destroyed) {
			this.round = round;
			this.witnesses = witnesses;
			this.made = made;
			this.destroyed = destroyed;
		}

		@Override
		public ConnConfig.Builder conn(String name) {
			return this.round.config();
		}

		@Override
		public SessionConfig.Builder session(String name) {
			return SessionConfig.builder().maxReconnectAttempts(3);
		}

		@Override
		public Runnable handler(String name, SessionConfig.Builder session) {
			AtomicInteger failures = new AtomicInteger(this.round.random.nextInt(2));
			RaceWitness witness = new RaceWitness() {

				@Override
				public void connect(Conn conn, SessionContext context) throws Exception {
					super.connect(conn, context);
					if (failures.getAndDecrement() > 0) {
						throw new IllegalStateException("failed setup");
					}
				}

			};
			this.witnesses.add(witness);
			this.made.incrementAndGet();
			session.handler(witness).listener(witness);
			return this.destroyed::incrementAndGet;
		}

	}

}
