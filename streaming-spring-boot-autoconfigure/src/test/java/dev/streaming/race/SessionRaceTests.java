package dev.streaming.race;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.Conn;
import dev.streaming.Message;
import dev.streaming.OutagePolicy;
import dev.streaming.ReconnectContext;
import dev.streaming.Session;
import dev.streaming.SessionContext;
import dev.streaming.StreamChunk;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.internal.session.AbstractSessionTests;
import dev.streaming.internal.session.DefaultSession;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Timeout;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Races between the end of a session and what it does. Whatever wins: it ends once and in
 * order, calls never overlap, every message is taken or counted, and nothing is left.
 */
@Timeout(120)
class SessionRaceTests {

	private static final int ROUNDS = 300;

	private static DefaultSession open(RaceRuntime round, RaceWitness witness) throws InterruptedException {
		return round.session((builder) -> builder.onMessage(null).onReconnect(null).handler(witness).listener(witness));
	}

	private static void assertEnded(RaceRuntime round, DefaultSession session, RaceWitness witness) throws Exception {
		round.awaitDone(session);
		assertThat(session.state()).isEqualTo(Session.State.CLOSED);
		assertThat(session.conn().state()).isEqualTo(Conn.State.CLOSED);
		witness.assertOrder();
	}

	/**
	 * Take all that is left; with what was counted as discarded it is all that came.
	 */
	private static List<String> takeAll(RaceRuntime round, DefaultSession session) throws Exception {
		List<String> texts = AbstractSessionTests.takeAll(session);
		Race.eventually(() -> assertThat(texts.size() + round.observer.chunksDiscarded.get()).as("taken and discarded")
			.isEqualTo(round.observer.received.get()));
		return texts;
	}

