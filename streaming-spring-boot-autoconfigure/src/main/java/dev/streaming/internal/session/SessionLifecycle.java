package dev.streaming.internal.session;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;

import dev.streaming.Message;
import dev.streaming.MessageHandlerException;
import dev.streaming.Reconnected;
import dev.streaming.SessionLimitException;
import dev.streaming.internal.connection.ConnectionEnd;
import dev.streaming.internal.connection.PhysicalConnection;
import dev.streaming.internal.retry.JitteredBackOff;
import dev.streaming.internal.util.SettingChecks;
import dev.streaming.observation.ConnectionObserver.ObservedSession;
import dev.streaming.observation.ConnectionObserver.OutageOutcome;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;

/**
 * Lifecycle of a session, from its opening over any number of connections to its end:
 * opens it, and decides how to continue after the end of a connection.
 * {@link ReceivePump}, {@link PlannedChange} and {@link Reconnector} do the work and
 * report to this class.
 * <p>
 * Called by the session's task, except {@link #ended}, which a worker may call while the
 * task is in a callback.
 */
final class SessionLifecycle implements SessionTermination.Participant {

	private final SessionEnvironment environment;

	private final ObservedSession session;

	private final SendGate gate;

	private final MessagePipeline pipeline;

	private final ChunkDelivery delivery;

	private final SessionCallbacks callbacks;

	private final SessionTermination termination;

	private final ReconnectPolicy policy;

	private final ReconnectHistory history = new ReconnectHistory();

	private final ReconnectBudget budget;

	private final ReceivePump pump;

	private final Reconnector reconnector;

	private final PlannedChange change;

	private final SessionTasks tasks;

	private final ConversationMonitor monitor;

	private final SessionLimiter limiter;

	// Written by the session's task, once; read by any thread
	private volatile @Nullable Opening opening;

	// The connection whose end the provider has reported. Confined to the session's task
	private @Nullable PhysicalConnection expired;

	SessionLifecycle(SessionEnvironment environment, ObservedSession session, JitteredBackOff backOff, SendGate gate,
			DefaultResponseChannel channel, MessagePipeline pipeline, ChunkDelivery delivery, SessionHooks hooks,
			SessionCallbacks callbacks, SessionTermination termination, ReconnectPolicy policy,
			ConversationMonitor monitor, SessionLimiter limiter) {
		this.monitor = monitor;
		this.limiter = limiter;
		this.environment = environment;
		this.session = session;
		this.gate = gate;
		this.pipeline = pipeline;
		this.delivery = delivery;
		this.callbacks = callbacks;
		this.termination = termination;
		this.policy = policy;
		this.budget = new ReconnectBudget(environment, backOff);
		this.pump = new ReceivePump(environment, channel, this::handle, this::connectionEnded, termination);
		ReconnectAttempt attempt = new ReconnectAttempt(environment, hooks, this.pump, delivery, callbacks, termination,
				policy, this.history);
		this.reconnector = new Reconnector(environment, this.budget, attempt, gate, callbacks, termination,
				this.history, this::reopen);
		this.change = new PlannedChange(environment, this.budget, attempt, this.reconnector, gate, this.pump, callbacks,
				termination, this::reopen);
		this.tasks = new SessionTasks(environment, termination, callbacks, this.change::changeIfQuiet);
		termination.add(this.reconnector);
		termination.add(hooks);
		termination.add(this.tasks);
		termination.add(this.pump);
		termination.add(delivery);
		termination.add(this.change);
		termination.add(this);
	}

	/**
	 * Open the session: held messages are sent, listeners are notified, receiving starts.
	 * @param connection the connection that is set up
	 */
	void open(PhysicalConnection connection) {
		this.opening = new Opening(this.environment.timer().nanoTime(), Instant.now());
		this.environment.observer().sessionOpened(this.session);
		this.environment.log().debug().log("The session is open");
		this.gate.open(connection);
		this.delivery.deliverHeld();
		this.budget.opened();
		this.change.opened();
		this.limiter.opened();
		this.callbacks.opened();
		this.pump.attach(connection);
		this.change.changeIfQuiet();
	}

	boolean isOpened() {
		return this.opening != null;
	}

	/**
	 * Return the time at which the session was opened.
	 * @return the time, or the epoch if it was not opened
	 */
	Instant openedOn() {
		Opening current = this.opening;
		return (current != null) ? current.on() : Instant.EPOCH;
	}

