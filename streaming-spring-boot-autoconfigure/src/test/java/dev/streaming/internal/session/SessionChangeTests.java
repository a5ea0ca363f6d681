package dev.streaming.internal.session;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.ErrorClassifier;
import dev.streaming.Session;
import dev.streaming.SessionClosedException;
import dev.streaming.SessionConfig;
import dev.streaming.SessionListener;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * S10 and S11: planned changes that meet an outage, an end, or each other.
 */
class SessionChangeTests extends AbstractSessionTests {

	private static final Duration DAY = Duration.ofDays(1);

	private final AtomicBoolean inFlight = new AtomicBoolean();

	private DefaultSession inFlight(int attempts) throws InterruptedException {
		return open((builder) -> builder.onMessage(null)
			.handler(new SessionReconnectTests.FlightHandler(this.inFlight))
			.onError(ErrorClassifier.transientErrors())
			.maxReconnectAttempts(attempts));
	}

	/**
	 * Wait until the session's task has done what it was asked before.
	 */
	private void settle(DefaultSession session, int connection) throws Exception {
		this.runtime.peer(connection).text("settle");
		assertThat(take(session, 1)).containsExactly("settle");
	}

	@Test
	@Rule("S10")
	void reasonThatIsTooLongForTheFrameIsCut() throws Exception {
		DefaultSession session = reconnecting(0, (builder) -> {
		});
		TestRuntime.get(session.reconnect("x".repeat(200)).toCompletableFuture());
		assertThat(this.runtime.peer(1).closeStatus()).isEqualTo(new CloseStatus(1000, "x".repeat(123)));
		assertThatIllegalArgumentException().isThrownBy(() -> session.reconnect("x", Duration.ofMillis(-1)));
	}

	@Test
	@Rule("S10")
	void changeOfAnEndedSessionFails() throws Exception {
		DefaultSession session = reconnecting(0, (builder) -> {
		});
		session.close();
		assertThat(TestRuntime.failure(session.reconnect("late").toCompletableFuture()))
			.isInstanceOf(SessionClosedException.class);
	}

	@Test
	@Rule("S10")
	void changeThatIsAskedForInAnOutageIsTheOutagesEnd() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> {
		});
		this.runtime.peer().drop();
		awaitState(session, Session.State.RECONNECTING);
		awaitBackOff();
		CompletableFuture<Void> changed = session.reconnect("in the outage").toCompletableFuture();
		assertThat(changed).isNotDone();
		backOff(2);
		TestRuntime.get(changed);
		settle(session, 2);
		settle(session, 2);
		assertThat(session.state()).isEqualTo(Session.State.OPEN);
		assertThat(this.runtime.transport.dials()).hasSize(2);
		session.close();
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("S10")
	void changeThatWaitedWhenTheConnectionWasLostIsDoneWithIt() throws Exception {
		this.inFlight.set(true);
		DefaultSession session = inFlight(3);
		CompletableFuture<Void> changed = session.reconnect("waits").toCompletableFuture();
		settle(session, 1);
		this.runtime.peer(1).drop();
		awaitState(session, Session.State.RECONNECTING);
		awaitBackOff();
		this.inFlight.set(false);
		backOff(2);
		TestRuntime.get(changed);
		settle(session, 2);
		settle(session, 2);
		assertThat(this.runtime.transport.dials()).hasSize(2);
		session.close();
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("S10")
	void eachChangeHasItsOwnTimeToWait() throws Exception {
		DefaultSession session = inFlight(0);
		this.inFlight.set(true);
		CompletableFuture<Void> first = session.reconnect("first", Duration.ofSeconds(5)).toCompletableFuture();
		settle(session, 1);
		this.runtime.timer.fallDue(Duration.ofSeconds(5));
		TestRuntime.get(first);
		// The second is not forced because the first was
		CompletableFuture<Void> second = session.reconnect("second", Duration.ofSeconds(5)).toCompletableFuture();
		settle(session, 2);
		assertThat(second).isNotDone();
		this.inFlight.set(false);
		this.runtime.peer(2).text("quiet");
		TestRuntime.get(second);
		// Nor is the third, by the clock of the second
		this.inFlight.set(true);
		CompletableFuture<Void> third = session.reconnect("third", DAY).toCompletableFuture();
		this.runtime.timer.advance(Duration.ofSeconds(5));
		settle(session, 3, "quiet");
		assertThat(third).isNotDone();
		assertThat(this.runtime.transport.dials()).hasSize(3);
		session.close();
		assertThat(TestRuntime.failure(third)).isInstanceOf(SessionClosedException.class);
		this.runtime.assertNoTimers();
	}

	private void settle(DefaultSession session, int connection, String before) throws Exception {
		this.runtime.peer(connection).text("settle");
		assertThat(take(session, 2)).containsExactly(before, "settle");
	}

	@Test
	@Rule("S10")
	void moreUrgentRequestTakesTheClockOver() throws Exception {
		this.inFlight.set(true);
		DefaultSession session = inFlight(0);
		session.reconnect("first", DAY);
		session.reconnect("second", Duration.ofSeconds(5));
		settle(session, 1);
		assertThat(this.runtime.timer.pending()).isEqualTo(1);
		assertThat(this.runtime.timer.untilNext()).contains(Duration.ofSeconds(5));
		session.close();
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("S10")
	void connectionsAgeWaitsForAResponseInFlight() throws Exception {
		this.inFlight.set(true);
		DefaultSession session = open((builder) -> builder.onMessage(null)
			.handler(new SessionReconnectTests.FlightHandler(this.inFlight))
			.maxConnectionAge(Duration.ofMinutes(55)));
		this.runtime.timer.fallDue(Duration.ofMinutes(55));
		settle(session, 1);
		this.runtime.timer.awaitDue(SessionConfig.DEFAULT_PLANNED_CHANGE_MAX_WAIT);
		this.runtime.timer.advance(SessionConfig.DEFAULT_PLANNED_CHANGE_MAX_WAIT.minusMillis(1));
		settle(session, 1);
		assertThat(this.runtime.peer(1).closeStatus()).isNull();
		this.runtime.timer.fallDue(Duration.ofMillis(1));
		this.runtime.peer(2);
		awaitState(session, Session.State.OPEN);
		assertThat(this.runtime.peer(1).closeStatus().getReason()).isEqualTo("maxConnectionAge");
		session.close();
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("S11")
	void closeFromAListenerThatHearsOfTheBackOffCallsItOff() throws Exception {
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
	@Rule("S11")
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
	@Rule("S11")
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

}
