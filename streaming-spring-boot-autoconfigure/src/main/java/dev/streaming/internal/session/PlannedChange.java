package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.ConnectionLostException;
import dev.streaming.SessionClosedException;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.connection.PhysicalConnection;
import dev.streaming.internal.util.CloseReasons;
import dev.streaming.observation.ConnectionObserver.OutageOutcome;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * Changes the connection of a session at a quiet moment: on request, or when it has
 * reached its maximum age. The old connection is closed and drained, then there is one
 * attempt to connect again; if it fails, the {@link Reconnector} takes over.
 * <p>
 * A change may be requested by any thread. All other methods are called by the session's
 * task, except {@link #ended}, which a worker may call while the task is in a callback:
 * the lock guards the shared state, and nothing is called back under it.
 */
final class PlannedChange implements ReconnectAttempt.Listener, SessionTermination.Participant {

	private final SessionEnvironment environment;

	private final ReconnectBudget budget;

	private final ReconnectAttempt attempt;

	private final Reconnector reconnector;

	private final SendGate gate;

	private final ReceivePump pump;

	private final SessionCallbacks callbacks;

	private final SessionTermination termination;

	private final SessionOpener opener;

	private final QuietMomentPoll poll;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private State state = State.SETTING_UP;

	// Set while a change waits for a quiet moment. Written under lock; read by any thread
	private volatile @Nullable Request request;

	// Forces the waiting change
	@GuardedBy("lock")
	private Scheduler.@Nullable Timeout force;

	// Requests a change when the connection has reached its maximum age
	@GuardedBy("lock")
	private Scheduler.@Nullable Timeout ageLimit;

	// The clock's time at which the provider requires a change, if it has announced one
	@GuardedBy("lock")
	private @Nullable Long expiry;

	// Completed when the session is open again
	@GuardedBy("lock")
	private List<CompletableFuture<Void>> waiters = new ArrayList<>();

	// Set during the change, and in an outage that may follow
	@GuardedBy("lock")
	private @Nullable Outage outage;

	PlannedChange(SessionEnvironment environment, ReconnectBudget budget, ReconnectAttempt attempt,
			Reconnector reconnector, SendGate gate, ReceivePump pump, SessionCallbacks callbacks,
			SessionTermination termination, SessionOpener opener) {
		this.environment = environment;
		this.budget = budget;
		this.attempt = attempt;
		this.reconnector = reconnector;
		this.gate = gate;
		this.pump = pump;
		this.callbacks = callbacks;
		this.termination = termination;
		this.opener = opener;
		this.poll = new QuietMomentPoll(environment, this::changeIfQuiet);
	}

	/**
	 * Request a change. May be called by any thread; does not block.
	 * @param reason the reason, for the peer and the log
	 * @param within maximum time to wait for a quiet moment
	 * @return a stage that completes when the session is open again, or fails
	 */
	CompletionStage<Void> request(String reason, Duration within) {
		CompletableFuture<Void> changed = new CompletableFuture<>();
		this.environment.serial().execute(() -> {
			if (await(changed)) {
				plan(reason, within);
			}
		});
		return changed.minimalCompletionStage();
	}

	private boolean await(CompletableFuture<Void> waiter) {
		this.lock.lock();
		try {
			if (this.state != State.ENDED && !this.termination.isOver()) {
				this.waiters.add(waiter);
				return true;
			}
		}
		finally {
			this.lock.unlock();
		}
		waiter.completeExceptionally(
				new SessionClosedException("The session '" + this.environment.name() + "' has ended", null));
		return false;
	}

	private void plan(String reason, Duration within) {
		long at = this.environment.timer().nanoTime() + within.toNanos();
		this.lock.lock();
		try {
			if (this.state != State.SETTING_UP && this.state != State.OPEN) {
				// The change or outage in progress serves the request
				return;
			}
			if (this.request == null) {
				this.request = new Request(reason, at);
				forceIn(within);
			}
			else if (at - this.request.forcedAt() < 0) {
				// A later request does not postpone an earlier one
				this.request = new Request(this.request.reason(), at);
				forceIn(within);
			}
		}
		finally {
			this.lock.unlock();
		}
		changeIfQuiet();
	}

	@GuardedBy("lock")
	private void forceIn(Duration within) {
		Scheduler.cancel(this.force);
		this.force = this.environment.schedule(within, this::changeIfQuiet);
	}

	/**
	 * Begin the waiting change if the moment is quiet or the time to wait has elapsed.
	 */
	void changeIfQuiet() {
		Request waiting = waiting();
		if (waiting == null || this.termination.isOver()) {
			return;
		}
		boolean forced = this.environment.timer().nanoTime() - waiting.forcedAt() >= 0;
		boolean quiet = forced || !this.callbacks.isResponseInFlight();
		// The handler may have ended the session
		if (quiet && !this.termination.isOver()) {
			change(waiting.reason());
		}
		else {
			this.poll.askAgain();
		}
	}

	private @Nullable Request waiting() {
		if (this.request == null) {
			return null;
		}
		this.lock.lock();
		try {
			return (this.state == State.OPEN) ? this.request : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void change(String reason) {
		this.callbacks.plannedChange(reason);
		if (this.termination.isOver()) {
			return;
		}
		CloseStatus status = CloseReasons.sendable(new CloseStatus(CloseStatus.NORMAL.getCode(), reason));
		Throwable cause = new ConnectionLostException(
				this.environment.stateMachine().describe("Planned change of connection: " + reason), status, null);
		Outage begun = new Outage(cause, reason, this.environment.observer().outageStarted(true),
				this.environment.timer().nanoTime());
		if (!leave(State.DRAINING, begun)) {
			begun.ended(OutageOutcome.CLOSED, this.termination.error());
			return;
		}
		this.budget.left();
		this.gate.shut(true);
		this.environment.stateMachine().drain(status);
		this.pump.drain();
	}

	private boolean leave(State next, @Nullable Outage with) {
		this.lock.lock();
		try {
			if (this.state != State.OPEN) {
				return false;
			}
			moveTo(next, with);
		}
		finally {
			this.lock.unlock();
		}
		this.poll.cancel();
		return true;
	}

	@GuardedBy("lock")
	private void moveTo(State next, @Nullable Outage with) {
		this.state = next;
		this.outage = with;
		this.request = null;
		Scheduler.cancel(this.force);
		Scheduler.cancel(this.ageLimit);
		this.force = null;
		this.ageLimit = null;
		this.expiry = null;
	}

	/**
	 * Record that the connection was lost and the session reconnects, which serves a
	 * waiting change.
	 */
	void interrupted() {
		leave(State.OUTAGE, null);
	}

	/**
	 * Return whether a change waits for the end of the connection.
	 * @return whether the connection was closed by a change
	 */
	boolean isDraining() {
		this.lock.lock();
		try {
			return this.state == State.DRAINING;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Continue after the end of the old connection, whose messages were all handled.
	 */
	void drained() {
		Outage current = changing(State.DRAINING, State.CONNECTING);
		if (current != null) {
			this.callbacks.reconnecting(1, Duration.ZERO);
			this.attempt.start(new DefaultReconnectContext(1, this.environment.config().maxReconnectAttempts(),
					current.cause(), null, true, current.reason()), this);
		}
	}

	private @Nullable Outage changing(State from, State to) {
		this.lock.lock();
		try {
			if (this.state != from) {
				return null;
			}
			this.state = to;
			return this.outage;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void succeeded(PhysicalConnection connection, DefaultReconnectContext context) {
		Outage current = changing(State.CONNECTING, State.CONNECTING);
		if (current != null) {
			this.opener.reopen(connection, current, context);
		}
	}

	@Override
	public void failed(Throwable failure, boolean permanent) {
		Outage current = changing(State.CONNECTING, State.OUTAGE);
		if (current != null) {
			this.reconnector.takeOver(current, failure, permanent);
		}
	}

	/**
	 * Record that the session is open on a connection, the first one or a later one.
	 */
	void opened() {
		Duration age = this.environment.config().maxConnectionAge();
		this.lock.lock();
		try {
			if (this.state == State.ENDED) {
				return;
			}
			this.state = State.OPEN;
			this.outage = null;
			if (this.expiry != null) {
				expireAt(this.expiry);
			}
			else if (!age.isZero()) {
				this.ageLimit = this.environment.schedule(age,
						() -> plan("maxConnectionAge", this.environment.config().plannedChangeMaxWait()));
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Schedule the change of a connection whose end the provider has announced, possibly
	 * during its setup. Ignored if a maximum age is configured. May be called by any
	 * thread.
	 * @param delay the time until the change
	 */
	void expiring(Duration delay) {
		if (this.environment.config().isMaxConnectionAgeSet()) {
			return;
		}
		this.lock.lock();
		try {
			if (this.state == State.DRAINING || this.state == State.ENDED) {
				return;
			}
			this.expiry = this.environment.timer().nanoTime() + delay.toNanos();
			if (this.state == State.OPEN) {
				expireAt(this.expiry);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void expireAt(long time) {
		Scheduler.cancel(this.ageLimit);
		this.ageLimit = this.environment.schedule(
				Duration.ofNanos(Math.max(0, time - this.environment.timer().nanoTime())),
				() -> plan("expiry", this.environment.config().plannedChangeMaxWait()));
	}

	/**
	 * Complete the requests that were waiting for the session to open.
	 */
	void completeRequests() {
		takeWaiters().forEach((waiter) -> waiter.complete(null));
	}

	private List<CompletableFuture<Void>> takeWaiters() {
		this.lock.lock();
		try {
			List<CompletableFuture<Void>> taken = this.waiters;
			this.waiters = new ArrayList<>();
			return taken;
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
		this.poll.close();
		if (current != null) {
			current.ended(how.outage(), how.error());
		}
		SessionClosedException failure = new SessionClosedException(
				"The session '" + this.environment.name() + "' ended before a new connection was set up", how.error());
		takeWaiters().forEach((waiter) -> waiter.completeExceptionally(failure));
	}

	private enum State {

		/** The session is not open yet; requests wait for that. */
		SETTING_UP,

		/** The session is open; requests wait for a quiet moment. */
		OPEN,

		/** The old connection is being closed. */
		DRAINING,

		/** The attempt to connect again is in progress. */
		CONNECTING,

		/** The reconnector is running. */
		OUTAGE,

		/** The session has ended. */
		ENDED

	}

	/**
	 * Waiting change.
	 *
	 * @param reason the reason of the first request
	 * @param forcedAt the clock's time at which the change is forced
	 */
	private record Request(String reason, long forcedAt) {

	}

}
