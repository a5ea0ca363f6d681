package dev.streaming.internal.session;

import java.util.Objects;
import java.util.concurrent.CompletionException;

import dev.streaming.ConnectFailedException;
import dev.streaming.PermanentFailureException;
import dev.streaming.internal.connection.ConnStateMachine;
import dev.streaming.internal.connection.ConnStateMachine.ConnectOperation;
import dev.streaming.internal.connection.ConnectionEnd;
import dev.streaming.internal.connection.PhysicalConnection;
import dev.streaming.internal.session.HookInvocation.HookTimeoutException;
import dev.streaming.observation.ConnectionObserver;
import dev.streaming.observation.ConnectionObserver.AttemptOutcome;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * Makes an attempt to connect again: a dial and a hook. Only the hook occupies a thread.
 * When the session ends, the attempt in progress is abandoned and no listener is
 * notified.
 * <p>
 * Called by the session's task, which also calls the listener.
 */
final class ReconnectAttempt {

	private final SessionEnvironment environment;

	private final SessionHooks hooks;

	private final ReceivePump pump;

	private final ChunkDelivery delivery;

	private final SessionCallbacks callbacks;

	private final SessionTermination termination;

	private final ReconnectPolicy policy;

	private final ReconnectHistory history;

	private final ConnStateMachine stateMachine;

	private final ConnectionObserver observer;

	ReconnectAttempt(SessionEnvironment environment, SessionHooks hooks, ReceivePump pump, ChunkDelivery delivery,
			SessionCallbacks callbacks, SessionTermination termination, ReconnectPolicy policy,
			ReconnectHistory history) {
		this.environment = environment;
		this.hooks = hooks;
		this.pump = pump;
		this.delivery = delivery;
		this.callbacks = callbacks;
		this.termination = termination;
		this.policy = policy;
		this.history = history;
		this.stateMachine = environment.stateMachine();
		this.observer = environment.observer();
	}

	/**
	 * Begin an attempt.
	 * @param context the context of its hook
	 * @param listener called once with the result, unless the session ends
	 */
	void start(DefaultReconnectContext context, Listener listener) {
		if (this.termination.isOver()) {
			return;
		}
		ConnectOperation operation;
		try {
			operation = this.stateMachine.begin();
		}
		catch (IllegalStateException ex) {
			if (!this.termination.isOver()) {
				// The connection was closed outside of the session
				failed(AttemptOutcome.DIAL_FAILED, context, ex, true, listener);
			}
			return;
		}
		this.stateMachine.dial(operation)
			.result()
			.whenComplete((connection, failure) -> this.environment.serial()
				.execute(() -> dialled(operation, context, connection, failure, listener)));
	}

	private void dialled(ConnectOperation operation, DefaultReconnectContext context,
			@Nullable PhysicalConnection connection, @Nullable Throwable failure, Listener listener) {
		this.stateMachine.end(operation);
		if (this.termination.isOver()) {
			if (connection != null) {
				connection.over().whenComplete((ignored, none) -> abandon(connection));
			}
			return;
		}
		if (connection == null) {
			Throwable why = (failure instanceof CompletionException wrapped && wrapped.getCause() != null)
					? wrapped.getCause() : Objects.requireNonNull(failure);
			boolean permanent = !(why instanceof ConnectFailedException refused && refused.isRetryable())
					|| !this.policy.isTransient(why);
			failed(AttemptOutcome.DIAL_FAILED, context, why, permanent, listener);
			return;
		}
		runHook(connection, context, listener);
	}

	/**
	 * Discard the messages of a connection that was opened after the session had ended.
	 * @param connection the connection, which has ended
	 */
	private void abandon(PhysicalConnection connection) {
		int unhandled = connection.receiveQueue().abandon(ConnectionEnd.RESET);
		if (unhandled > 0) {
			this.observer.chunksDiscarded(unhandled);
		}
	}

	private void runHook(PhysicalConnection connection, DefaultReconnectContext context, Listener listener) {
		this.pump.expect(connection);
		try {
			this.hooks.reconnect(connection, context);
		}
		catch (Exception ex) {
			hookFailed(connection, context, ex, listener);
			return;
		}
		if (!this.termination.isOver()) {
			this.observer.attempted(AttemptOutcome.SUCCESS);
			listener.succeeded(connection, context);
		}
	}

	private void hookFailed(PhysicalConnection connection, DefaultReconnectContext context, Exception failure,
			Listener listener) {
		if (this.termination.isOver()) {
			// The caller that ended the session closes the connection, with its own code
			return;
		}
		AttemptOutcome outcome = (failure instanceof HookTimeoutException) ? AttemptOutcome.HOOK_TIMEOUT
				: AttemptOutcome.HOOK_FAILED;
		this.delivery.deliverHeld();
		this.stateMachine.drain(CloseStatus.NORMAL);
		this.pump.drainLeft(connection, (ended, how) -> {
			this.callbacks.physicalConnectionEnded(false);
			failed(outcome, context, failure, failure instanceof PermanentFailureException, listener);
		});
	}

	private void failed(AttemptOutcome outcome, DefaultReconnectContext context, Throwable failure, boolean permanent,
			Listener listener) {
		this.observer.attempted(outcome);
		this.history.failed(failure, this.stateMachine.peerText());
		this.environment.log()
			.debug()
			.addKeyValue("attempt", context.attempt())
			.setCause(failure)
			.log("An attempt to reconnect failed");
		listener.failed(failure, permanent);
	}

	/**
	 * Callbacks for the result of an attempt. Called by the session's task.
	 */
	interface Listener {

		/**
		 * Called when the hook has returned.
		 * @param connection the connection that is set up
		 * @param context the context of the hook
		 */
		void succeeded(PhysicalConnection connection, DefaultReconnectContext context);

		/**
		 * Called when the dial or the hook has failed.
		 * @param failure the failure
		 * @param permanent whether another attempt cannot succeed
		 */
		void failed(Throwable failure, boolean permanent);

	}

}
