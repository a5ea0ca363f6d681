package dev.streaming.internal.session;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import dev.streaming.Reconnected;
import dev.streaming.Session;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.SessionListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Tells a session's handler and listeners what happens. Called by the session's own task
 * alone, so that calls do not overlap; what they throw is logged and changes nothing.
 */
final class SessionCallbacks {

	private final Session session;

	private final SessionHandler handler;

	private final List<SessionListener> listeners;

	private final Logger logger;

	private final SessionContext context;

	SessionCallbacks(Session session, SessionHandler handler, List<SessionListener> listeners, Logger logger,
			SessionContext context) {
		this.session = session;
		this.handler = handler;
		this.listeners = listeners;
		this.logger = logger;
		this.context = context;
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

	void linkEnded(boolean planned) {
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
			this.logger.atError()
				.setCause(ex)
				.addKeyValue("session", this.session.id())
				.addKeyValue("connection", this.session.connectionName())
				.log("{} threw; the session goes on", method);
		}
	}

}