	ReconnectHistory history() {
		return this.history;
	}

	/**
	 * Request a planned change. May be called by any thread; does not block.
	 * @param reason the reason, for the peer and the log
	 * @param within maximum time to wait for a quiet moment
	 * @return a stage that completes when the session is open again, or fails
	 * @throws IllegalStateException if there is neither a handler nor a hook
	 */
	CompletionStage<Void> change(String reason, Duration within) {
		Assert.notNull(reason, "'reason' must not be null");
		SettingChecks.notNegative("within", within);
		Assert.state(this.policy.canSetUp(), () -> "The session '" + this.environment.name()
				+ "' has neither a handler nor onReconnect, so it cannot set up another connection");
		return this.change.request(reason, within);
	}

	SessionTasks tasks() {
		return this.tasks;
	}

	Duration readingTime() {
		return this.pump.readingTime();
	}

	/**
	 * Treat the close of the current connection as a loss, regardless of its code.
	 */
	void connectionExpired() {
		this.expired = this.environment.stateMachine().physicalConnection();
	}

	/**
	 * Schedule the change of the current connection, whose end the provider has
	 * announced.
	 * @param delay the time until the change
	 */
	void changeConnectionIn(Duration delay) {
		this.change.expiring(delay);
	}

	private boolean handle(Message message, boolean more) {
		if (!this.pipeline.accept(message, more)) {
			return false;
		}
		this.limiter.proceed();
		this.change.changeIfQuiet();
		return !this.termination.isOver();
	}

	private void connectionEnded(PhysicalConnection connection, ConnectionEnd end) {
		this.monitor.connectionEnded(this.change.isDraining());
		if (this.change.isDraining()) {
			this.callbacks.physicalConnectionEnded(true);
			this.change.drained();
			return;
		}
		if (end.kind() == ConnectionEnd.Kind.PEER && connection != this.expired) {
			this.callbacks.physicalConnectionEnded(false);
			this.termination.end(SessionOutcome.byPeer());
			return;
		}
		Throwable cause = this.environment.stateMachine().lost(end);
		if (!this.policy.reconnectsAfter(cause)) {
			this.callbacks.physicalConnectionEnded(false);
			this.termination.end(SessionOutcome.failed(cause, CloseStatus.NORMAL));
			return;
		}
		this.environment.log().warn().log("{}; reconnecting", cause.getMessage());
		this.environment.log().debug().setCause(cause).log("The connection was lost");
		this.change.interrupted();
		this.reconnector.lost(cause);
	}

	private void reopen(PhysicalConnection connection, Outage outage, DefaultReconnectContext context) {
		Duration took = Duration.ofNanos(this.environment.timer().nanoTime() - outage.since());
		boolean open = this.gate.open(connection);
		this.delivery.deliverHeld();
		if (!open) {
			return;
		}
		this.reconnector.opened();
		this.history.reconnected();
		outage.ended(OutageOutcome.SUCCESS, null);
		this.budget.opened();
		this.change.opened();
		this.callbacks
			.reconnected(new Reconnected(context.attempt(), took, context.planned(), context.isStateRestored()));
		this.change.completeRequests();
		this.pump.attach(connection);
	}

	@Override
	public @Nullable Runnable farewell() {
		return (this.opening != null && this.environment.config().handler() != null) ? this.callbacks::closing : null;
	}

	@Override
	public void ended(SessionOutcome how) {
		logEnd(how.error());
		Opening current = this.opening;
		if (current != null) {
			this.callbacks.closed(how.error());
			this.environment.observer()
				.sessionClosed(this.session, how.end(),
						Duration.ofNanos(this.environment.timer().nanoTime() - current.at()));
		}
	}

	private void logEnd(@Nullable Throwable failure) {
		SessionLog log = this.environment.log();
		if (failure == null) {
			log.debug().log("The session has ended");
			return;
		}
		if (failure instanceof SessionLimitException) {
			log.debug().log("The session has ended: {}", failure.getMessage());
			return;
		}
		// A failure of the handler is a fault of the application, so the log shows its
		// origin
		boolean handlers = failure instanceof MessageHandlerException;
		log.error().setCause(handlers ? failure : null).log("The session has ended: {}", failure.getMessage());
		log.debug().setCause(failure).log("Cause of the end of the session");
	}

	/**
	 * Moment of the opening.
	 *
	 * @param at the session's clock time
	 * @param on the date
	 */
	private record Opening(long at, Instant on) {

	}

}
