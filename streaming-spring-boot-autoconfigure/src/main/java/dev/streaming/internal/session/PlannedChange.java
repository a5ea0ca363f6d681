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
 * reached its age. The old connection is closed and drained, then another one gets one
 * attempt; if that fails, the {@link Reconnector} takes over.
 * <p>
 * Any thread requests a change. The session's task calls every other method but
 * {@link #ended}, which a worker may call while the task is in a callback: the lock
 * guards what they use, and nothing is called back under it.
 */
final class PlannedChange implements ReconnectAttempt.Listener, SessionTermination.Participant {

	/**
	 * Interval at which the handler is asked for a quiet moment.
	 */
	static final Duration POLL_INTERVAL = Duration.ofMillis(250);

	private final SessionEnvironment environment;

	private final ReconnectBudget budget;

	private final ReconnectAttempt attempt;

	private final Reconnector reconnector;

	private final SendGate gate;

	private final ReceivePump pump;

	private final SessionCallbacks callbacks;

	private final SessionTermination termination;

	private final SessionOpener opener;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private State state = State.SETTING_UP;

	// Set while a change waits for a quiet moment
	@GuardedBy("lock")
	private @Nullable Request request;

	// Forces the change that waits
	@GuardedBy("lock")
	private Scheduler.@Nullable Timeout force;

	// Asks again whether the moment is quiet
	@GuardedBy("lock")
	private Scheduler.@Nullable Timeout poll;

	// Requests the change that the age of the connection asks for
	@GuardedBy("lock")
	private Scheduler.@Nullable Timeout ageLimit;

	// Complete when the session is open again
	@GuardedBy("lock")
	private List<CompletableFuture<Void>> waiters = new ArrayList<>();

	// Set while the connection is changed, and in the outage that may follow
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
	}

	/**
	 * Request a change. Any thread; does not block.
	 * @param reason the reason, for the peer and the log
	 * @param within maximum time to wait for a quiet moment
	 * @return completes when the session is open again, or fails
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
				// The request is done with the change or the outage in progress
				return;
			}
			if (this.request == null) {
				this.request = new Request(reason, at);
				forceIn(within);
			}
			else if (at - this.request.forcedAt() < 0) {
				// A later request does not put off an earlier one
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
		cancel(this.force);
		this.force = schedule(within, this::changeIfQuiet);
	}

	private Scheduler.Timeout schedule(Duration delay, Runnable task) {
		return this.environment.timer().schedule(delay, () -> this.environment.serial().execute(task));
	}

	private static void cancel(Scheduler.@Nullable Timeout timeout) {
		if (timeout != null) {
			timeout.cancel();
		}
	}

	/**
	 * Begin the change that waits, if the moment is quiet or its time has come.
	 */
	void changeIfQuiet() {
		Request waiting = waiting();
		if (waiting == null || this.termination.isOver()) {
			return;
		}
		boolean forced = this.environment.timer().nanoTime() - waiting.forcedAt() >= 0;
		boolean quiet = forced || !this.callbacks.isResponseInFlight();
		// The session may have ended while the handler was asked
		if (quiet && !this.termination.isOver()) {
			change(waiting.reason());
		}
		else {
			askAgain();
		}
	}

	// A turn may end without a message, when its time has elapsed
	private void askAgain() {
		this.lock.lock();
		try {
			if (this.state == State.OPEN && this.request != null && this.poll == null) {
				this.poll = schedule(POLL_INTERVAL, this::poll);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void poll() {
		this.lock.lock();
		try {
			this.poll = null;
		}
		finally {
			this.lock.unlock();
		}
		changeIfQuiet();
	}

	private @Nullable Request waiting() {
		this.lock.lock();
		try {
			return (this.state == State.OPEN) ? this.request : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void change(String reason) {
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
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void moveTo(State next, @Nullable Outage with) {
		this.state = next;
		this.outage = with;
		this.request = null;
		cancel(this.force);
		cancel(this.ageLimit);
		cancel(this.poll);
		this.poll = null;
		this.force = null;
		this.ageLimit = null;
	}

	/**
	 * The connection was lost, and the session reconnects. What waits is done with that.
	 */
	void interrupted() {
		leave(State.OUTAGE, null);
	}

	/**
	 * Return whether the end of the connection is awaited.
	 * @return whether it was closed by a change
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
	 * The old connection is gone, and everything that it received was handled.
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
	 * The session is open on a connection, the first one or another.
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
			if (!age.isZero()) {
				this.ageLimit = schedule(age,
						() -> plan("maxConnectionAge", this.environment.config().plannedChangeMaxWait()));
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Complete the requests that the session is open again for.
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
		if (current != null) {
			current.ended(how.outage(), how.error());
		}
		SessionClosedException failure = new SessionClosedException(
				"The session '" + this.environment.name() + "' ended before a new connection was set up", how.error());
		takeWaiters().forEach((waiter) -> waiter.completeExceptionally(failure));
	}

	private enum State {

		/** The session is not open yet; a request waits for that. */
		SETTING_UP,

		/** The session is open; a request waits for a quiet moment. */
		OPEN,

		/** The old connection is being closed. */
		DRAINING,

		/** The attempt to have another connection is in progress. */
		CONNECTING,

		/** The reconnector is running. */
		OUTAGE,

		/** The session has ended. */
		ENDED

	}

	/**
	 * A change that waits.
	 *
	 * @param reason the reason of the first request
	 * @param forcedAt the clock's time at which it does not wait any more
	 */
	private record Request(String reason, long forcedAt) {

	}

}
