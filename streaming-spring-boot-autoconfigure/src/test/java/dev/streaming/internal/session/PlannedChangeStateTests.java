package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import dev.streaming.ConnectionLostException;
import dev.streaming.Session.State;
import dev.streaming.SessionClosedException;
import dev.streaming.SessionConfig;
import dev.streaming.internal.connection.ConnectionEnd;
import dev.streaming.internal.connection.PhysicalConnection;
import dev.streaming.observation.ConnectionObserver.OutageOutcome;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The {@link PlannedChange} alone, with the {@link Reconnector} that it hands over to.
 */
@Rule("S10")
class PlannedChangeStateTests {

	private static final Duration MINUTE = Duration.ofMinutes(1);

	private final List<DefaultReconnectContext> reopened = new ArrayList<>();

	private PartsFixture parts;

	private ReceivePump pump;

	private Reconnector reconnector;

	private PlannedChange change;

	private PhysicalConnection first;

	@BeforeEach
	void create() throws Exception {
		create((config) -> config.maxReconnectAttempts(1));
	}

	private void create(Consumer<SessionConfig.Builder> changes) throws Exception {
		this.parts = new PartsFixture(changes);
		this.pump = new ReceivePump(this.parts.environment, this.parts.channel, (message, more) -> true, this::ended,
				this.parts.termination);
		ReconnectAttempt attempt = this.parts.attempt(this.pump);
		this.reconnector = new Reconnector(this.parts.environment, this.parts.budget, attempt, this.parts.gate,
				this.parts.callbacks, this.parts.termination, this.parts.history, this::reopen);
		this.change = new PlannedChange(this.parts.environment, this.parts.budget, attempt, this.reconnector,
				this.parts.gate, this.pump, this.parts.callbacks, this.parts.termination, this::reopen);
		this.parts.termination.add(this.reconnector);
		this.parts.termination.add(this.change);
		this.first = this.parts.connect();
	}

	private void open() {
		this.change.opened();
		this.pump.attach(this.first);
		this.change.changeIfQuiet();
	}

	private void ended(PhysicalConnection connection, ConnectionEnd end) {
		assertThat(this.change.isDraining()).isTrue();
		this.change.drained();
	}

	private void reopen(PhysicalConnection connection, Outage outage, DefaultReconnectContext context) {
		this.reopened.add(context);
		outage.ended(OutageOutcome.SUCCESS, null);
		this.reconnector.opened();
		this.change.opened();
		this.change.completeRequests();
	}

	private CompletableFuture<Void> request(String reason, Duration within) {
		return this.change.request(reason, within).toCompletableFuture();
	}

	private InMemoryPeer peer(int number) {
		return this.parts.transport.dials().get(number - 1).peer();
	}

	@Test
	void quietMomentIsUsedAtOnce() {
		open();
		CompletableFuture<Void> changed = request("test", MINUTE);
		assertThat(changed).isCompleted();
		assertThat(peer(1).closeStatus()).isEqualTo(new CloseStatus(1000, "test"));
		assertThat(this.reopened).singleElement().satisfies((context) -> {
			assertThat(context.planned()).isTrue();
			assertThat(context.attempt()).isEqualTo(1);
			assertThat(context.reason()).isEqualTo("test");
			assertThat(context.cause()).isInstanceOfSatisfying(ConnectionLostException.class,
					(cause) -> assertThat(cause.closeStatus()).isEqualTo(new CloseStatus(1000, "test")));
		});
		assertThat(this.parts.listener.events).containsExactly("reconnecting 1");
		assertThat(this.parts.listener.delay()).isZero();
		assertThat(this.parts.observer.outages).containsExactly(OutageOutcome.SUCCESS);
		assertThat(this.parts.timer.pending()).isZero();
		assertThat(this.parts.budget.used()).isZero();
	}

	@Test
	void requestInTheSetupWaitsForTheOpening() {
		CompletableFuture<Void> changed = request("test", MINUTE);
		this.change.changeIfQuiet();
		assertThat(peer(1).closeStatus()).isNull();
		open();
		assertThat(changed).isCompleted();
	}

	@Test
	void timeThatIsUpInTheSetupCountsAtTheOpening() {
		this.parts.handler.inFlight = true;
		CompletableFuture<Void> changed = request("test", MINUTE);
		this.parts.timer.advance(MINUTE);
		assertThat(changed).isNotDone();
		open();
		assertThat(changed).isCompleted();
	}

