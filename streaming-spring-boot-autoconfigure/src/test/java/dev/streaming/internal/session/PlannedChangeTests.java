package dev.streaming.internal.session;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.streaming.Conn;
import dev.streaming.ErrorClassifier;
import dev.streaming.Message;
import dev.streaming.ReconnectFailedException;
import dev.streaming.Session;
import dev.streaming.SessionClosedException;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * S10: planned changes, also those that meet an outage, an end or each other.
 */
@Rule("S10")
class PlannedChangeTests extends AbstractSessionTests {

	private static final Duration DAY = Duration.ofDays(1);

	private final AtomicBoolean inFlight = new AtomicBoolean();

	private DefaultSession inFlight(int attempts) throws InterruptedException {
		return open((builder) -> builder.onMessage(null)
			.handler(new FlightHandler(this.inFlight))
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

	private void settle(DefaultSession session, int connection, String before) throws Exception {
		this.runtime.peer(connection).text("settle");
		assertThat(take(session, 2)).containsExactly(before, "settle");
	}

	@Test
	void plannedChangeLosesAndRepeatsNothing() throws Exception {
		DefaultSession session = reconnecting(0, (builder) -> builder.onReconnect((context, conn) -> {
			assertThat(context.planned()).isTrue();
			assertThat(context.reason()).isEqualTo("older than an hour");
			context.stateRestored(true);
			conn.sendRaw("setup");
		}));
		InMemoryPeer first = this.runtime.peer();
		first.answerClose(false);
		first.text("a");
		CompletableFuture<Void> changed = session.reconnect("older than an hour").toCompletableFuture();
		assertThat(first.awaitCloseStatus()).isEqualTo(new CloseStatus(1000, "older than an hour"));
		session.sendRaw("held back");
		first.text("under way");
		first.close(CloseStatus.NORMAL);
		TestRuntime.get(changed);
		assertThat(session.state()).isEqualTo(Session.State.OPEN);
		session.sendRaw("then");
		this.runtime.peer(2).text("b");
		assertThat(take(session, 3)).containsExactly("a", "under way", "b");
		assertThat(this.runtime.peer(2).texts()).containsExactly("setup", "held back", "then");
		assertThat(this.listener.events).containsExactly("opened", "reconnecting 1", "reconnected 1");
		assertThat(this.listener.reconnected.get(0).planned()).isTrue();
		assertThat(this.listener.reconnected.get(0).stateRestored()).isTrue();
		assertThat(session.error()).isEmpty();
		session.close();
		this.runtime.assertNoTimers();
	}

	@Test
	void plannedChangeWaitsForAResponseInFlight() throws Exception {
		AtomicBoolean inFlight = new AtomicBoolean(true);
		DefaultSession session = withHandler(new FlightHandler(inFlight));
		CompletableFuture<Void> changed = session.reconnect("later").toCompletableFuture();
		this.runtime.peer().text("more");
		assertThat(take(session, 1)).containsExactly("more");
		assertThat(changed).isNotDone();
		assertThat(session.state()).isEqualTo(Session.State.OPEN);
		inFlight.set(false);
		this.runtime.peer().text("done");
		TestRuntime.get(changed);
		assertThat(this.runtime.transport.dials()).hasSize(2);
	}

	@Test
	void quietMomentIsNoticedWithoutAMessage() throws Exception {
		AtomicBoolean inFlight = new AtomicBoolean(true);
		DefaultSession session = withHandler(new FlightHandler(inFlight));
		CompletableFuture<Void> changed = session.reconnect("later").toCompletableFuture();
		this.runtime.timer.fallDue(QuietMomentPoll.INTERVAL);
		this.runtime.timer.awaitDue(QuietMomentPoll.INTERVAL);
		assertThat(changed).isNotDone();
		inFlight.set(false);
		this.runtime.timer.advance(QuietMomentPoll.INTERVAL);
		TestRuntime.get(changed);
		assertThat(this.runtime.transport.dials()).hasSize(2);
	}

	@Test
	void plannedChangeIsForcedAfterItsMaximumWait() throws Exception {
		DefaultSession session = withHandler(new FlightHandler(new AtomicBoolean(true)));
		CompletableFuture<Void> changed = session.reconnect("now").toCompletableFuture();
		this.runtime.timer.awaitPending(1);
		this.runtime.timer.fallDue(SessionConfig.DEFAULT_PLANNED_CHANGE_MAX_WAIT);
		TestRuntime.get(changed);
		assertThat(this.runtime.transport.dials()).hasSize(2);
	}

	@Test
	void plannedChangeThatFailsIsAnOutageLikeAnyOther() throws Exception {
		DefaultSession session = reconnecting(2, (builder) -> {
		});
		this.runtime.transport.nextDial((dial) -> dial.refuse(503));
		CompletableFuture<Void> changed = session.reconnect("try").toCompletableFuture();
		TestRuntime.eventually(() -> assertThat(this.listener.events).contains("disconnected"));
		backOff(3);
		TestRuntime.get(changed);
		assertThat(session.state()).isEqualTo(Session.State.OPEN);
		assertThat(this.listener.events).containsExactly("opened", "reconnecting 1", "disconnected", "reconnecting 1",
				"reconnected 1");
	}

	@Test
	void plannedChangeThatFailsWithoutABudgetEndsTheSession() throws Exception {
		DefaultSession session = reconnecting(0, (builder) -> {
		});
		this.runtime.transport.nextDial((dial) -> dial.refuse(503));
		CompletableFuture<Void> changed = session.reconnect("try").toCompletableFuture();
		awaitDone(session);
		assertThat(session.error()).get().isInstanceOf(ReconnectFailedException.class);
		assertThat(TestRuntime.failure(changed)).isInstanceOf(SessionClosedException.class);
	}

	@Test
	void plannedChangeNeedsAHook() throws Exception {
		DefaultSession session = open((builder) -> {
		});
		assertThatIllegalStateException().isThrownBy(() -> session.reconnect("x")).withMessageContaining("onReconnect");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> open((builder) -> builder.maxConnectionAge(Duration.ofMinutes(1))))
			.withMessageContaining("maxConnectionAge");
	}

	@Test
	void connectionIsChangedAtItsMaximumAge() throws Exception {
		DefaultSession session = reconnecting(0, (builder) -> builder.maxConnectionAge(Duration.ofMinutes(55)));
		for (int i = 1; i <= 3; i++) {
			this.runtime.timer.awaitDue(Duration.ofMinutes(55));
			this.runtime.timer.advance(Duration.ofMinutes(55).minusMillis(1));
			assertThat(this.runtime.transport.dials()).hasSize(i);
			this.runtime.timer.fallDue(Duration.ofMillis(1));
			this.runtime.peer(i + 1);
			int changes = i;
			TestRuntime.eventually(() -> assertThat(this.listener.reconnected).hasSize(changes));
		}
		assertThat(session.error()).isEmpty();
		session.close();
		this.runtime.assertNoTimers();
	}

	@Test
	void connectionsAgeWaitsForAResponseInFlight() throws Exception {
		this.inFlight.set(true);
		DefaultSession session = open((builder) -> builder.onMessage(null)
			.handler(new FlightHandler(this.inFlight))
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
	void reasonThatIsTooLongForTheFrameIsCut() throws Exception {
		DefaultSession session = reconnecting(0, (builder) -> {
		});
		TestRuntime.get(session.reconnect("x".repeat(200)).toCompletableFuture());
		assertThat(this.runtime.peer(1).closeStatus()).isEqualTo(new CloseStatus(1000, "x".repeat(123)));
		assertThatIllegalArgumentException().isThrownBy(() -> session.reconnect("x", Duration.ofMillis(-1)));
	}

	@Test
	void changeOfAnEndedSessionFails() throws Exception {
		DefaultSession session = reconnecting(0, (builder) -> {
		});
		session.close();
		assertThat(TestRuntime.failure(session.reconnect("late").toCompletableFuture()))
			.isInstanceOf(SessionClosedException.class);
	}

	@Test
	void changeRequestedInAnOutageCompletesWithTheOutage() throws Exception {
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

	/**
	 * Each new request began to count anew, so that a provider that announces its end
	 * every second put the change off until it was too late.
	 */
	@Test
	void secondRequestDoesNotPutOffAPlannedChange() throws Exception {
		BusyHandler handler = new BusyHandler();
		DefaultSession session = withHandler(handler);
		handler.context.reconnect("first", Duration.ofSeconds(5));
		settle(session, 1);
		this.runtime.timer.advance(Duration.ofSeconds(3));
		handler.context.reconnect("second", Duration.ofSeconds(30));
		settle(session, 1);
		this.runtime.timer.fallDue(Duration.ofSeconds(2));
		assertThat(this.runtime.transport.awaitPeer(1).awaitCloseStatus().getReason()).isEqualTo("first");
		this.runtime.peer(2);
		awaitState(session, Session.State.OPEN);
		session.close();
		this.runtime.assertNoTimers();
	}

	@Test
	void moreUrgentRequestTakesTheClockOver() throws Exception {
		this.inFlight.set(true);
		DefaultSession session = inFlight(0);
		session.reconnect("first", DAY);
		session.reconnect("second", Duration.ofSeconds(5));
		settle(session, 1);
		assertThat(this.runtime.timer.pending()).as("the limit, and the next look for a quiet moment").isEqualTo(2);
		this.runtime.timer.awaitDue(Duration.ofSeconds(5));
		session.close();
		this.runtime.assertNoTimers();
	}

	@Test
	void moreUrgentRequestHastensAPlannedChange() throws Exception {
		BusyHandler handler = new BusyHandler();
		DefaultSession session = withHandler(handler);
		handler.context.reconnect("first", Duration.ofSeconds(30));
		handler.context.reconnect("second", Duration.ofSeconds(5));
		settle(session, 1);
		this.runtime.timer.fallDue(Duration.ofSeconds(5));
		this.runtime.peer(2);
		awaitState(session, Session.State.OPEN);
		session.close();
	}

	/**
	 * A change that is asked for during the setup comes when the session is open.
	 */
	@Test
	void changeRequestedInTheSetupFollowsTheOpening() throws Exception {
		AtomicBoolean asked = new AtomicBoolean();
		DefaultSession session = open(
				(builder) -> builder.onMessage(null).maxConnectionAge(Duration.ofHours(1)).handler(new Echo() {

					@Override
					public void connect(Conn conn, SessionContext context) {
						if (!asked.getAndSet(true)) {
							context.reconnect("asked in the setup", Duration.ofSeconds(1));
						}
					}

				}));
		this.runtime.peer(2);
		TestRuntime.eventually(
				() -> assertThat(this.listener.events).containsExactly("opened", "reconnecting 1", "reconnected 1"));
		session.close();
		this.runtime.assertNoTimers();
	}

	@Test
	void errorOfResponseInFlightCountsAsFalse() throws Exception {
		DefaultSession session = withHandler(new Echo() {

			@Override
			public boolean responseInFlight() {
				throw new AssertionError("in question");
			}

		});
		TestRuntime.get(session.reconnect("planned").toCompletableFuture());
		assertThat(this.runtime.transport.dials()).hasSize(2);
		assertThat(session.state()).isEqualTo(Session.State.OPEN);
		session.close();
	}

	/**
	 * A handler whose response never ends.
	 */
	private static final class BusyHandler extends Echo {

		private volatile SessionContext context;

		@Override
		public void opened(SessionContext opened) {
			this.context = opened;
		}

		@Override
		public boolean responseInFlight() {
			return true;
		}

	}

	/**
	 * A handler with a response in flight.
	 *
	 * @param inFlight whether it is
	 */
	private record FlightHandler(AtomicBoolean inFlight) implements SessionHandler {

		@Override
		public List<StreamChunk> handle(Message message, SessionContext context) {
			return echo(message);
		}

		@Override
		public boolean responseInFlight() {
			return this.inFlight.get();
		}

	}

}
