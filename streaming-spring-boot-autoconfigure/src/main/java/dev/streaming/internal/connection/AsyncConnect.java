package dev.streaming.internal.connection;

import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import dev.streaming.ConnectFailedException;
import dev.streaming.SessionSetupException;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.connection.ConnStateMachine.ConnectOperation;
import dev.streaming.internal.retry.RetryingDialer;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * Dials and sets up a connection until both succeed, step by step, without occupying a
 * thread between the steps. Steps run on worker threads and never overlap, so that their
 * state needs no lock.
 */
final class AsyncConnect {

	private final ConnStateMachine stateMachine;

	private final RetryingDialer dialer;

	private final Supplier<CompletableFuture<Void>> setup;

	private final Executor workers;

	private final CompletableFuture<Void> result = new CompletableFuture<>();

	// Written by the running step, read by the next one
	private ConnectOperation operation;

	// Written by the running step, read by the next one
	private int dials;

	AsyncConnect(ConnStateMachine stateMachine, RetryingDialer dialer, Supplier<CompletableFuture<Void>> setup) {
		this.stateMachine = stateMachine;
		this.dialer = dialer;
		this.setup = setup;
		this.workers = stateMachine.runtime().workers();
		this.operation = stateMachine.begin();
	}

	/**
	 * Start with the first dial.
	 * @return a future that completes on a worker thread when the connection is set up
	 */
	CompletableFuture<Void> start() {
		step(this::dial);
		return this.result;
	}

	private void step(Runnable step) {
		try {
			this.workers.execute(() -> {
				try {
					step.run();
				}
				catch (RuntimeException ex) {
					fail(ex);
				}
			});
		}
		catch (RejectedExecutionException ex) {
			fail(ex);
		}
	}

	private void dial() {
		this.dials++;
		this.stateMachine.dial(this.operation)
			.result()
			.whenComplete((opened, failure) -> step((failure != null) ? () -> failed(unwrap(failure)) : this::setUp));
	}

	private void setUp() {
		this.setup.get()
			.whenComplete(
					(ignored, failure) -> step((failure != null) ? () -> notSetUp(unwrap(failure)) : this::succeed));
	}

	private void succeed() {
		this.stateMachine.end(this.operation);
		this.result.complete(null);
	}

	private void notSetUp(Throwable failure) {
		if (!(failure instanceof SessionSetupException setupFailure)) {
			fail(failure);
			return;
		}
		this.stateMachine.leave(CloseStatus.NORMAL).whenComplete((ignored, none) -> step(() -> {
			if (this.dialer.mayRetry(this.dials, setupFailure)) {
				this.operation = beginAgain(this.stateMachine, setupFailure);
			}
			failed(setupFailure);
		}));
	}

	private void failed(Throwable failure) {
		if (!this.dialer.mayRetry(this.dials, failure)) {
			fail(failure);
			return;
		}
		AtomicBoolean over = new AtomicBoolean();
		Scheduler.Timeout timeout = this.stateMachine.timer()
			.scheduleDial(this.dialer.delay(this.dials, failure), () -> once(over, this::dial));
		this.operation.aborted().whenComplete((ignored, aborted) -> {
			timeout.cancel();
			once(over, () -> fail(unwrap(aborted)));
		});
	}

	private void once(AtomicBoolean over, Runnable step) {
		if (over.compareAndSet(false, true)) {
			step(step);
		}
	}

	private void fail(Throwable failure) {
		this.stateMachine.end(this.operation);
		this.result.completeExceptionally(
				(failure instanceof ConnectFailedException last) ? after(last, this.dials) : failure);
	}

	private static Throwable unwrap(@Nullable Throwable failure) {
		if (failure == null) {
			return new IllegalStateException("Nothing has failed");
		}
		Throwable cause = failure.getCause();
		return (failure instanceof CompletionException && cause != null) ? cause : failure;
	}

	/**
	 * Create the failure of an operation from that of its last dial.
	 * @param last the failure of the last dial
	 * @param dials the number of dials
	 * @return the failure
	 */
	static ConnectFailedException after(ConnectFailedException last, int dials) {
		String message = (dials > 1) ? last.getMessage() + ", after " + dials + " dials" : last.getMessage();
		return new ConnectFailedException(String.valueOf(message), last.getCause(), dials, last.statusCode(),
				last.proxyStatusCode(), last.retryAfter().orElse(null), last.isRetryable());
	}

	/**
	 * Start to connect again after a failed setup.
	 * @param stateMachine the state machine of the connection
	 * @param failure the failure
	 * @return the operation
	 * @throws ConnectFailedException if the connection was closed meanwhile
	 */
	static ConnectOperation beginAgain(ConnStateMachine stateMachine, SessionSetupException failure) {
		try {
			return stateMachine.begin();
		}
		catch (IllegalStateException ex) {
			throw new ConnectFailedException(stateMachine.describe("The connection was closed while connecting"),
					failure, 1, OptionalInt.empty(), null, false);
		}
	}

}