	@Test
	void responseInFlightIsWaitedFor() {
		open();
		this.parts.handler.inFlight = true;
		CompletableFuture<Void> changed = request("test", MINUTE);
		this.change.changeIfQuiet();
		assertThat(changed).isNotDone();
		this.parts.handler.inFlight = false;
		this.change.changeIfQuiet();
		assertThat(changed).isCompleted();
		assertThat(this.parts.timer.pending()).isZero();
	}

	@Test
	void changeIsForcedWhenItsTimeIsUpAndNotBefore() {
		open();
		this.parts.handler.inFlight = true;
		CompletableFuture<Void> changed = request("test", MINUTE);
		this.parts.timer.advance(MINUTE.minusNanos(1));
		assertThat(changed).isNotDone();
		this.parts.timer.advance(Duration.ofNanos(1));
		assertThat(changed).isCompleted();
	}

	@Test
	void firstReasonAndTheShortestTimeCount() {
		open();
		this.parts.handler.inFlight = true;
		request("first", MINUTE.multipliedBy(2));
		request("second", MINUTE);
		CompletableFuture<Void> third = request("third", MINUTE.multipliedBy(3));
		// The limit, and the next question for a quiet moment
		assertThat(this.parts.timer.pending()).isEqualTo(2);
		this.parts.timer.advance(MINUTE);
		assertThat(third).isCompleted();
		assertThat(peer(1).closeStatus()).isEqualTo(new CloseStatus(1000, "first"));
	}

	@Test
	void ageOfTheConnectionRequestsAChange() throws Exception {
		create((config) -> config.maxConnectionAge(MINUTE));
		open();
		this.parts.timer.advance(MINUTE);
		assertThat(this.reopened).singleElement()
			.satisfies((context) -> assertThat(context.reason()).isEqualTo("maxConnectionAge"));
		// The age of the next connection, and nothing else
		assertThat(this.parts.timer.pending()).isEqualTo(1);
		assertThat(this.parts.timer.untilNext()).contains(MINUTE);
	}

	@Test
	void sendsAreHeldWhileTheConnectionIsChanged() {
		open();
		peer(1).answerClose(false);
		request("test", MINUTE);
		assertThat(this.parts.gate.state()).isEqualTo(State.RECONNECTING);
		assertThat(this.change.isDraining()).isTrue();
		assertThat(this.parts.transport.dials()).hasSize(1);
		this.change.changeIfQuiet();
		CompletableFuture<Void> second = request("second", MINUTE);
		peer(1).close(CloseStatus.NORMAL);
		assertThat(second).isCompleted();
		assertThat(this.parts.transport.dials()).hasSize(2);
	}

	@Test
	void oneAttemptIsMadeWithoutABudget() throws Exception {
		create((config) -> config.maxReconnectAttempts(0));
		open();
		assertThat(request("test", MINUTE)).isCompleted();
	}

	@Test
	void failedAttemptIsAnOutage() {
		open();
		this.parts.transport.nextDial((dial) -> dial.refuse(503));
		CompletableFuture<Void> changed = request("test", MINUTE);
		assertThat(this.parts.listener.events).containsExactly("reconnecting 1", "disconnected", "reconnecting 1");
		assertThat(changed).isNotDone();
		CompletableFuture<Void> second = request("in the outage", MINUTE);
		this.parts.timer.advanceToNext();
		assertThat(this.reopened).singleElement().satisfies((context) -> assertThat(context.planned()).isFalse());
		assertThat(changed).isCompleted();
		assertThat(second).isCompleted();
		assertThat(this.parts.observer.outages).containsExactly(OutageOutcome.SUCCESS);
		assertThat(this.parts.timer.pending()).isZero();
	}

	@Test
	void permanentFailureOfAnAttemptEndsTheSession() throws Exception {
		open();
		this.parts.transport.nextDial((dial) -> dial.refuse(401));
		CompletableFuture<Void> changed = request("test", MINUTE);
		assertThat(TestRuntime.failure(changed)).isInstanceOf(SessionClosedException.class)
			.hasCause(this.parts.termination.error());
		assertThat(this.parts.observer.outages).containsExactly(OutageOutcome.PERMANENT);
	}

