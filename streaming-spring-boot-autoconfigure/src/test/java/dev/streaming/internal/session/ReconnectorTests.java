package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import dev.streaming.ConnectFailedException;
import dev.streaming.ConnectionLostException;
import dev.streaming.ReconnectFailedException;
import dev.streaming.Session.State;
import dev.streaming.SessionConfig;
import dev.streaming.internal.connection.PhysicalConnection;
import dev.streaming.observation.ConnectionObserver.AttemptOutcome;
import dev.streaming.observation.ConnectionObserver.OutageOutcome;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The {@link Reconnector} alone.
 */
class ReconnectorTests {

	/** With the random numbers of the fixture: half of the base, then twice the last. */
	private static final Duration FIRST_DELAY = Duration.ofMillis(500);

	private static final Duration SECOND_DELAY = Duration.ofSeconds(2);

	private final ConnectionLostException loss = new ConnectionLostException("lost", CloseStatus.GOING_AWAY, null);

	private final List<DefaultReconnectContext> reopened = new ArrayList<>();

	private PartsFixture parts;

	private Reconnector reconnector;

	private void create(Consumer<SessionConfig.Builder> changes) {
		this.parts = new PartsFixture(changes);
		this.reconnector = new Reconnector(this.parts.environment, this.parts.budget,
				this.parts.attempt(this.parts.pump()), this.parts.gate, this.parts.callbacks, this.parts.termination,
				this.parts.history, this::reopen);
		this.parts.termination.add(this.reconnector);
	}

	private void create() {
		create((config) -> {
		});
	}

	private void reopen(PhysicalConnection connection, Outage outage, DefaultReconnectContext context) {
		assertThat(connection).isSameAs(this.parts.conn.stateMachine().physicalConnection());
		assertThat(outage.cause()).isSameAs(this.loss);
		this.reopened.add(context);
		this.reconnector.opened();
		outage.ended(OutageOutcome.SUCCESS, null);
	}

	private ReconnectFailedException failure() {
		return (ReconnectFailedException) this.parts.termination.error();
	}

	@Test
	@Rule("S6")
	void attemptFollowsTheFirstDelay() {
		create();
		this.reconnector.lost(this.loss);
		assertThat(this.parts.gate.state()).isEqualTo(State.RECONNECTING);
		assertThat(this.parts.handler.calls).containsExactly("disconnected false");
		assertThat(this.parts.listener.events).containsExactly("disconnected", "reconnecting 1");
		assertThat(this.parts.history.outageSince()).isNotNull();
		assertThat(this.parts.history.lastError()).isEqualTo("ConnectionLostException: lost");
		this.parts.timer.advance(FIRST_DELAY.minusNanos(1));
		assertThat(this.parts.transport.dials()).isEmpty();
		this.parts.timer.advance(Duration.ofNanos(1));
		assertThat(this.reopened).singleElement().satisfies((context) -> {
			assertThat(context.attempt()).isEqualTo(1);
			assertThat(context.maxAttempts()).isEqualTo(3);
			assertThat(context.cause()).isSameAs(this.loss);
			assertThat(context.lastFailure()).isEmpty();
			assertThat(context.planned()).isFalse();
			assertThat(context.reason()).isEqualTo("lost");
		});
		assertThat(this.parts.observer.outages).containsExactly(OutageOutcome.SUCCESS);
		assertThat(this.parts.timer.pending()).isZero();
	}

	@Test
	@Rule("S6")
	void failedAttemptIsFollowedByALongerDelay() {
		create();
		this.parts.transport.nextDial((dial) -> dial.refuse(503));
		this.reconnector.lost(this.loss);
		this.parts.timer.advance(FIRST_DELAY);
		assertThat(this.parts.listener.events).last().isEqualTo("reconnecting 2");
		assertThat(this.parts.listener.delay()).isEqualTo(SECOND_DELAY);
		this.parts.timer.advance(SECOND_DELAY);
		assertThat(this.reopened).singleElement().satisfies((context) -> {
			assertThat(context.attempt()).isEqualTo(2);
			assertThat(context.lastFailure()).get().isInstanceOf(ConnectFailedException.class);
		});
	}

	@Test
	@Rule("S6")
	void spentBudgetEndsTheSession() {
		create();
		this.parts.transport.onDial((dial) -> dial.refuse(503));
		this.reconnector.lost(this.loss);
		for (int i = 0; i < 3; i++) {
			this.parts.timer.advanceToNext();
		}
		assertThat(failure().attempts()).isEqualTo(3);
		assertThat(failure()).hasCauseInstanceOf(ConnectFailedException.class).hasSuppressedException(this.loss);
		assertThat(this.parts.observer.outages).containsExactly(OutageOutcome.EXHAUSTED);
		assertThat(this.parts.transport.dials()).hasSize(3);
		assertThat(this.parts.timer.pending()).isZero();
	}

	@Test
	@Rule("S6")
	void budgetReturnsWithAConnectionThatHeld() {
		create((config) -> config.maxReconnectAttempts(1));
		this.reconnector.lost(this.loss);
		this.parts.timer.advance(FIRST_DELAY);
		this.parts.budget.opened();
		this.parts.peer().drop();
		this.parts.timer.advance(SessionConfig.DEFAULT_RECONNECT_STABLE_AFTER);
		this.reconnector.lost(this.loss);
		this.parts.timer.advance(FIRST_DELAY);
		assertThat(this.reopened).extracting(DefaultReconnectContext::attempt).containsExactly(1, 1);
		this.parts.budget.opened();
		this.parts.peer().drop();
		this.parts.timer.advance(SessionConfig.DEFAULT_RECONNECT_STABLE_AFTER.minusNanos(1));
		this.reconnector.lost(this.loss);
		assertThat(failure().attempts()).isEqualTo(1);
	}

