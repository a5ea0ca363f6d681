package dev.streaming.internal.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

import dev.streaming.Conn;
import dev.streaming.ReconnectFailedException;
import dev.streaming.SessionClosedException;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionSetupException;
import dev.streaming.StreamChunk;
import dev.streaming.internal.concurrent.SequentialExecutor;
import dev.streaming.internal.connection.ConnStateMachine;
import dev.streaming.internal.connection.PhysicalConnection;
import org.jspecify.annotations.Nullable;

/**
 * Runs the hooks of one session, one at a time, on the session's task: each with a view
 * of its connection that is dead afterwards, and with a limit. {@link #cancel()} comes
 * from whoever ends the session.
 */
final class SessionHooks {

	private final DefaultSession session;

	private final SessionConfig config;

	private final ConnStateMachine core;

	private final SequentialExecutor serial;

	private volatile @Nullable HookInvocation running;

	// What hooks have emitted; given up by another thread if the task does not come back
	private final Queue<StreamChunk> emitted = new ConcurrentLinkedQueue<>();

	SessionHooks(DefaultSession session, SessionConfig config, ConnStateMachine core, SequentialExecutor serial) {
		this.session = session;
		this.config = config;
		this.core = core;
		this.serial = serial;
	}

	/**
	 * Run a hook on the calling thread, which is the session's task.
	 * @param link the connection
	 * @param hook the hook
	 * @throws Exception what the hook threw, or that it took too long
	 */
	void run(PhysicalConnection link, Hook hook) throws Exception {
		HookInvocation run = new HookInvocation(this.core.timer(), this.config.reconnectHookTimeout(),
				this.core.config().closeGracePeriod(), () -> this.session.end(SessionOutcome.stuck(stuck())));
		Consumer<SessionOutcome> end = this.session::end;
		SetupConn view = new SetupConn(this.core, link, (status) -> end.accept(SessionOutcome.closed(status)));
		this.running = run;
		if (this.session.isOver()) {
			run.cancel();
		}
		try {
			run.run(() -> {
				hook.run(view, this.session.context());
				return null;
			});
		}
		finally {
			view.end();
			this.running = null;
			if (this.session.isOver()) {
				this.session.deliverHeld();
			}
		}
	}

	/**
	 * Keep a chunk that a hook emits on its own thread until the hook is over: who takes
	 * it must find the session open.
	 * @param chunk the chunk
	 * @return whether it is kept
	 */
	boolean hold(StreamChunk chunk) {
		return this.running != null && this.serial.isCurrent() && this.emitted.add(chunk);
	}

	/**
	 * Return what the last hook emitted, once.
	 * @return the chunks, in order
	 */
	List<StreamChunk> release() {
		List<StreamChunk> released = new ArrayList<>();
		for (StreamChunk chunk = this.emitted.poll(); chunk != null; chunk = this.emitted.poll()) {
			released.add(chunk);
		}
		return released;
	}

	private Throwable stuck() {
		return new ReconnectFailedException("A hook of session '" + this.session.id()
				+ "' did not return within reconnectHookTimeout and ignored its interruption for closeGracePeriod",
				new IllegalStateException("The hook does not return"), 1);
	}

	/**
	 * Interrupt the hook that runs, if any. Any thread; does not block.
	 */
	void cancel() {
		HookInvocation run = this.running;
		if (run != null) {
			run.cancel();
		}
	}

	/**
	 * Let the handler set up the first connection. Blocks the calling thread, which is
	 * not the session's task, within the hook timeout.
	 * @param link the connection
	 * @throws SessionSetupException if the handler threw or took too long
	 * @throws InterruptedException if the calling thread was interrupted
	 */
	void setUp(PhysicalConnection link) throws InterruptedException {
		CompletableFuture<Void> ready = new CompletableFuture<>();
		this.serial.execute(() -> {
			try {
				run(link, this.session.handler()::connect);
				ready.complete(null);
			}
			catch (Exception ex) {
				ready.completeExceptionally(ex);
			}
		});
		// A setup that does not come back ends the session, and must not hold its caller
		this.session.whenDone(() -> ready.completeExceptionally(ended(null)));
		try {
			ready.get();
		}
		catch (InterruptedException ex) {
			cancel();
			throw ex;
		}
		catch (ExecutionException ex) {
			Throwable cause = this.session.isOver() ? ended(ex.getCause()) : Objects.requireNonNull(ex.getCause());
			throw new SessionSetupException(this.core.describe("The setup of a session failed: " + cause.getMessage()),
					cause);
		}
	}

	private SessionClosedException ended(@Nullable Throwable failure) {
		if (failure instanceof SessionClosedException told) {
			return told;
		}
		return new SessionClosedException("The session ended while it was set up",
				this.session.error().orElse(failure));
	}

	/**
	 * What runs on a new connection before anything else.
	 */
	@FunctionalInterface
	interface Hook {

		void run(Conn conn, SessionContext context) throws Exception;

	}

}
