package dev.streaming.race;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.Conn;
import dev.streaming.ErrorClassifier;
import dev.streaming.Message;
import dev.streaming.ReconnectContext;
import dev.streaming.Session;
import dev.streaming.SessionClosedException;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.internal.session.AbstractSessionTests;
import dev.streaming.internal.session.DefaultSession;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Timeout;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The end of a session whose task is in a callback that ignores it: after the grace
 * period a worker goes on, at the moment at which the callback may come back.
 */
@Timeout(120)
class StuckTaskRaceTests {

	private static final int ROUNDS = 300;

	private static final Duration GRACE = Duration.ofMillis(50);

	private static DefaultSession open(RaceRuntime round, SessionHandler handler) throws InterruptedException {
		return round.session(round.connected((conn) -> conn.closeGracePeriod(GRACE)),
				(builder) -> builder.onMessage(null)
					.onReconnect(null)
					.handler(handler)
					.onError(ErrorClassifier.transientErrors()));
	}

	/**
	 * End a session, and let the callback go at about the moment at which a worker takes
	 * over.
	 */
	private static void end(RaceRuntime round, DefaultSession session, CountDownLatch callback) throws Exception {
		CompletableFuture<Void> closing = session.closeAsync(CloseStatus.NORMAL);
		int steps = round.random.nextInt(5);
		round.together(() -> {
			for (int i = 0; i < 4; i++) {
				round.timer.advance(GRACE);
			}
		}, () -> {
			for (int i = 0; i < steps; i++) {
				Race.spin(round.random.nextInt(400));
			}
			callback.countDown();
		});
		TestRuntime.get(closing);
		assertThat(session.state()).isEqualTo(Session.State.CLOSED);
	}

	@RaceTest("end against a callback that does not return")
	void endAgainstAHandlerThatDoesNotReturn() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			CountDownLatch inHandler = new CountDownLatch(1);
			CountDownLatch goOn = new CountDownLatch(1);
			AtomicInteger handled = new AtomicInteger();
			AtomicInteger closed = new AtomicInteger();
			DefaultSession session = open(round, new SessionHandler() {

				@Override
				public List<StreamChunk> handle(Message message, SessionContext context) {
					if (handled.incrementAndGet() == 3) {
						inHandler.countDown();
						awaitIgnoringInterrupts(goOn);
					}
					return AbstractSessionTests.echo(message);
				}

				@Override
				public void closed(SessionContext context) {
					closed.incrementAndGet();
				}

			});
			for (int i = 0; i < 40; i++) {
				round.peer().text("m" + i);
			}
			inHandler.await();
			end(round, session, goOn);
			List<String> taken = AbstractSessionTests.takeAll(session);
			Race.eventually(
					() -> assertThat(taken.size() + round.observer.chunksDiscarded.get()).as("taken and discarded")
						.isEqualTo(40));
			assertThat(taken).containsExactly("m0", "m1");
			assertThat(handled).hasValue(3);
			Race.eventually(() -> assertThat(closed).hasValue(1));
		});
	}

	@RaceTest("end against a callback that does not return")
	void endAgainstAQuestionForAResponseThatDoesNotReturn() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			CountDownLatch asked = new CountDownLatch(1);
			CountDownLatch goOn = new CountDownLatch(1);
			DefaultSession session = open(round, new Echo() {

				@Override
				public boolean responseInFlight() {
					asked.countDown();
					awaitIgnoringInterrupts(goOn);
					return false;
				}

			});
			List<CompletableFuture<Void>> changes = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				changes.add(session.reconnect("test").toCompletableFuture());
			}
			asked.await();
			end(round, session, goOn);
			for (CompletableFuture<Void> change : changes) {
				assertThat(TestRuntime.failure(change)).isInstanceOf(SessionClosedException.class);
			}
			assertThat(round.transport.dials()).hasSize(1);
			assertThat(round.observer.outages).isEmpty();
			assertThat(round.observer.underWay).hasValue(0);
		});
	}

	@RaceTest("end against a callback that does not return")
	void endAgainstALossWhoseCallbackDoesNotReturn() throws Exception {
		Race.rounds(ROUNDS, (round) -> {
			CountDownLatch told = new CountDownLatch(1);
			CountDownLatch goOn = new CountDownLatch(1);
			DefaultSession session = open(round, new Echo() {

				@Override
				public void disconnected(boolean planned, SessionContext context) {
					told.countDown();
					awaitIgnoringInterrupts(goOn);
				}

			});
			round.peer().drop();
			told.await();
			CompletableFuture<Void> changed = session.reconnect("test").toCompletableFuture();
			end(round, session, goOn);
			assertThat(TestRuntime.failure(changed)).isInstanceOf(SessionClosedException.class);
			assertThat(round.transport.dials()).hasSize(1);
			Race.eventually(() -> assertThat(round.observer.events).contains("outage CLOSED"));
		});
	}

	private static void awaitIgnoringInterrupts(CountDownLatch latch) {
		while (latch.getCount() > 0) {
			try {
				latch.await();
			}
			catch (InterruptedException ex) {
				// The point of it
				continue;
			}
		}
	}

	private static class Echo implements SessionHandler {

		@Override
		public List<StreamChunk> handle(Message message, SessionContext context) {
			return AbstractSessionTests.echo(message);
		}

		@Override
		public void reconnect(ReconnectContext reconnect, Conn conn, SessionContext context) {
			conn.sendRaw("setup");
		}

	}

}