	@RaceTest("close against message")
	void closeAgainstMessage() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			RaceWitness witness = new RaceWitness();
			DefaultSession session = open(round, witness);
			InMemoryPeer peer = round.peer();
			round.together(() -> numbered(peer, 0, 40), () -> {
				Race.spin(round.random.nextInt(500));
				session.close();
			});
			assertEnded(round, session, witness);
			assertThat(session.error()).isEmpty();
			ConnRaceTests.assertGapless(takeAll(round, session), "m");
			assertThat(peer.closeStatus()).isEqualTo(CloseStatus.NORMAL);
		});
	}

	@RaceTest("close against backoff")
	void closeAgainstBackOff() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			RaceWitness witness = new RaceWitness();
			DefaultSession session = open(round, witness);
			round.transport.onDial((dial) -> dial.refuse(503));
			RaceRuntime.Clock clock = round.turn(Duration.ofMillis(1));
			round.peer().drop();
			int dials = 1 + round.random.nextInt(3);
			round.together(() -> {
				if (dials > 1) {
					round.transport.awaitDial(dials);
				}
				session.close();
			}, () -> Race.spin(round.random.nextInt(500)));
			clock.stop();
			assertEnded(round, session, witness);
			int made = round.transport.dials().size();
			round.timer.advance(Duration.ofSeconds(1));
			assertThat(round.transport.dials()).hasSize(made);
		});
	}

	@RaceTest("close against dial")
	void closeAgainstDialOfAReconnect() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			RaceWitness witness = new RaceWitness();
			DefaultSession session = open(round, witness);
			round.transport.onDial((dial) -> {
			});
			round.peer().drop();
			RaceRuntime.Clock clock = round.turn(Duration.ofMillis(1));
			InMemoryTransport.Dial dial = round.transport.awaitDial(2);
			clock.stop();
			round.together(() -> numbered(dial.accept(), 0, 3), session::close);
			assertEnded(round, session, witness);
			if (!round.observer.events.contains("dial ERROR")) {
				// Else the receiver had ended
				takeAll(round, session);
			}
		});
	}

	@RaceTest("close against hook")
	void closeAgainstHook() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			CountDownLatch inHook = new CountDownLatch(1);
			int does = round.random.nextInt(4);
			RaceWitness witness = new RaceWitness() {

				@Override
				public void reconnect(ReconnectContext reconnect, Conn conn, SessionContext context) throws Exception {
					event("reconnect");
					inHook.countDown();
					switch (does) {
						case 0 -> conn.receive();
						case 1 -> new CountDownLatch(1).await();
						case 2 -> throw new IllegalStateException("failed hook");
						default -> conn.sendRaw("setup");
					}
				}

			};
			DefaultSession session = open(round, witness);
			AtomicReference<InMemoryPeer> second = new AtomicReference<>();
			round.transport.nextDial((dial) -> second.set(dial.accept()));
			round.peer().drop();
			RaceRuntime.Clock clock = round.turn(Duration.ofMillis(1));
			inHook.await();
			clock.stop();
			round.together(() -> TestRuntime.get(session.closeAsync(CloseStatus.GOING_AWAY)), () -> {
			});
			assertEnded(round, session, witness);
			// All of that may happen before accept comes back
			Race.eventually(() -> assertThat(second.get()).isNotNull());
			CloseStatus sent = second.get().closeStatus();
			// A hook that failed by itself has its connection closed with 1000
			assertThat((sent != null) ? sent.getCode() : 1001).isIn((does == 2) ? List.of(1000, 1001) : List.of(1001));
		});
	}

	@RaceTest("close against heartbeat loss")
	void closeAgainstHeartbeatLoss() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			RaceWitness witness = new RaceWitness();
			DefaultConn conn = round.connected(
					(builder) -> builder.heartbeatInterval(Duration.ofMillis(10)).pongTimeout(Duration.ofMillis(10)));
			round.peer().answerPings(false);
			DefaultSession session = round.session(conn,
					(builder) -> builder.onMessage(null).onReconnect(null).handler(witness).listener(witness));
			round.timer.advance(Duration.ofMillis(19));
			round.together(session::close, () -> round.timer.advance(Duration.ofMillis(2)));
			assertEnded(round, session, witness);
		});
	}

	@RaceTest("handler that closes its own session")
	void handlerThatClosesItsOwnSession() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			AtomicReference<Session> self = new AtomicReference<>();
			int at = round.random.nextInt(10);
			int how = round.random.nextInt(3);
			RaceWitness witness = new RaceWitness() {

				@Override
				public List<StreamChunk> handle(Message message, SessionContext context) {
					if (message.text().equals("m" + at)) {
						switch (how) {
							case 0 -> self.get().close();
							case 1 -> context.close(CloseStatus.GOING_AWAY);
							default -> throw new IllegalStateException("bad message");
						}
					}
					return super.handle(message, context);
				}

			};
			DefaultSession session = open(round, witness);
			self.set(session);
			InMemoryPeer peer = round.peer();
			boolean drop = round.random.nextBoolean();
			round.together(() -> numbered(peer, 0, 20), () -> {
				if (drop) {
					peer.drop();
				}
			}, () -> {
				if (at % 3 == 0) {
					session.close();
				}
			});
			if (drop) {
				// The message may not have come before the loss, or the loss came first
				session.close();
			}
			assertEnded(round, session, witness);
			ConnRaceTests.assertGapless(AbstractSessionTests.takeAll(session), "m");
		});
	}

	@RaceTest("listener that closes")
	void callbackThatCloses() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			AtomicReference<Session> self = new AtomicReference<>();
			List<String> events = List.of("opened", "onOpened", "onDisconnected", "onReconnecting", "onReconnected",
					"closed", "onClosed", "closing", "handle");
			String at = events.get(round.random.nextInt(events.size()));
			RaceWitness witness = new RaceWitness() {

				@Override
				void on(String event) {
					if (event.equals(at) && self.get() != null) {
						self.get().close();
					}
				}

				@Override
				public void onOpened(Session session) {
					self.set(session);
					super.onOpened(session);
				}

			};
			DefaultSession session = open(round, witness);
			RaceRuntime.Clock clock = round.turn(Duration.ofMillis(1));
			InMemoryPeer peer = round.peer();
			round.together(() -> numbered(peer, 0, 3), () -> {
				Race.spin(200);
				peer.drop();
			});
			if (at.startsWith("onRe") || at.equals("onDisconnected") || at.equals("onOpened")) {
				TestRuntime.get(session.done().toCompletableFuture());
			}
			session.close();
			clock.stop();
			assertEnded(round, session, witness);
		});
	}

	@RaceTest("hook that closes")
	void hookThatCloses() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			int how = round.random.nextInt(4);
			AtomicReference<Session> self = new AtomicReference<>();
			RaceWitness witness = new RaceWitness() {

				@Override
				public void reconnect(ReconnectContext reconnect, Conn conn, SessionContext context) throws Exception {
					event("reconnect");
					switch (how) {
						case 0 -> conn.close(CloseStatus.GOING_AWAY);
						case 1 -> context.close(CloseStatus.GOING_AWAY);
						case 2 -> self.get().close();
						default -> {
							conn.close();
							throw new IllegalStateException("failed, and closed");
						}
					}
				}

			};
			DefaultSession session = open(round, witness);
			self.set(session);
			RaceRuntime.Clock clock = round.turn(Duration.ofMillis(1));
			InMemoryPeer peer = round.peer();
			round.together(peer::drop, () -> {
				if (how == 3) {
					TestRuntime.get(session.done().toCompletableFuture());
				}
			});
			TestRuntime.get(session.done().toCompletableFuture());
			clock.stop();
			assertEnded(round, session, witness);
			assertThat(session.error()).isEmpty();
		});
	}

	@RaceTest("two closers")
	void twoClosers() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			RaceWitness witness = new RaceWitness();
			DefaultSession session = open(round, witness);
			InMemoryPeer peer = round.peer();
			round.together(session::close, () -> session.conn().close(CloseStatus.GOING_AWAY),
					() -> session.context().close(new CloseStatus(4000, "three")), () -> {
						if (round.random.nextBoolean()) {
							peer.close(CloseStatus.NORMAL);
						}
					});
			assertEnded(round, session, witness);
			assertThat(session.error()).isEmpty();
			assertThat(round.observer.ends).hasSize(1);
		});
	}

	@RaceTest("two closers")
	void closeAgainstPeersClose() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			RaceWitness witness = new RaceWitness();
			DefaultSession session = open(round, witness);
			InMemoryPeer peer = round.peer();
			round.together(session::close, () -> {
				numbered(peer, 0, 3);
				peer.close(CloseStatus.NORMAL);
			});
			assertEnded(round, session, witness);
			assertThat(session.error()).isEmpty();
			ConnRaceTests.assertGapless(takeAll(round, session), "m");
		});
	}

	/**
	 * Whatever comes first, the change or the loss: the session is open afterwards, and
	 * every message of every connection arrived, in order.
	 */
	@RaceTest("planned change against loss")
	void plannedChangeAgainstLoss() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			RaceWitness witness = new RaceWitness();
			DefaultSession session = open(round, witness);
			InMemoryPeer first = round.peer();
			boolean drop = round.random.nextBoolean();
			RaceRuntime.Clock clock = round.turn(Duration.ofMillis(1));
			AtomicReference<CompletableFuture<Void>> changed = new AtomicReference<>();
			round.together(() -> changed.set(session.reconnect("planned").toCompletableFuture()), () -> {
				numbered(first, 0, 10);
				if (drop) {
					first.drop();
				}
			});
			TestRuntime.get(changed.get());
			assertThat(session.state()).isIn(Session.State.OPEN, Session.State.RECONNECTING);
			Race.eventually(() -> assertThat(session.state()).isEqualTo(Session.State.OPEN));
			clock.stop();
			round.peer().awaitIdle().text("after");
			List<String> texts = new ArrayList<>(AbstractSessionTests.take(session, round.observer.received.get()));
			assertThat(texts).last().isEqualTo("after");
			ConnRaceTests.assertGapless(texts.subList(0, texts.size() - 1), "m");
			session.close();
			assertEnded(round, session, witness);
		});
	}

	@RaceTest("planned change against loss")
	void plannedChangeAgainstClose() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			RaceWitness witness = new RaceWitness();
			DefaultSession session = open(round, witness);
			CompletableFuture<Void> changed = new CompletableFuture<>();
			round.together(() -> session.reconnect("planned").whenComplete((done, failure) -> changed.complete(null)),
					() -> {
						Race.spin(round.random.nextInt(2000));
						session.close();
					});
			TestRuntime.get(changed);
			assertEnded(round, session, witness);
		});
	}

	/**
	 * Sends during a planned change wait for it, whatever their policy.
	 */
	@RaceTest("planned change against loss")
	void plannedChangeAgainstSends() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			RaceWitness witness = new RaceWitness();
			DefaultSession session = open(round, witness);
			List<OutagePolicy> policies = List.of(OutagePolicy.values());
			OutagePolicy policy = policies.get(round.random.nextInt(policies.size()));
			AtomicReference<CompletableFuture<Void>> changed = new AtomicReference<>();
			round.together(() -> changed.set(session.reconnect("planned").toCompletableFuture()), () -> {
				for (int i = 0; i < 20; i++) {
					session.sendRaw(Message.text("m" + i), policy);
				}
			});
			TestRuntime.get(changed.get());
			List<String> arrived = new ArrayList<>();
			round.peers().forEach((peer) -> arrived.addAll(peer.texts()));
			arrived.remove("setup");
			assertThat(arrived).hasSize(20);
			ConnRaceTests.assertGapless(arrived, "m");
			session.close();
			assertEnded(round, session, witness);
		});
	}

	@RaceTest("discard against take")
	void discardAgainstTake() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			RaceWitness witness = new RaceWitness();
			DefaultSession session = round.session((builder) -> builder.onMessage(null)
				.onReconnect(null)
				.handler(witness)
				.listener(witness)
				.responseChannelSize(3));
			InMemoryPeer peer = round.peer();
			List<String> taken = new CopyOnWriteArrayList<>();
			AtomicInteger discarded = new AtomicInteger();
			TestRuntime.ThrowingRunnable taker = () -> {
				for (int i = 0; i < 15; i++) {
					session.response().poll(Duration.ZERO).ifPresent((chunk) -> taken.add(chunk.delta()));
				}
			};
			round.together(() -> numbered(peer, 0, 40), taker, taker, () -> {
				for (int i = 0; i < 5; i++) {
					discarded.addAndGet(session.response().discard((chunk) -> chunk.delta().endsWith("3")));
					discarded.addAndGet(session.response().discard((chunk) -> true));
				}
			}, () -> session.context().emit(StreamChunk.delta("emitted")));
			Race.eventually(() -> assertThat(witness.handled).hasValue(40));
			assertThat(round.observer.chunksDiscarded).hasValue(discarded.get());
			session.close();
			List<String> left = AbstractSessionTests.takeAll(session);
			assertThat(taken.size() + left.size() + round.observer.chunksDiscarded.get()).isEqualTo(41);
			taken.addAll(left);
			assertThat(taken).doesNotHaveDuplicates();
			assertEnded(round, session, witness);
		});
	}

	@RaceTest("emit against end")
	void emitAgainstEnd() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			RaceWitness witness = new RaceWitness();
			DefaultSession session = open(round, witness);
			InMemoryPeer peer = round.peer();
			int how = round.random.nextInt(3);
			TestRuntime.ThrowingRunnable emitter = () -> {
				for (int i = 0; i < 20; i++) {
					session.context().emit(StreamChunk.delta("e" + i));
				}
			};
			round.together(emitter, emitter, () -> {
				Race.spin(100);
				switch (how) {
					case 0 -> session.close();
					case 1 -> peer.close(CloseStatus.NORMAL);
					default -> peer.close(new CloseStatus(1008, "fatal"));
				}
			});
			assertEnded(round, session, witness);
			List<String> taken = AbstractSessionTests.takeAll(session);
			assertThat(taken.size() + round.observer.chunksDiscarded.get()).isEqualTo(40);
		});
	}

	@RaceTest("emit against end")
	void subscriberAgainstEnd() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			RaceWitness witness = new RaceWitness();
			DefaultSession session = open(round, witness);
			InMemoryPeer peer = round.peer();
			numbered(peer, 0, 5);
			int how = round.random.nextInt(3);
			RecordingSubscriber subscriber = new RecordingSubscriber(how == 2);
			round.together(() -> session.publisher().subscribe(subscriber), () -> {
				if (how == 1) {
					session.close();
				}
				else {
					peer.close(CloseStatus.NORMAL);
				}
			});
			assertEnded(round, session, witness);
			if (how != 2) {
				Race.eventually(() -> assertThat(subscriber.signals).last().isEqualTo("complete"));
			}
			Race.eventually(() -> assertThat(subscriber.signals).isNotEmpty());
			assertThat(subscriber.signals).first().isEqualTo("subscribed");
			assertThat(subscriber.signals.stream().filter("complete"::equals).count()).isLessThanOrEqualTo(1);
			ConnRaceTests.assertGapless(subscriber.signals.stream().filter((signal) -> signal.startsWith("m")).toList(),
					"m");
		});
	}

	static void numbered(InMemoryPeer peer, int from, int to) {
		for (int i = from; i < to; i++) {
			peer.text("m" + i);
		}
	}

	private static final class RecordingSubscriber implements Flow.Subscriber<StreamChunk> {

		final List<String> signals = new CopyOnWriteArrayList<>();

		private final boolean cancelling;

		private Flow.Subscription subscription;

		RecordingSubscriber(boolean cancelling) {
			this.cancelling = cancelling;
		}

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			this.signals.add("subscribed");
			this.subscription = subscription;
			subscription.request(3);
		}

		@Override
		public void onNext(StreamChunk chunk) {
			this.signals.add(chunk.delta());
			if (this.cancelling) {
				this.subscription.cancel();
			}
			this.subscription.request(1);
		}

		@Override
		public void onError(Throwable failure) {
			this.signals.add("failed " + failure);
		}

		@Override
		public void onComplete() {
			this.signals.add("complete");
		}

	}

}
