package dev.streaming.internal.session;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.Session;
import dev.streaming.SessionClosedException;
import dev.streaming.SessionListener;
import dev.streaming.observation.ConnectionObserver.OutageOutcome;
import dev.streaming.race.Race;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * S11: a close ends the session at once, whatever it was doing.
 */
@Rule("S11")
class CloseWinsTests extends AbstractSessionTests {

	@Test
	void closeDuringTheBackoffEndsAtOnce() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> {
		});
		CompletableFuture<Void> planned = session.reconnect("never").toCompletableFuture();
		TestRuntime.get(planned);
		this.runtime.peer(2).drop();
		awaitBackOff();
		session.close();
		awaitDone(session);
		assertThat(session.error()).isEmpty();
		assertThat(this.runtime.observer.outages).containsExactly(OutageOutcome.SUCCESS, OutageOutcome.CLOSED);
		this.runtime.assertNoTimers();
		assertThat(this.runtime.transport.dials()).hasSize(2);
	}

	@Test
	void closeDuringTheDialEndsAtOnce() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> {
		});
		this.runtime.transport.onDial((dial) -> {
		});
		this.runtime.peer().drop();
		endBackOff();
		InMemoryTransport.Dial dial = this.runtime.transport.awaitDial(2);
		session.close();
		assertThat(session.done().toCompletableFuture()).isDone();
		TestRuntime.eventually(() -> assertThat(dial.isAborted()).isTrue());
		this.runtime.assertNoTimers();
	}

	@Test
	void closeDuringTheHookInterruptsIt() throws Exception {
		CountDownLatch inHook = new CountDownLatch(1);
		List<String> seen = new CopyOnWriteArrayList<>();
		DefaultSession session = reconnecting(3, (builder) -> builder.onReconnect((context, conn) -> {
			inHook.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				seen.add("interrupted");
				throw ex;
			}
		}));
		this.runtime.peer().drop();
		InMemoryPeer second = backOff(2);
		inHook.await();
		session.close();
		awaitDone(session);
		assertThat(seen).containsExactly("interrupted");
		assertThat(second.closeStatus()).isNotNull();
		assertThat(session.error()).isEmpty();
		this.runtime.assertNoTimers();
	}

	@Test
	void closeDuringABlockedHandOverEndsAtOnce() throws Exception {
		DefaultSession session = open((builder) -> builder.responseChannelSize(1)
			.readAhead(org.springframework.util.unit.DataSize.ofBytes(0)));
		for (int i = 0; i < 1000; i++) {
			this.runtime.peer().text("x".repeat(1024));
		}
		TestRuntime.eventually(() -> assertThat(this.runtime.peer().isPaused()).isTrue());
		session.close();
		assertThat(session.done().toCompletableFuture()).isDone();
		assertThat(this.runtime.peer().closeStatus()).isEqualTo(CloseStatus.NORMAL);
		this.runtime.assertNoTimers();
	}

	@Test
	void closeFromAListenerCancelsTheBackOff() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> builder.listener(new SessionListener() {

			@Override
			public void onReconnecting(Session reconnecting, int attempt, Duration delay) {
				reconnecting.close();
			}

		}));
		this.runtime.peer().drop();
		awaitDone(session);
		this.runtime.assertNoTimers();
		assertThat(this.runtime.transport.dials()).hasSize(1);
		assertThat(session.error()).isEmpty();
	}

	@Test
	void closeWithTheFirstConnectionBeingDrainedDialsNoMore() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> {
		});
		InMemoryPeer first = this.runtime.peer();
		first.answerClose(false);
		CompletableFuture<Void> changed = session.reconnect("planned").toCompletableFuture();
		first.awaitCloseStatus();
		CompletableFuture<Void> closing = TestRuntime.run(session::close);
		awaitState(session, Session.State.CLOSED);
		first.close(CloseStatus.NORMAL);
		TestRuntime.get(closing);
		awaitDone(session);
		assertThat(TestRuntime.failure(changed)).isInstanceOf(SessionClosedException.class);
		assertThat(this.runtime.transport.dials()).hasSize(1);
		assertThat(session.conn().isClosed()).isTrue();
		this.runtime.assertNoTimers();
	}

	@Test
	void outageThatAHookEndsTheSessionInIsNoSuccess() throws Exception {
		AtomicReference<DefaultSession> self = new AtomicReference<>();
		DefaultSession session = reconnecting(3,
				(builder) -> builder.onReconnect((context, conn) -> self.get().close()));
		self.set(session);
		this.runtime.peer().drop();
		backOff(2);
		awaitDone(session);
		assertThat(this.listener.events).doesNotContain("reconnected 1").last().isEqualTo("closed in order");
		assertThat(this.runtime.observer.attempts).isEmpty();
		assertThat(session.isClosed()).isTrue();
	}

	/**
	 * The outage had succeeded and the session was closed in the same moment: the end of
	 * the outage was not reported.
	 */
	@Test
	void closeAtTheMomentOfSuccessEndsTheOutage() throws Exception {
		Race.rounds(1, (round) -> {
			DefaultSession session = round.session((builder) -> {
			});
			round.observer.onEvent = (event) -> {
				if (event.equals("attempt SUCCESS")) {
					session.close();
				}
			};
			round.peer().drop();
			round.awaitDone(session);
			assertThat(round.observer.events).contains("outage " + OutageOutcome.CLOSED);
		});
	}

}
