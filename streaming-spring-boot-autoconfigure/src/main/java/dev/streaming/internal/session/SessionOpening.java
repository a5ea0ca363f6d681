package dev.streaming.internal.session;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;

import dev.streaming.Conn;
import dev.streaming.SessionSetupException;
import dev.streaming.internal.concurrent.PoolWatch;
import dev.streaming.internal.concurrent.ThreadPool;
import dev.streaming.internal.connection.ConnStateMachine;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.internal.connection.Futures;
import dev.streaming.internal.connection.PhysicalConnection;

import org.springframework.web.socket.CloseStatus;

/**
 * Opens a session for the first time. Blocks the calling thread, which is not the
 * session's task. On failure the session has ended and its connection is closed.
 */
final class SessionOpening {

	private final SessionEnvironment environment;

	private final DefaultConn conn;

	private final ConnStateMachine stateMachine;

	private final SessionConnectionOwner owner;

	private final SessionHooks hooks;

	private final SessionLifecycle lifecycle;

	private final SessionTermination termination;

	SessionOpening(SessionEnvironment environment, DefaultConn conn, SessionConnectionOwner owner, SessionHooks hooks,
			SessionLifecycle lifecycle, SessionTermination termination) {
		this.environment = environment;
		this.conn = conn;
		this.stateMachine = environment.stateMachine();
		this.owner = owner;
		this.hooks = hooks;
		this.lifecycle = lifecycle;
		this.termination = termination;
	}

	/**
	 * Open the session on a connection that is open, or has messages left to receive.
	 */
	void open() {
		PhysicalConnection connection = this.stateMachine.physicalConnection();
		if (connection == null
				|| (this.stateMachine.state() != Conn.State.OPEN && connection.receiveQueue().isEmpty())) {
			throw this.stateMachine.notConnected();
		}
		this.stateMachine.own(this.owner);
		try {
			if (this.environment.config().handler() != null) {
				this.hooks.setUp(connection);
			}
			start(connection);
		}
		catch (SessionSetupException ex) {
			abandon();
			throw ex;
		}
		catch (InterruptedException ex) {
			abandon();
			Thread.currentThread().interrupt();
			throw new SessionSetupException(
					"Interrupted while the session '" + this.environment.name() + "' was set up", ex);
		}
	}

	/**
	 * Dial with retry, set up the connection by the handler, and open the session.
	 * @throws InterruptedException if the calling thread was interrupted
	 */
	void connect() throws InterruptedException {
		this.stateMachine.own(this.owner);
		boolean ready = false;
		try {
			this.conn.connectWithRetry(
					() -> this.hooks.setUp(Objects.requireNonNull(this.stateMachine.physicalConnection())));
			start(Objects.requireNonNull(this.stateMachine.physicalConnection()));
			ready = true;
		}
		finally {
			if (!ready) {
				abandon();
			}
		}
	}

	/**
	 * Dial with retry, set up the connection by the handler, and open the session,
	 * without blocking.
	 * @return a future that completes on a worker thread when the session is open, or
	 * fails when it has ended and its connection is closed
	 */
	CompletableFuture<Void> connectAsync() {
		this.stateMachine.own(this.owner);
		CompletableFuture<Void> result = new CompletableFuture<>();
		this.conn
			.connectAsync(() -> this.hooks.setUpAsync(Objects.requireNonNull(this.stateMachine.physicalConnection())))
			.thenCompose((ignored) -> startAsync(Objects.requireNonNull(this.stateMachine.physicalConnection())))
			.whenComplete((ignored, failure) -> {
				if (failure != null) {
					abandon(result, failure);
				}
				else {
					complete(result);
				}
			});
		return result;
	}

	// Dependent stages of the caller must not run on the session's task
	private void complete(CompletableFuture<Void> result) {
		try {
			this.environment.workers().execute(() -> result.complete(null));
		}
		catch (RejectedExecutionException ex) {
			abandon(result, ex);
		}
	}

	private void abandon(CompletableFuture<Void> result, Throwable failure) {
		Throwable cause = failure.getCause();
		Throwable begun = (failure instanceof CompletionException && cause != null) ? cause : failure;
		this.termination.end(SessionOutcome.closed(CloseStatus.NORMAL));
		this.termination.done().whenComplete((ignored, none) -> result.completeExceptionally(begun));
	}

	private void start(PhysicalConnection connection) {
		CompletableFuture<Void> begun = begin(connection);
		Futures.awaitQuietly(begun, this.environment.config().reconnectHookTimeout());
		if (begun.isCompletedExceptionally()
				&& begun.handle((ignored, failure) -> failure).join() instanceof SessionSetupException failure) {
			throw failure;
		}
		checkOpened();
	}

	private CompletableFuture<Void> startAsync(PhysicalConnection connection) {
		return begin(connection).thenRun(this::checkOpened);
	}

	private CompletableFuture<Void> begin(PhysicalConnection connection) {
		this.owner.start();
		CompletableFuture<Void> begun = new CompletableFuture<>();
		PoolWatch.execute(this.environment.workers(), this.environment.serial(), this.environment.timer(), () -> {
			try {
				if (!this.termination.isOver()) {
					this.lifecycle.open(connection);
				}
			}
			finally {
				begun.complete(null);
			}
		}, (failure) -> begun.completeExceptionally(new SessionSetupException(
				this.stateMachine.describe("The session was not opened: " + failure.getMessage()), failure)));
		return begun;
	}

	private void checkOpened() {
		if (!this.lifecycle.isOpened()) {
			throw new SessionSetupException(this.stateMachine.describe("The session was closed before it was open"),
					null);
		}
	}

	private void abandon() {
		if (ThreadPool.exhaustion(this.environment.workers()) != null) {
			// The end must wait for a thread, too, and the caller has waited long enough
			this.termination.end(SessionOutcome.closed(CloseStatus.NORMAL));
			return;
		}
		this.termination.close(CloseStatus.NORMAL);
	}

}
