package dev.streaming.internal.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import dev.streaming.Conn;
import dev.streaming.PermanentFailureException;
import dev.streaming.ReconnectContext;
import dev.streaming.ReconnectFailedException;
import dev.streaming.SessionClosedException;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.SessionSetupException;
import dev.streaming.internal.concurrent.PoolWatch;
import dev.streaming.internal.connection.PhysicalConnection;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * Runs the hooks of one session, one at a time, on the session's task: each with a view
 * of its connection that is invalid afterwards, and with a time limit. A hook that
 * ignores its interruption ends the session.
 */
final class SessionHooks implements SessionTermination.Participant {

	private final SessionEnvironment environment;

	private final SessionHandler handler;

	private final SessionContext context;

	private final ChunkDelivery delivery;

	private final SessionTermination termination;

	// Written by the session's task; read by any thread that cancels
	private volatile @Nullable HookInvocation running;

	SessionHooks(SessionEnvironment environment, SessionHandler handler, SessionContext context, ChunkDelivery delivery,
			SessionTermination termination) {
		this.environment = environment;
		this.handler = handler;
		this.context = context;
		this.delivery = delivery;
		this.termination = termination;
	}

	/**
	 * Set up another connection by the handler. Called by the session's task.
	 * @param connection the connection
	 * @param reconnect the context of the attempt
	 * @throws Exception if the handler failed or took too long
	 */
	void reconnect(PhysicalConnection connection, ReconnectContext reconnect) throws Exception {
		run(connection, (view) -> this.handler.reconnect(reconnect, view, this.context));
	}

	private void run(PhysicalConnection connection, Hook hook) throws Exception {
		HookInvocation invocation = new HookInvocation(this.environment.timer(),
				this.environment.config().reconnectHookTimeout(), this.environment.closeGracePeriod(),
				() -> this.termination.end(SessionOutcome.stuck(stuck())));
		SetupConn view = new SetupConn(this.environment.stateMachine(), connection, this::close);
		this.running = invocation;
		if (this.termination.isOver()) {
			invocation.cancel();
		}
		this.delivery.hold();
		try {
			invocation.run(() -> {
				hook.run(view);
				return null;
			});
		}
		finally {
			view.end();
			this.running = null;
			this.delivery.stopHolding();
			if (this.termination.isOver()) {
				this.delivery.deliverHeld();
			}
		}
	}

	private void close(CloseStatus status) {
		this.termination.end(SessionOutcome.closed(status));
	}

	private Throwable stuck() {
		return new ReconnectFailedException("A hook of session '" + this.environment.name()
				+ "' did not return within reconnectHookTimeout and ignored its interruption for closeGracePeriod",
				new IllegalStateException("The hook does not return"), 1);
	}

	/**
	 * Interrupt the running hook, if any. May be called by any thread; does not block.
	 */
	@Override
	public void cancel() {
		HookInvocation invocation = this.running;
		if (invocation != null) {
			invocation.cancel();
		}
	}

	/**
	 * Set up the first connection by the handler. Blocks the calling thread, which is not
	 * the session's task, within the hook timeout.
	 * @param connection the connection
	 * @throws SessionSetupException if the handler failed or took too long
	 * @throws InterruptedException if the calling thread was interrupted
	 */
	void setUp(PhysicalConnection connection) throws InterruptedException {
		try {
			setUpAsync(connection).get();
		}
		catch (InterruptedException ex) {
			cancel();
			throw ex;
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof SessionSetupException failure) {
				throw failure;
			}
			throw new IllegalStateException(ex.getCause());
		}
	}

	/**
	 * Set up the first connection by the handler, on the session's task. Does not block.
	 * @param connection the connection
	 * @return a future that completes after the setup; fails with a
	 * {@link SessionSetupException} if the handler failed or took too long
	 */
	CompletableFuture<Void> setUpAsync(PhysicalConnection connection) {
		CompletableFuture<Void> ready = new CompletableFuture<>();
		PoolWatch.execute(this.environment.workers(), this.environment.serial(), this.environment.timer(), () -> {
			try {
				run(connection, (view) -> this.handler.connect(view, this.context));
				ready.complete(null);
			}
			catch (Exception ex) {
				ready.completeExceptionally(ex);
			}
		}, (noThread) -> ready
			.completeExceptionally(new PermanentFailureException(String.valueOf(noThread.getMessage()), noThread)));
		// A setup that does not return ends the session, and must not block its caller
		this.termination.whenDone(() -> ready.completeExceptionally(sessionEnded(null)));
		CompletableFuture<Void> result = new CompletableFuture<>();
		ready.whenComplete((ignored, failure) -> {
			if (failure != null) {
				result.completeExceptionally(notSetUp(failure));
			}
			else {
				result.complete(null);
			}
		});
		return result;
	}

	private SessionSetupException notSetUp(Throwable failure) {
		Throwable cause = this.termination.isOver() ? sessionEnded(failure) : failure;
		return new SessionSetupException(this.environment.stateMachine()
			.describe("The setup of the session failed: " + this.environment.stateMachine().peerText().message(cause)),
				cause);
	}

	private SessionClosedException sessionEnded(@Nullable Throwable failure) {
		if (failure instanceof SessionClosedException reported) {
			return reported;
		}
		Throwable error = this.termination.error();
		return new SessionClosedException("The session ended during its setup", (error != null) ? error : failure);
	}

	/**
	 * Call that sets up a connection before anything else is sent on it.
	 */
	@FunctionalInterface
	private interface Hook {

		void run(Conn conn) throws Exception;

	}

}
