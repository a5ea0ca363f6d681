package dev.streaming.race;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import dev.streaming.Message;
import dev.streaming.NotConnectedException;
import dev.streaming.OutagePolicy;
import dev.streaming.Session;
import dev.streaming.StreamingException;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.internal.session.DefaultSession;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Timeout;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many senders against losses and the end. Of every message something is known: it
 * arrived, once; or its sender was told; or it was counted as dropped.
 */
@Timeout(120)
class SessionSendRaceTests {

	private static final int ROUNDS = 300;

	private static final int MESSAGES = 25;

	@RaceTest("many senders against loss")
	void manySendersAgainstLosses() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			Senders senders = new Senders(round);
			RaceRuntime.Clock clock = senders.against(() -> {
				for (int i = 0; i < 3; i++) {
					breakConnection(round, i + 1);
				}
			});
			senders.flush();
			senders.finish(clock);
			senders.witness.assertOrder();
		});
	}

	@RaceTest("many senders against loss")
	void manySendersAgainstPlannedChanges() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			Senders senders = new Senders(round);
			RaceRuntime.Clock clock = senders.against(() -> {
				for (int i = 0; i < 3; i++) {
					TestRuntime.get(senders.session.reconnect("planned " + i).toCompletableFuture());
				}
			});
			senders.flush();
			senders.finish(clock);
			assertThat(senders.told).as("nobody notices a planned change").isEmpty();
			assertThat(round.observer.sendsDropped).hasValue(0);
		});
	}

	@RaceTest("many senders against loss")
	void manySendersAgainstClose() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			Senders senders = new Senders(round);
			boolean broken = round.random.nextBoolean();
			RaceRuntime.Clock clock = senders.against(() -> {
				if (broken) {
					breakConnection(round, 1);
				}
				senders.session.close();
			});
			senders.finish(clock);
			senders.witness.assertOrder();
		});
	}

	/**
	 * Senders that wait are interrupted at any moment, on the way into the gate and out
	 * of it: no message is lost between, and no sender stays behind.
	 */
	@RaceTest("many senders against loss")
	void interruptOfAWaitingSenderAgainstTheNextConnection() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			RaceWitness witness = new RaceWitness();
			DefaultSession session = round
				.session((builder) -> builder.onMessage(null).onReconnect(null).handler(witness).listener(witness));
			CompletableFuture<Thread> sender = new CompletableFuture<>();
			CompletableFuture<Boolean> flagKept = new CompletableFuture<>();
			round.peer().drop();
			CompletableFuture<Void> send = round.run(() -> {
				sender.complete(Thread.currentThread());
				try {
					session.sendRaw(Message.text("waits"), OutagePolicy.WAIT);
				}
				finally {
					flagKept.complete(Thread.interrupted());
				}
			});
			Thread thread = TestRuntime.get(sender);
			round.together(thread::interrupt, () -> round.timer.advance(Duration.ofMillis(5)));
			RaceRuntime.Clock clock = round.turn(Duration.ofMillis(1));
			Throwable failure = TestRuntime.failure(send);
			Race.eventually(() -> assertThat(session.state()).isEqualTo(Session.State.OPEN));
			clock.stop();
			boolean arrived = round.peer().texts().contains("waits");
			if (failure != null) {
				assertThat(failure).isInstanceOf(NotConnectedException.class);
				assertThat(arrived).isFalse();
				assertThat(TestRuntime.get(flagKept)).isTrue();
			}
			else {
				assertThat(arrived).isTrue();
			}
			session.close();
			round.awaitDone(session);
		});
	}

	private static void breakConnection(RaceRuntime round, int connection) throws Exception {
		InMemoryPeer peer = round.awaitOpen(connection);
		Race.spin(round.random.nextInt(400));
		switch (round.random.nextInt(4)) {
			case 0 -> peer.drop();
			case 1 -> peer.close(CloseStatus.GOING_AWAY);
			case 2 -> {
				peer.failWrites(new IOException("Broken pipe"));
				Race.spin(300);
				peer.drop();
			}
			default -> {
				peer.stallWrites();
				Race.spin(round.random.nextInt(6000));
				peer.drop();
			}
		}
		round.transport.awaitDial(connection + 1);
	}

	/**
	 * One thread for each policy, and one that does not wait.
	 */
	private static final class Senders {

		final RaceRuntime round;

		final RaceWitness witness = new RaceWitness();

		final DefaultSession session;

		final Set<String> sent = ConcurrentHashMap.newKeySet();

		final Set<String> accepted = ConcurrentHashMap.newKeySet();

		final Set<String> told = ConcurrentHashMap.newKeySet();

		private final AtomicInteger pending = new AtomicInteger();

		Senders(RaceRuntime round) throws InterruptedException {
			this.round = round;
			DefaultConn conn = round.connected();
			this.session = round.session(conn,
					(builder) -> builder.onMessage(null)
						.onReconnect(null)
						.handler(this.witness)
						.listener(this.witness)
						.sendWhileReconnecting(OutagePolicy.BUFFER));
		}

		/**
		 * Send while an opponent does something to the connection or the session.
		 * @param opponent the opponent
		 * @return the clock, which goes on
		 */
		RaceRuntime.Clock against(TestRuntime.ThrowingRunnable opponent) throws Exception {
			RaceRuntime.Clock clock = this.round.turn(Duration.ofMillis(1));
			List<TestRuntime.ThrowingRunnable> actors = new ArrayList<>();
			for (OutagePolicy policy : OutagePolicy.values()) {
				actors.add(() -> send(policy));
			}
			actors.add(this::sendAsync);
			actors.add(opponent);
			this.round.together(actors);
			return clock;
		}

		/**
		 * Send another message: those that are buffered go out before it, or are counted.
		 */
		void flush() {
			this.session.sendRaw(Message.text("flush"), OutagePolicy.WAIT);
		}

		void finish(RaceRuntime.Clock clock) throws Exception {
			clock.stop();
			this.session.close();
			this.round.awaitDone(this.session);
			assertAllKnown();
		}

		private void send(OutagePolicy policy) {
			for (int i = 0; i < MESSAGES; i++) {
				String text = policy + "." + i;
				this.sent.add(text);
				try {
					this.session.sendRaw(Message.text(text), policy);
					this.accepted.add(text);
				}
				catch (StreamingException ex) {
					this.told.add(text);
				}
			}
		}

		private void sendAsync() {
			for (int i = 0; i < MESSAGES; i++) {
				String text = "async." + i;
				this.sent.add(text);
				this.pending.incrementAndGet();
				this.session.sendAsync(text).whenComplete((done, failure) -> {
					((failure != null) ? this.told : this.accepted).add(text);
					this.pending.decrementAndGet();
				});
			}
		}

		private void assertAllKnown() throws Exception {
			Race.eventually(() -> assertThat(this.pending).as("stages that are not done").hasValue(0));
			List<String> arrived = new ArrayList<>();
			this.round.peers().forEach((peer) -> peer.texts().stream().map(Senders::unquoted).forEach(arrived::add));
			arrived.removeIf((text) -> text.equals("setup") || text.equals("flush"));
			assertThat(arrived).doesNotHaveDuplicates();
			assertInOrder(arrived);
			Set<String> unknown = new HashSet<>(this.sent);
			arrived.forEach(unknown::remove);
			unknown.removeAll(this.told);
			assertThat(unknown).as("neither arrived nor told")
				.hasSizeLessThanOrEqualTo(this.round.observer.sendsDropped.get());
			// Only these two may be dropped without a word to the sender
			Set<String> kinds = unknown.stream()
				.map((text) -> text.substring(0, text.indexOf('.')))
				.collect(Collectors.toSet());
			kinds.removeAll(Set.of("BUFFER", "DROP"));
			assertThat(kinds).isEmpty();
		}

		private static String unquoted(String text) {
			return text.startsWith("\"") ? text.substring(1, text.length() - 1) : text;
		}

		private static void assertInOrder(List<String> arrived) {
			List<String> kinds = new ArrayList<>(List.of("async"));
			for (OutagePolicy policy : OutagePolicy.values()) {
				kinds.add(policy.name());
			}
			for (String kind : kinds) {
				List<Integer> numbers = arrived.stream()
					.filter((text) -> text.startsWith(kind + "."))
					.map((text) -> Integer.valueOf(text.substring(kind.length() + 1)))
					.toList();
				assertThat(numbers).as(kind).isSorted();
			}
		}

	}

}
