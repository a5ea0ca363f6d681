package dev.streaming.internal.session;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;

import dev.streaming.Message;
import dev.streaming.MessageHandlerException;
import dev.streaming.Reconnected;
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
 * The life of a session from its opening over any number of connections to its end: opens
 * it, and decides what follows the end of a connection. {@link ReceivePump},
 * {@link PlannedChange} and {@link Reconnector} do the work and report here.
 * <p>
 * Called by the session's task, but for {@link #ended}, which a worker may call while the
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

	// Written by the session's task, once; read by any thread
	private volatile @Nullable Opening opening;

	// The connection that the provider has said to end. Used by the session's task alone
	private @Nullable PhysicalConnection expired;

	SessionLifecycle(SessionEnvironment environment, ObservedSession session, JitteredBackOff backOff, SendGate gate,
			DefaultResponseChannel channel, MessagePipeline pipeline, ChunkDelivery delivery, SessionHooks hooks,
			SessionCallbacks callbacks, SessionTermination termination, ReconnectPolicy policy) {
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
	 * Open the session: what was held back is sent, listeners are told, receiving starts.
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
		this.callbacks.opened();
		this.pump.attach(connection);
		this.change.changeIfQuiet();
	}

	boolean isOpened() {
		return this.opening != null;
	}

	/**
	 * Return when the session was opened.
	 * @return the time, the epoch if it was not
	 */
	Instant openedOn() {
		Opening current = this.opening;
		return (current != null) ? current.on() : Instant.EPOCH;
	}

	ReconnectHistory history() {
		return this.history;
	}

	/**
	 * Request a planned change. Any thread; does not block.
	 * @param reason the reason, for the peer and the log
	 * @param within maximum time to wait for a quiet moment
	 * @return completes when the session is open again, or fails
	 * @throws IllegalStateException if nothing could set up another connection
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
	 * Take the close of the present connection as a loss, whatever its code.
	 */
	void connectionExpired() {
		this.expired = this.environment.stateMachine().physicalConnection();
	}

	private boolean handle(Message message) {
		if (!this.pipeline.accept(message)) {
			return false;
		}
		this.change.changeIfQuiet();
		return !this.termination.isOver();
	}

	private void connectionEnded(PhysicalConnection connection, ConnectionEnd end) {
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
		// A handler that fails is the application's own fault, so it is shown where
		boolean handlers = failure instanceof MessageHandlerException;
		log.error().setCause(handlers ? failure : null).log("The session has ended: {}", failure.getMessage());
		log.debug().setCause(failure).log("Cause of the end of the session");
	}

	/**
	 * The moment of the opening.
	 *
	 * @param at by the session's clock
	 * @param on by the calendar
	 */
	private record Opening(long at, Instant on) {

	}

}
