package dev.streaming.internal.session;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.streaming.ConnectFailedException;
import dev.streaming.ConnectionLostException;
import dev.streaming.PermanentFailureException;
import dev.streaming.ReconnectFailedException;
import dev.streaming.Reconnected;
import dev.streaming.SessionClosedException;
import dev.streaming.SessionConfig;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.concurrent.SequentialExecutor;
import dev.streaming.internal.connection.ConnStateMachine;
import dev.streaming.internal.connection.ConnStateMachine.ConnectOperation;
import dev.streaming.internal.connection.ConnectionEnd;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.internal.connection.PhysicalConnection;
import dev.streaming.internal.session.HookInvocation.HookTimeoutException;
import dev.streaming.internal.util.CloseFrames;
import dev.streaming.observation.ConnectionObserver;
import dev.streaming.observation.ConnectionObserver.AttemptOutcome;
import dev.streaming.observation.ConnectionObserver.OutageObserver;
import dev.streaming.observation.ConnectionObserver.OutageOutcome;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * How a session comes to its next connection: after a loss, attempt by attempt within the
 * budget, or by a planned change at a quiet moment. An attempt is a delay, a dial and a
 * hook; only the hook holds a thread.
 * <p>
 * Everything here belongs to the session's own task, apart from {@link #cancel()}, which
 * comes from whoever ends the session.
 */
final class Reconnector {

	private final DefaultSession session;

	private final SessionConfig config;

	private final DefaultConn conn;

	private final ConnStateMachine core;

	private final SequentialExecutor serial;

	private final Scheduler timer;

	private final ConnectionObserver observer;

	// Who waits for a session that is open again
	private final List<CompletableFuture<Void>> waiters = new ArrayList<>();

	private int attemptsUsed;

	private long openSince;

	private @Nullable Outage outage;

	private @Nullable String pendingReason;

	private boolean forced;

	// When the change that waits is forced
	private long forcedAt;

	// A change that is asked for before that waits for it
	private boolean sessionOpen;

	private Scheduler.@Nullable Timeout ageLimit;

	private Scheduler.@Nullable Timeout force;

	// Read by cancel()
	private volatile Scheduler.@Nullable Timeout delay;

	// Written by the session's task, read by snapshots
	private volatile int reconnects;

	private volatile @Nullable Instant outageSince;

	private volatile @Nullable Throwable lastFailure;

	Reconnector(DefaultSession session, SessionConfig config, DefaultConn conn, SequentialExecutor serial) {
		this.session = session;
		this.config = config;
		this.conn = conn;
		this.core = conn.core();
		this.serial = serial;
		this.timer = this.core.timer();
		this.observer = this.core.observer();
	}

	int reconnects() {
		return this.reconnects;
	}

	@Nullable Instant outageSince() {
		return this.outageSince;
	}

	/**
	 * Return the last failure that was not the end of the session.
	 * @return the failure, or {@code null}
	 */
	@Nullable Throwable lastFailure() {
		return this.lastFailure;
	}

	/**
	 * Call off the wait before an attempt. Any thread; does not block.
	 */
	void cancel() {
		Scheduler.Timeout waiting = this.delay;
		if (waiting != null) {
			waiting.cancel();
		}
	}

	/**
	 * The session has ended.
	 * @param error what ended it, or {@code null}
	 * @param outcome how an outage under way ended
	 */
	void end(@Nullable Throwable error, OutageOutcome outcome) {
		cancelTimeouts();
		Outage current = this.outage;
		this.outage = null;
		if (current != null) {
			current.ended(outcome, error);
		}
		SessionClosedException failure = new SessionClosedException(
				"The session '" + this.session.id() + "' has ended before it had another connection", error);
		this.waiters.forEach((waiter) -> waiter.completeExceptionally(failure));
		this.waiters.clear();
	}

	/**
	 * The session is open on a link.
	 */
	void opened() {
		this.sessionOpen = true;
		this.openSince = this.timer.nanoTime();
		Duration age = this.config.maxConnectionAge();
		if (!age.isZero()) {
			this.ageLimit = this.timer.schedule(age, () -> this.serial
				.execute(() -> plan("maxConnectionAge", this.config.plannedChangeMaxWait(), null)));
		}
	}

	private void cancelTimeouts() {
		if (this.ageLimit != null) {
			this.ageLimit.cancel();
			this.ageLimit = null;
		}
		if (this.force != null) {
			this.force.cancel();
			this.force = null;
		}
	}

	boolean isUnderWay() {
		return this.outage != null;
	}

	/**
	 * Change the connection when no response is in flight.
	 * @param reason why
	 * @param within when to do it all the same
	 * @param waiter completes when the session is open again, or {@code null}
	 */
	void plan(String reason, Duration within, @Nullable CompletableFuture<Void> waiter) {
		if (this.session.isOver()) {
			if (waiter != null) {
				waiter.completeExceptionally(
						new SessionClosedException("The session '" + this.session.id() + "' has ended", null));
			}
			return;
		}
		if (waiter != null) {
			this.waiters.add(waiter);
		}
		if (this.outage != null) {
			return;
		}
		if (this.pendingReason == null) {
			this.pendingReason = reason;
		}
		forceWithin(within);
		changeIfQuiet();
	}