	@Test
	@Rule("S5")
	void permanentFailureEndsTheSessionAtOnce() {
		create();
		this.parts.transport.onDial((dial) -> dial.refuse(401));
		this.reconnector.lost(this.loss);
		this.parts.timer.advance(FIRST_DELAY);
		assertThat(failure().attempts()).isEqualTo(1);
		assertThat(this.parts.observer.outages).containsExactly(OutageOutcome.PERMANENT);
		assertThat(this.parts.observer.attempts).containsExactly(AttemptOutcome.DIAL_FAILED);
	}

	@Test
	@Rule("S11")
	void endDuringTheDelayCancelsIt() {
		create();
		this.reconnector.lost(this.loss);
		this.parts.termination.end(SessionOutcome.closed(CloseStatus.NORMAL));
		assertThat(this.parts.timer.pending()).isZero();
		assertThat(this.parts.observer.outages).containsExactly(OutageOutcome.CLOSED);
		assertThat(this.parts.transport.dials()).isEmpty();
	}

	@Test
	@Rule("S11")
	void cancelDoesNotWaitForTheTask() {
		create();
		this.reconnector.lost(this.loss);
		this.reconnector.cancel();
		assertThat(this.parts.timer.pending()).isZero();
		assertThat(this.parts.observer.outages).isEmpty();
	}

	@Test
	@Rule("S11")
	void endInACallbackLeavesNoDelayBehind() {
		create();
		this.parts.handler.onCall = (call) -> this.parts.termination.end(SessionOutcome.closed(CloseStatus.NORMAL));
		this.reconnector.lost(this.loss);
		assertThat(this.parts.timer.pending()).isZero();
		assertThat(this.parts.transport.dials()).isEmpty();
	}

	/**
	 * The delay has passed, but its task comes behind the end.
	 */
	@Test
	@Rule("S11")
	void attemptThatIsDueWhenTheSessionEndsIsNotMade() throws Exception {
		create();
		this.reconnector.lost(this.loss);
		this.parts.onTask(() -> {
			this.parts.timer.advance(FIRST_DELAY);
			this.reconnector.ended(SessionOutcome.closed(CloseStatus.NORMAL));
		});
		assertThat(this.parts.transport.dials()).isEmpty();
		assertThat(this.parts.observer.outages).containsExactly(OutageOutcome.CLOSED);
	}

	/**
	 * A worker ends the session while the session's task is in a callback.
	 */
	@Test
	void taskThatReturnsFromACallbackAfterTheEndBeginsNothing() throws Exception {
		create();
		SessionOutcome closed = SessionOutcome.closed(CloseStatus.NORMAL);
		this.parts.handler.onCall = (call) -> this.reconnector.ended(closed);
		this.parts.onTask(() -> this.reconnector.lost(this.loss));
		assertThat(this.parts.observer.outages).containsExactly(OutageOutcome.CLOSED);
		assertThat(this.parts.timer.pending()).isZero();
		this.parts.handler.onCall = (call) -> {
		};
		this.reconnector.lost(this.loss);
		assertThat(this.parts.handler.calls).hasSize(1);
		assertThat(this.parts.observer.outages).hasSize(2).containsOnly(OutageOutcome.CLOSED);
	}

	@Test
	@Rule("S10")
	void failedChangeContinuesAsAnOutage() {
		create();
		Outage begun = new Outage(this.loss, "planned", this.parts.observer.outageStarted(true),
				this.parts.timer.nanoTime());
		Exception failure = new ConnectionLostException("of the change", CloseStatus.GOING_AWAY, null);
		this.parts.gate.shut(true);
		this.reconnector.takeOver(begun, failure, false);
		assertThat(this.parts.handler.calls).isEmpty();
		assertThat(this.parts.listener.events).containsExactly("disconnected", "reconnecting 1");
		assertThat(this.parts.history.outageSince()).isNotNull();
		this.parts.timer.advance(FIRST_DELAY);
		assertThat(this.reopened).singleElement().satisfies((context) -> {
			assertThat(context.lastFailure()).containsSame(failure);
			assertThat(context.planned()).isFalse();
			assertThat(context.reason()).isEqualTo("planned");
		});
		assertThat(this.parts.observer.outages).containsExactly(OutageOutcome.SUCCESS);
	}

	@Test
	@Rule("S10")
	void permanentFailureOfAChangeEndsTheSession() {
		create();
		Outage begun = new Outage(this.loss, "planned", this.parts.observer.outageStarted(true),
				this.parts.timer.nanoTime());
		Exception failure = new IllegalStateException("for good");
		this.reconnector.takeOver(begun, failure, true);
		assertThat(failure()).hasCause(failure);
		assertThat(this.parts.listener.events).isEmpty();
		assertThat(this.parts.timer.pending()).isZero();
	}

	@Test
	void connectionThatComesUpBehindTheEndIsNotOpenedOn() throws Exception {
		create();
		this.parts.transport.onDial(InMemoryTransport.Dial::ignoreAbort);
		this.reconnector.lost(this.loss);
		this.parts.timer.advance(FIRST_DELAY);
		this.parts.onTask(() -> {
			this.parts.transport.dials().get(0).accept();
			this.reconnector.ended(SessionOutcome.closed(CloseStatus.NORMAL));
		});
		assertThat(this.reopened).isEmpty();
	}

}
