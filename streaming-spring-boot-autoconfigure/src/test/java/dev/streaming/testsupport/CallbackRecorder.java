package dev.streaming.testsupport;

import java.time.Duration;

import dev.streaming.Reconnected;
import dev.streaming.Session;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.SessionListener;
import org.jspecify.annotations.Nullable;

/**
 * Handler and listener of a session that reports each callback by its name.
 */
public abstract class CallbackRecorder implements SessionHandler, SessionListener {

	/**
	 * Record a callback.
	 * @param callback its name
	 */
	protected abstract void event(String callback);

	@Override
	public void opened(SessionContext context) {
		event("opened");
	}

	@Override
	public void closing(SessionContext context) {
		event("closing");
	}

	@Override
	public void closed(SessionContext context) {
		event("closed");
	}

	@Override
	public void onOpened(Session session) {
		event("onOpened");
	}

	@Override
	public void onDisconnected(Session session, Throwable cause) {
		event("onDisconnected");
	}

	@Override
	public void onReconnecting(Session session, int attempt, Duration delay) {
		event("onReconnecting");
	}

	@Override
	public void onReconnected(Session session, Reconnected event) {
		event("onReconnected");
	}

	@Override
	public void onClosed(Session session, @Nullable Throwable error) {
		event("onClosed");
	}

}