	private void forceWithin(Duration within) {
		long at = this.timer.nanoTime() + within.toNanos();
		if (this.force != null) {
			if (at - this.forcedAt >= 0) {
				// A later request does not put off an earlier one
				return;
			}
			this.force.cancel();
		}
		this.forcedAt = at;
		this.force = this.timer.schedule(within, () -> this.serial.execute(() -> {
			if (this.pendingReason != null) {
				this.forced = true;
				changeIfQuiet();
			}
		}));
	}

	/**
	 * A message was handled: a change that waits may find the moment quiet.
	 */
	void changeIfQuiet() {
		String reason = this.pendingReason;
		if (reason == null || !this.sessionOpen || this.outage != null || this.session.isOver()
				|| (!this.forced && this.session.callbacks().isResponseInFlight())) {
			return;
		}
		CloseStatus status = CloseFrames.sendable(new CloseStatus(CloseStatus.NORMAL.getCode(), reason));
		Throwable cause = new ConnectionLostException(
				this.core.describe("The connection is changed as planned: " + reason), status, null);
		begin(new Outage(cause, reason, true, this.observer.outageStarted(true), this.timer.nanoTime()));
		this.session.shut(true);
		this.core.drain(status);
		this.session.drainInput();
	}

	/**
	 * A link has ended that was not to end, and the session may have another.
	 * @param cause why it ended
	 */
	void lost(Throwable cause) {
		begin(new Outage(cause, String.valueOf(cause.getMessage()), false, this.observer.outageStarted(false),
				this.timer.nanoTime()));
		this.session.shut(false);
		this.session.callbacks().linkEnded(false);
		this.session.callbacks().disconnected(cause);
		nextAttempt();
	}

	private void begin(Outage started) {
		cancelTimeouts();
		if (this.timer.nanoTime() - this.openSince >= this.config.reconnectStableAfter().toNanos()) {
			this.attemptsUsed = 0;
		}
		this.outage = started;
		if (!started.planned) {
			this.outageSince = Instant.now();
			this.lastFailure = started.cause;
		}
		this.pendingReason = null;
		this.forced = false;
	}

	/**
	 * The old link of a planned change is gone, with everything it had.
	 */
	void drained() {
		this.session.callbacks().reconnecting(1, Duration.ZERO);
		dial();
	}

	private void nextAttempt() {
		Outage current = outage();
		if (this.attemptsUsed >= this.config.maxReconnectAttempts()) {
			giveUp(OutageOutcome.EXHAUSTED, "after " + this.attemptsUsed + " attempts (maxReconnectAttempts)");
			return;
		}
		this.attemptsUsed++;
		Duration wait = (this.attemptsUsed == 1) ? this.conn.backOff().spread()
				: this.conn.backOff().delayAfter(this.attemptsUsed, retryAfter(current.lastFailure));
		this.session.callbacks().reconnecting(this.attemptsUsed, wait);
		this.delay = this.timer.schedule(wait, () -> this.serial.execute(this::dial));
		if (this.session.isOver()) {
			cancel();
		}
	}

	private static @Nullable Duration retryAfter(@Nullable Throwable failure) {
		return (failure instanceof ConnectFailedException failed) ? failed.retryAfter().orElse(null) : null;
	}

	private void giveUp(OutageOutcome outcome, String why) {
		Outage current = outage();
		Throwable last = (current.lastFailure != null) ? current.lastFailure : current.cause;
		ReconnectFailedException error = new ReconnectFailedException("The session '" + this.session.id()
				+ "' could not have another connection, " + why + ": " + last.getMessage(), last, this.attemptsUsed);
		if (last != current.cause) {
			error.addSuppressed(current.cause);
		}
		this.session.end(SessionOutcome.failed(error, CloseStatus.NORMAL), outcome);
	}

	private void dial() {
		if (this.session.isOver()) {
			return;
		}
		ConnectOperation operation;
		try {
			operation = this.core.begin();
		}
		catch (IllegalStateException ex) {
			if (this.session.isOver()) {
				return;
			}
			// Somebody closed the connection under the session
			attemptFailed(AttemptOutcome.DIAL_FAILED, ex, true);
			return;
		}
		this.core.dial(operation)
			.result()
			.whenComplete((link, failure) -> this.serial.execute(() -> dialled(operation, link, failure)));
	}

