package dev.streaming.internal.session;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.Conn;
import dev.streaming.SessionSetupException;
import dev.streaming.internal.concurrent.PoolWatch;
import dev.streaming.internal.concurrent.ThreadPool;
import dev.streaming.internal.connection.ConnStateMachine;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.internal.connection.Futures;
import dev.streaming.internal.connection.PhysicalConnection;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * Opens a session for the first time. Blocks the calling thread, which is not the
 * session's task. When it fails the session has ended and its connection is closed.
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
	 * Open on a connection that is open, or has messages left to receive.
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
	 * Dial, with retry, let the handler set the connection up, and open.
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

	private void start(PhysicalConnection connection) {
		this.owner.start();
		CompletableFuture<Void> told = new CompletableFuture<>();
		AtomicReference<@Nullable RejectedExecutionException> noThread = new AtomicReference<>();
		PoolWatch.execute(this.environment.workers(), this.environment.serial(), this.environment.timer(), () -> {
			try {
				if (!this.termination.isOver()) {
					this.lifecycle.open(connection);
				}
			}
			finally {
				told.complete(null);
			}
		}, (failure) -> {
			noThread.set(failure);
			told.complete(null);
		});
		Futures.awaitQuietly(told, this.environment.config().reconnectHookTimeout());
		RejectedExecutionException rejected = noThread.get();
		if (rejected != null) {
			throw new SessionSetupException(
					this.stateMachine.describe("The session was not opened: " + rejected.getMessage()), rejected);
		}
		if (!this.lifecycle.isOpened()) {
			throw new SessionSetupException(this.stateMachine.describe("The session was closed before it was open"),
					null);
		}
	}

	private void abandon() {
		if (ThreadPool.exhaustion(this.environment.workers()) != null) {
			// The end has to wait for a thread too, and the caller has waited enough
			this.termination.end(SessionOutcome.closed(CloseStatus.NORMAL));
			return;
		}
		this.termination.close(CloseStatus.NORMAL);
	}

}
