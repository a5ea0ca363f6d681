package dev.streaming.race;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

import dev.streaming.Conn.State;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectFailedException;
import dev.streaming.ErrorClassifier;
import dev.streaming.NotConnectedException;
import dev.streaming.SendFailedException;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.internal.connection.StreamingRuntime;
import dev.streaming.internal.session.AbstractSessionTests;
import dev.streaming.internal.transport.Transport;
import dev.streaming.testsupport.CountedThreads;
import dev.streaming.testsupport.RawFrame;
import dev.streaming.testsupport.RawWebSocketConnection;
import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.RecordingObserver;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.slf4j.helpers.NOPLogger;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The races that matter most once more, on real sockets, where time is real and threads
 * are not ours. After each round nothing is left: no task, no timer, no connection at the
 * server. One subclass for each client.
 */
@Timeout(120)
@Tag("socket")
abstract class AbstractSocketRaceTests {

	private static final int MESSAGES = 200;

	/**
	 * Return the number of rounds, unless a system property says otherwise.
	 * @return the number
	 */
	abstract int rounds();

	/**
	 * Create the transport of all rounds of a race.
	 * @param threads its threads
	 * @return the transport
	 */
	abstract Transport transport(CountedThreads threads);

	/**
	 * Close the transport.
	 */
	abstract void close();

	private void rounds(SocketRound play) throws Exception {
		Race.Outcomes outcomes = new Race.Outcomes();
		int count = Race.count(rounds());
		try (Race race = new Race(); CountedThreads threads = new CountedThreads("socket-race-")) {
			Transport transport = transport(threads);
			for (int i = 0; i < count; i++) {
				Round round = new Round(race, threads, transport, Race.seed(i));
				try {
					outcomes.add(play.run(round));
					round.assertNothingLeft();
				}
				catch (Exception | AssertionError ex) {
					throw new AssertionError("Round " + i + ", -Drace.seed=" + Race.seed(i), ex);
				}
			}
		}
		finally {
			close();
		}
		Race.assertNoThreads("socket-race-");
		outcomes.write(getClass(), count);
	}

	private static void numbered(RawWebSocketConnection connection, String name, int count) throws Exception {
		for (int i = 0; i < count; i++) {
			connection.text(name + i);
		}
	}

	private static String howMany(int some, int all) {
		return (some == 0) ? "none taken" : (some < all) ? "some taken" : "all taken";
	}