	private void dialled(ConnectOperation operation, @Nullable PhysicalConnection link, @Nullable Throwable failure) {
		this.core.end(operation);
		if (this.session.isOver()) {
			if (link != null) {
				link.over().whenComplete((ignored, none) -> abandon(link));
			}
			return;
		}
		if (link == null) {
			Throwable why = (failure instanceof CompletionException wrapped && wrapped.getCause() != null)
					? wrapped.getCause() : Objects.requireNonNull(failure);
			boolean permanent = !(why instanceof ConnectFailedException failed && failed.isRetryable())
					|| !this.session.mayReconnect(why);
			attemptFailed(AttemptOutcome.DIAL_FAILED, why, permanent);
			return;
		}
		runHook(link);
	}

	/**
	 * A link came up when nobody wanted it any more: what it brought until it was closed
	 * is given up with it.
	 * @param link the link, which is over
	 */
	private void abandon(PhysicalConnection link) {
		int unhandled = link.inbox().abandon(ConnectionEnd.RESET);
		if (unhandled > 0) {
			this.observer.chunksDiscarded(unhandled);
		}
	}

	private void runHook(PhysicalConnection link) {
		Outage current = outage();
		DefaultReconnectContext context = new DefaultReconnectContext(current.planned ? 1 : this.attemptsUsed,
				this.config.maxReconnectAttempts(), current.cause, current.lastFailure, current.planned,
				current.reason);
		this.session.expectInput(link);
		try {
			this.session.hooks()
				.run(link, (view, sessionContext) -> this.session.handler().reconnect(context, view, sessionContext));
		}
		catch (Exception ex) {
			hookFailed(link, ex);
			return;
		}
		if (this.session.isOver()) {
			return;
		}
		this.observer.attempted(AttemptOutcome.SUCCESS);
		succeeded(link, context);
	}

	private void hookFailed(PhysicalConnection link, Exception failure) {
		if (this.session.isOver()) {
			// Whoever ended it closes the connection, and says with which code
			return;
		}
		boolean timedOut = failure instanceof HookTimeoutException;
		AttemptOutcome outcome = timedOut ? AttemptOutcome.HOOK_TIMEOUT : AttemptOutcome.HOOK_FAILED;
		boolean permanent = failure instanceof PermanentFailureException;
		this.session.deliverHeld();
		this.core.drain(CloseStatus.NORMAL);
		// Not when the connection is known to be of no use: messages may still come
		link.over().whenComplete((ignored, none) -> this.serial.execute(() -> {
			if (this.session.isOver()) {
				return;
			}
			this.session.handleLeft(link);
			if (!this.session.isOver()) {
				this.session.callbacks().linkEnded(false);
				attemptFailed(outcome, failure, permanent);
			}
		}));
	}

	private void attemptFailed(AttemptOutcome outcome, Throwable failure, boolean permanent) {
		Outage current = outage();
		this.observer.attempted(outcome);
		current.lastFailure = failure;
		this.lastFailure = failure;
		this.session.logAttemptFailed(this.attemptsUsed, failure);
		if (permanent) {
			giveUp(OutageOutcome.PERMANENT, "and another attempt cannot mend it");
			return;
		}
		if (current.planned) {
			// The one try of a planned change has failed: an outage like any other
			current.planned = false;
			this.outageSince = Instant.now();
			this.session.shut(false);
			this.session.callbacks().disconnected(current.cause);
		}
		nextAttempt();
	}

	private void succeeded(PhysicalConnection link, DefaultReconnectContext context) {
		Outage current = outage();
		Duration took = Duration.ofNanos(this.timer.nanoTime() - current.since);
		boolean open = this.session.open(link);
		this.session.deliverHeld();
		if (!open) {
			return;
		}
		this.outage = null;
		this.outageSince = null;
		this.reconnects++;
		current.ended(OutageOutcome.SUCCESS, null);
		opened();
		this.session.callbacks()
			.reconnected(new Reconnected(context.attempt(), took, context.planned(), context.isStateRestored()));
		List<CompletableFuture<Void>> told = List.copyOf(this.waiters);
		this.waiters.clear();
		told.forEach((waiter) -> waiter.complete(null));
		this.session.attachInput(link);
	}

	private Outage outage() {
		return Objects.requireNonNull(this.outage);
	}

	/**
	 * The time without a connection that is set up.
	 */
	private static final class Outage {

		private final Throwable cause;

		private final String reason;

		private final OutageObserver observer;

		private final long since;

		private final AtomicBoolean told = new AtomicBoolean();

		private boolean planned;

		private @Nullable Throwable lastFailure;

		Outage(Throwable cause, String reason, boolean planned, OutageObserver observer, long since) {
			this.cause = cause;
			this.reason = reason;
			this.planned = planned;
			this.observer = observer;
			this.since = since;
		}

		/**
		 * Tell the observer, once: an end that did not wait for the session's task may
		 * come across it.
		 * @param outcome how it ended
		 * @param error what ended the session, or {@code null}
		 */
		void ended(OutageOutcome outcome, @Nullable Throwable error) {
			if (this.told.compareAndSet(false, true)) {
				this.observer.ended(outcome, error);
			}
		}

	}

}
