package dev.streaming.internal.session;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.ReconnectFailedException;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.concurrent.ThreadPool;
import dev.streaming.internal.connection.PhysicalConnection;
import dev.streaming.internal.util.Plural;
import dev.streaming.observation.ConnectionObserver.OutageOutcome;
import org.jspecify.annotations.Nullable;

/**
 * Reconnects in an outage: makes attempts, each after a delay, until one succeeds, the
 * budget is exhausted or a failure is permanent.
 * <p>
 * All methods are called by the session's task, except {@link #cancel()}, which is called
 * by the thread that ends the session, and {@link #ended}, which a worker may call while
 * the task is in a callback: the lock guards the shared state, and nothing is called back
 * under it.
 */
final class Reconnector implements ReconnectAttempt.Listener, SessionTermination.Participant {

	private final SessionEnvironment environment;

	private final ReconnectBudget budget;

	private final ReconnectAttempt attempt;

	private final SendGate gate;

	private final SessionCallbacks callbacks;

	private final SessionTermination termination;

	private final ReconnectHistory history;

	private final SessionOpener opener;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private State state = State.CONNECTED;

	// Set while there is an outage
	@GuardedBy("lock")
	private @Nullable Outage outage;

	// Set while the state is BACKING_OFF
	@GuardedBy("lock")
	private Scheduler.@Nullable Timeout delay;

	// Failure of the last attempt in this outage. Confined to the session's task
	private @Nullable Throwable lastFailure;

	Reconnector(SessionEnvironment environment, ReconnectBudget budget, ReconnectAttempt attempt, SendGate gate,
			SessionCallbacks callbacks, SessionTermination termination, ReconnectHistory history,
			SessionOpener opener) {
		this.environment = environment;
		this.budget = budget;
		this.attempt = attempt;
		this.gate = gate;
		this.callbacks = callbacks;
		this.termination = termination;
		this.history = history;
		this.opener = opener;
	}

	/**
	 * Reconnect after the loss of the connection.
	 * @param cause the reason of the loss
	 */
	void lost(Throwable cause) {
		Outage begun = new Outage(cause, this.environment.stateMachine().peerText().message(cause),
				this.environment.observer().outageStarted(false), this.environment.timer().nanoTime());
		this.budget.left();
		this.history.failed(cause, this.environment.stateMachine().peerText());
		if (begin(begun, null)) {
			this.callbacks.physicalConnectionEnded(false);
			this.callbacks.disconnected(cause);
			nextAttempt(begun);
		}
	}

	/**
	 * Continue after the attempt of a planned change has failed.
	 * @param begun the outage that began with the change
	 * @param failure the failure of the attempt
	 * @param permanent whether another attempt cannot succeed
	 */
	void takeOver(Outage begun, Throwable failure, boolean permanent) {
		if (permanent) {
			giveUpForGood(begun, failure);
		}
		else if (begin(begun, failure)) {
			this.callbacks.disconnected(begun.cause());
			nextAttempt(begun);
		}
	}

	private boolean begin(Outage begun, @Nullable Throwable failure) {
		if (!moveTo(State.BACKING_OFF, begun)) {
			begun.ended(OutageOutcome.CLOSED, this.termination.error());
			return false;
		}
		this.lastFailure = failure;
		this.history.outageBegan();
		this.gate.shut(false);
		return true;
	}

	private boolean moveTo(State next, @Nullable Outage with) {
		this.lock.lock();
		try {
			if (this.state == State.ENDED) {
				return false;
			}
			this.state = next;
			this.outage = with;
			if (this.delay != null) {
				this.delay.cancel();
				this.delay = null;
			}
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void nextAttempt(Outage current) {
		if (!this.budget.take()) {
			giveUp(current, this.lastFailure, OutageOutcome.EXHAUSTED,
					"after " + Plural.of(this.budget.used(), "attempt") + " (maxReconnectAttempts)");
			return;
		}
		Duration wait = this.budget.delay(this.lastFailure);
		this.callbacks.reconnecting(this.budget.used(), wait);
		backOff(current, wait);
	}

	private void backOff(Outage current, Duration wait) {
		this.lock.lock();
		try {
			// An end of the session before the delay was set is detected here
			if (this.state != State.ENDED && !this.termination.isOver()) {
				this.state = State.BACKING_OFF;
				this.delay = this.environment.timer().scheduleDial(wait, () -> begin(() -> attempt(current)));
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	// Behind the losses of all other sessions, dials that are due would begin together.
	// If
	// the dial pool has no thread, the dial reports that (rule B7)
	private void begin(Runnable attempt) {
		Executor dialers = this.environment.dialers();
		if (ThreadPool.exhaustion(dialers) == null) {
			this.environment.serial().executeOn(dialers, attempt);
		}
		else {
			this.environment.serial().execute(attempt);
		}
	}

	private void attempt(Outage current) {
		if (moveTo(State.ATTEMPTING, current)) {
			this.attempt
				.start(new DefaultReconnectContext(this.budget.used(), this.environment.config().maxReconnectAttempts(),
						current.cause(), this.lastFailure, false, current.reason()), this);
		}
	}

	@Override
	public void succeeded(PhysicalConnection connection, DefaultReconnectContext context) {
		Outage current = outage();
		if (current != null) {
			this.opener.reopen(connection, current, context);
		}
	}

	@Override
	public void failed(Throwable failure, boolean permanent) {
		Outage current = outage();
		if (current == null) {
			return;
		}
		this.lastFailure = failure;
		if (permanent) {
			giveUpForGood(current, failure);
		}
		else {
			nextAttempt(current);
		}
	}

	private @Nullable Outage outage() {
		this.lock.lock();
		try {
			return this.outage;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void giveUpForGood(Outage current, Throwable failure) {
		giveUp(current, failure, OutageOutcome.PERMANENT, "(permanent failure)");
	}

	private void giveUp(Outage current, @Nullable Throwable failure, OutageOutcome outcome, String why) {
		Throwable last = (failure != null) ? failure : current.cause();
		ReconnectFailedException error = new ReconnectFailedException("The session '" + this.environment.name()
				+ "' failed to reconnect " + why + ": " + this.environment.stateMachine().peerText().message(last),
				last, this.budget.used());
		if (last != current.cause()) {
			error.addSuppressed(current.cause());
		}
		this.termination.end(SessionOutcome.notReconnected(error, outcome));
	}

	/**
	 * Record that the session is open again.
	 */
	void opened() {
		moveTo(State.CONNECTED, null);
	}

	/**
	 * Cancel the delay before an attempt. May be called by any thread; does not block.
	 */
	@Override
	public void cancel() {
		this.lock.lock();
		try {
			if (this.delay != null) {
				this.delay.cancel();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void ended(SessionOutcome how) {
		Outage current;
		this.lock.lock();
		try {
			current = this.outage;
			moveTo(State.ENDED, null);
		}
		finally {
			this.lock.unlock();
		}
		if (current != null) {
			current.ended(how.outage(), how.error());
		}
	}

	private enum State {

		/** There is no outage. */
		CONNECTED,

		/** The delay before an attempt is in progress. */
		BACKING_OFF,

		/** A dial or a hook is in progress. */
		ATTEMPTING,

		/** The session has ended. */
		ENDED

	}

}