	@Test
	void lossIsTheEndOfARequestThatWaits() {
		open();
		this.parts.handler.inFlight = true;
		CompletableFuture<Void> changed = request("test", MINUTE);
		this.change.interrupted();
		assertThat(this.parts.timer.pending()).isZero();
		assertThat(changed).isNotDone();
		this.parts.handler.inFlight = false;
		this.change.changeIfQuiet();
		assertThat(this.parts.transport.dials()).hasSize(1);
		this.change.opened();
		this.change.completeRequests();
		assertThat(changed).isCompleted();
		this.change.changeIfQuiet();
		assertThat(this.parts.transport.dials()).hasSize(1);
	}

	@Test
	void endFailsRequestsAndCancelsTheirClocks() throws Exception {
		create((config) -> config.maxConnectionAge(Duration.ofHours(1)));
		open();
		this.parts.handler.inFlight = true;
		CompletableFuture<Void> changed = request("test", MINUTE);
		// The age, the limit, and the next question for a quiet moment
		assertThat(this.parts.timer.pending()).isEqualTo(3);
		IllegalStateException error = new IllegalStateException("error");
		this.parts.termination.end(SessionOutcome.failed(error, CloseStatus.NORMAL));
		assertThat(this.parts.timer.pending()).isZero();
		assertThat(TestRuntime.failure(changed)).isInstanceOf(SessionClosedException.class).hasCause(error);
		assertThat(TestRuntime.failure(request("late", MINUTE))).isInstanceOf(SessionClosedException.class)
			.hasNoCause();
		assertThat(this.parts.timer.pending()).isZero();
	}

	@Test
	@Rule("S11")
	void endWhileTheOldConnectionIsDrainedIsTheEndOfTheOutage() throws Exception {
		open();
		peer(1).answerClose(false);
		CompletableFuture<Void> changed = request("test", MINUTE);
		this.parts.termination.end(SessionOutcome.closed(CloseStatus.NORMAL));
		peer(1).close(CloseStatus.NORMAL);
		assertThat(TestRuntime.failure(changed)).isInstanceOf(SessionClosedException.class);
		assertThat(this.parts.observer.outages).containsExactly(OutageOutcome.CLOSED);
		assertThat(this.parts.transport.dials()).hasSize(1);
	}

	/**
	 * A worker ends the session while the session's task asks the handler.
	 */
	@Test
	void taskThatReturnsFromTheHandlerAfterTheEndChangesNothing() throws Exception {
		open();
		this.parts.handler.onCall = (call) -> this.change.ended(SessionOutcome.closed(CloseStatus.NORMAL));
		CompletableFuture<Void> changed = request("test", MINUTE);
		assertThat(TestRuntime.failure(changed)).isInstanceOf(SessionClosedException.class);
		assertThat(peer(1).closeStatus()).isNull();
		assertThat(this.parts.gate.state()).isEqualTo(State.OPEN);
		assertThat(this.parts.observer.outages).containsExactly(OutageOutcome.CLOSED);
		assertThat(this.parts.timer.pending()).isZero();
	}

	@Test
	@Rule("S11")
	void handlerThatEndsTheSessionWhenItIsAskedLeavesNoOutage() throws Exception {
		open();
		this.parts.handler.onCall = (call) -> this.parts.termination.end(SessionOutcome.closed(CloseStatus.NORMAL));
		assertThat(TestRuntime.failure(request("test", MINUTE))).isInstanceOf(SessionClosedException.class);
		assertThat(this.parts.observer.outages).isEmpty();
	}

	@Test
	void attemptThatFailsBehindTheEndIsNotTakenOver() throws Exception {
		open();
		this.parts.transport.nextDial((dial) -> {
			this.change.ended(SessionOutcome.closed(CloseStatus.NORMAL));
			dial.refuse(503);
		});
		request("test", MINUTE);
		assertThat(this.parts.listener.events).containsExactly("reconnecting 1");
		assertThat(this.parts.observer.outages).containsExactly(OutageOutcome.CLOSED);
		assertThat(this.parts.timer.pending()).isZero();
		assertThat(TestRuntime.failure(request("late", MINUTE))).isInstanceOf(SessionClosedException.class);
	}

}