	@RaceTest("close against message")
	void closeAgainstMessage() throws Exception {
		rounds((round) -> {
			try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
				connection.upgrade();
				CompletableFuture<Void> writer = round.race.begin(() -> {
					numbered(connection, "m", MESSAGES);
					return null;
				});
				connection.serve((frame) -> {
				});
				connection.socket().close();
				writer.handle((done, failure) -> null).join();
			})) {
				RaceWitness witness = new RaceWitness();
				Session session = round.session(server, witness);
				Race.spin(round.random.nextInt(200_000));
				session.close();
				TestRuntime.get(session.done().toCompletableFuture());
				List<String> texts = AbstractSessionTests.takeAll(session);
				ConnRaceTests.assertGapless(texts, "m");
				assertThat(texts.size() + round.observer.chunksDiscarded.get()).as("taken and discarded")
					.isEqualTo(round.observer.received.get());
				assertThat(session.error()).isEmpty();
				witness.assertOrder();
				round.awaitServer(server);
				return howMany(texts.size(), MESSAGES);
			}
		});
	}

	@RaceTest("close against dial")
	void closeAgainstDial() throws Exception {
		rounds((round) -> {
			int delay = round.random.nextInt(20_000);
			try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
				connection.request();
				Race.spin(delay);
				connection.upgrade();
				connection.serve((frame) -> {
				});
			})) {
				DefaultConn conn = round.conn(server);
				Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
				round.race.together(round.random, () -> {
					try {
						conn.connect();
					}
					catch (ConnectFailedException | IllegalStateException ex) {
						failures.add(ex);
					}
				}, () -> {
					Race.spin(round.random.nextInt(100_000));
					conn.close();
				});
				assertThat(conn.state()).isEqualTo(State.CLOSED);
				round.awaitServer(server);
				Throwable failure = failures.poll();
				if (failure instanceof ConnectFailedException failed) {
					assertThat(failed).hasMessageContaining("closed");
					return "dial given up";
				}
				return (failure != null) ? "closed before the dial" : "connected and closed";
			}
		});
	}

	@RaceTest("reset against receive")
	void resetAgainstReceive() throws Exception {
		rounds((round) -> {
			try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
				connection.upgrade();
				numbered(connection, connection.number() + ".", MESSAGES);
				connection.serve((frame) -> {
				});
			})) {
				DefaultConn conn = round.conn(server);
				conn.connect();
				List<String> received = new CopyOnWriteArrayList<>();
				round.race.together(round.random, () -> {
					try {
						while (true) {
							received.add(conn.receive().text());
						}
					}
					catch (NotConnectedException ex) {
						// The reset
						assertThat(conn.state()).isEqualTo(State.IDLE);
					}
				}, () -> {
					Race.spin(round.random.nextInt(200_000));
					conn.reset();
				});
				ConnRaceTests.assertGapless(received, "1.");
				conn.connect();
				for (int i = 0; i < MESSAGES; i++) {
					assertThat(conn.receive().text()).isEqualTo("2." + i);
				}
				conn.close();
				round.awaitServer(server);
				return howMany(received.size(), MESSAGES);
			}
		});
	}

	@RaceTest("many senders against loss")
	void manySendersAgainstLoss() throws Exception {
		rounds((round) -> {
			int how = round.random.nextInt(3);
			int after = round.random.nextInt(300);
			List<String> arrived = new CopyOnWriteArrayList<>();
			try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
				connection.upgrade();
				for (int i = 0; i < after; i++) {
					arrived.add(connection.readFrame().text());
				}
				switch (how) {
					case 0 -> {
						connection.reset();
						return;
					}
					case 1 -> connection.fin();
					default -> connection.close(1001, "");
				}
				for (RawFrame frame = connection.readFrameOrEnd(); frame != null; frame = connection.readFrameOrEnd()) {
					if (frame.opcode() == RawFrame.TEXT) {
						arrived.add(frame.text());
					}
				}
			})) {
				DefaultConn conn = round.conn(server);
				conn.connect();
				Map<String, Boolean> written = new ConcurrentHashMap<>();
				List<TestRuntime.ThrowingRunnable> actors = new ArrayList<>();
				for (int sender = 0; sender < 4; sender++) {
					String name = "s" + sender + ".";
					actors.add(() -> sendUntilLost(conn, name, written));
				}
				round.race.together(round.random, actors);
				// A sender may hear of its write before the connection is given up
				Race.eventually(() -> assertThat(conn.state()).isEqualTo(State.IDLE));
				round.awaitServer(server);
				assertThat(arrived).doesNotHaveDuplicates();
				if (how != 0) {
					// The server read to the end
					assertThat(arrived).containsAll(written.keySet());
				}
				for (int sender = 0; sender < 4; sender++) {
					String name = "s" + sender + ".";
					ConnRaceTests.assertGapless(arrived.stream().filter((text) -> text.startsWith(name)).toList(),
							name);
				}
				return (how == 0) ? "RST" : (how == 1) ? "FIN" : "1001";
			}
		});
	}

	private static void sendUntilLost(DefaultConn conn, String name, Map<String, Boolean> written) {
		for (int i = 0;; i++) {
			try {
				conn.sendRaw(name + i);
				written.put(name + i, true);
			}
			catch (NotConnectedException | SendFailedException ex) {
				return;
			}
		}
	}

	/**
	 * Whichever comes first, the session goes on, and all that the server sent before the
	 * end of its stream is taken, in order.
	 */
	@RaceTest("planned change against loss")
	void plannedChangeAgainstLoss() throws Exception {
		rounds((round) -> {
			int count = round.random.nextInt(40);
			boolean rst = round.random.nextInt(3) == 0;
			CountDownLatch over = new CountDownLatch(1);
			try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
				connection.upgrade();
				if (connection.number() > 1) {
					numbered(connection, "b", 1);
					connection.serve((frame) -> {
					});
					return;
				}
				numbered(connection, "a", count);
				if (rst) {
					connection.reset();
				}
				else {
					connection.fin();
					connection.awaitEnd();
				}
				over.countDown();
			})) {
				RaceWitness witness = new RaceWitness();
				Session session;
				try {
					session = round.session(server, witness);
				}
				catch (NotConnectedException ex) {
					// Nothing of it is left
					over.await();
					return "lost before the session";
				}
				Race.spin(round.random.nextInt(800_000));
				TestRuntime.get(session.reconnect("planned").toCompletableFuture());
				List<String> texts = new ArrayList<>();
				String text = "";
				while (!text.startsWith("b")) {
					text = session.response().poll(Race.PATIENCE).orElseThrow().delta();
					texts.add(text);
				}
				over.await();
				session.close();
				TestRuntime.get(session.done().toCompletableFuture());
				List<String> first = texts.subList(0, texts.size() - 1);
				ConnRaceTests.assertGapless(first, "a");
				if (!rst) {
					assertThat(first).hasSize(count);
				}
				witness.assertOrder();
				round.awaitServer(server);
				boolean noticed = witness.heard.contains("onDisconnected");
				return (rst ? "RST, " : "FIN, ") + (noticed ? "a loss" : "a planned change");
			}
		});
	}

	/**
	 * One round.
	 */
	@FunctionalInterface
	private interface SocketRound {

		/**
		 * Play it.
		 * @return the result
		 */
		String run(Round round) throws Exception;

	}

	/**
	 * Fixture of one round.
	 */
	private static final class Round {

		private static final Consumer<ConnConfig.Builder> QUICK = (builder) -> builder
			// Once it has sent a close frame, Tomcat's client does not see a FIN
			.closeGracePeriod(Duration.ofMillis(300))
			.retryBackoffBase(Duration.ofMillis(1))
			.retryBackoffMax(Duration.ofMillis(2));

		private final Race race;

		private final Random random;

		private final RecordingObserver observer = new RecordingObserver();

		private final CountedThreads threads;

		private final StreamingRuntime runtime;

		Round(Race race, CountedThreads threads, Transport transport, long seed) {
			this.race = race;
			this.random = new Random(seed);
			this.threads = threads;
			this.runtime = new StreamingRuntime(transport, threads.workers(), threads.dialers(), threads.timer(),
					(name) -> this.observer, new Random(seed));
		}

		DefaultConn conn(RawWebSocketServer server) {
			ConnConfig.Builder builder = ConnConfig.builder(server.uri().toString());
			QUICK.accept(builder);
			return new DefaultConn(builder.build(), this.runtime);
		}

		Session session(RawWebSocketServer server, RaceWitness witness) throws InterruptedException {
			DefaultConn conn = conn(server);
			conn.connect();
			return Session.open(SessionConfig.builder()
				.conn(conn)
				.handler(witness)
				.listener(witness)
				.onError(ErrorClassifier.transientErrors())
				.maxReconnectAttempts(100)
				.logger(NOPLogger.NOP_LOGGER)
				.build());
		}

		void awaitServer(RawWebSocketServer server) throws Exception {
			Race.eventually(() -> assertThat(server.openConnections()).as("connections at the server").isZero());
		}

		void assertNothingLeft() throws Exception {
			Race.eventually(() -> assertThat(this.threads.tasks()).as("tasks").isZero());
			Race.eventually(() -> assertThat(this.threads.timeouts()).as("timers").isZero());
			Race.eventually(this.observer::assertAddsUp);
		}

	}

}
