package dev.streaming.internal.session;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import dev.streaming.Reconnected;
import dev.streaming.Session;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.SessionLimitException;
import dev.streaming.SessionListener;
import dev.streaming.ToolExecution;
import dev.streaming.Turn;
import org.jspecify.annotations.Nullable;

/**
 * Calls a session's handler and listeners. Their exceptions are logged and ignored.
 * <p>
 * Called by the session's task, so that calls do not overlap. If the task does not return
 * from a callback, a worker calls {@link #closed} concurrently.
 */
final class SessionCallbacks {

	private final Session session;

	private final SessionHandler handler;

	private final List<SessionListener> listeners;

	private final SessionContext context;

	private final SessionLog log;

	SessionCallbacks(Session session, SessionHandler handler, List<SessionListener> listeners, SessionContext context,
			SessionLog log) {
		this.session = session;
		this.handler = handler;
		this.listeners = listeners;
		this.context = context;
		this.log = log;
	}

	void opened() {
		guarded("opened", () -> this.handler.opened(this.context));
		each("onOpened", (listener) -> listener.onOpened(this.session));
	}

	boolean isResponseInFlight() {
		boolean[] inFlight = new boolean[1];
		guarded("responseInFlight", () -> inFlight[0] = this.handler.responseInFlight());
		return inFlight[0];
	}

	void scheduledTask(Runnable task) {
		guarded("A scheduled task", task);
	}

	void physicalConnectionEnded(boolean planned) {
		guarded("disconnected", () -> this.handler.disconnected(planned, this.context));
	}

	void disconnected(Throwable cause) {
		each("onDisconnected", (listener) -> listener.onDisconnected(this.session, cause));
	}

	void reconnecting(int attempt, Duration delay) {
		each("onReconnecting", (listener) -> listener.onReconnecting(this.session, attempt, delay));
	}

	void reconnected(Reconnected event) {
		each("onReconnected", (listener) -> listener.onReconnected(this.session, event));
	}

	boolean hasListeners() {
		return !this.listeners.isEmpty();
	}

	void plannedChange(String reason) {
		each("onPlannedChange", (listener) -> listener.onPlannedChange(this.session, reason));
	}

	void limited(SessionLimitException limit) {
		each("onLimit", (listener) -> listener.onLimit(this.session, limit));
	}

	void turn(Turn turn) {
		each("onTurn", (listener) -> listener.onTurn(this.session, turn));
	}

	void toolCall(ToolExecution tool) {
		each("onToolCall", (listener) -> listener.onToolCall(this.session, tool));
	}

	boolean goodbye(String text) {
		AtomicBoolean asked = new AtomicBoolean();
		guarded("goodbye", () -> asked.set(this.handler.goodbye(this.session, text)));
		return asked.get();
	}

	void closing() {
		guarded("closing", () -> this.handler.closing(this.context));
	}

	void closed(@Nullable Throwable error) {
		guarded("closed", () -> this.handler.closed(this.context));
		each("onClosed", (listener) -> listener.onClosed(this.session, error));
	}

	private void each(String method, Consumer<SessionListener> call) {
		this.listeners.forEach((listener) -> guarded(method, () -> call.accept(listener)));
	}

	private void guarded(String method, Runnable call) {
		try {
			call.run();
		}
		catch (Throwable ex) {
			this.log.error().setCause(ex).log("{} threw an exception; the session continues", method);
		}
	}

}
