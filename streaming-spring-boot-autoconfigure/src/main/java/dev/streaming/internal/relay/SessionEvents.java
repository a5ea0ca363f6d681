package dev.streaming.internal.relay;

import java.time.Duration;
import java.util.function.Consumer;

import dev.streaming.ConnectionLostException;
import dev.streaming.Reconnected;
import dev.streaming.Session;
import dev.streaming.SessionListener;

/**
 * {@link SessionListener} that reports the state of the session's connection to a
 * browser.
 */
final class SessionEvents implements SessionListener {

	private final Consumer<ServerEvent> browser;

	SessionEvents(Consumer<ServerEvent> browser) {
		this.browser = browser;
	}

	@Override
	public void onDisconnected(Session session, Throwable cause) {
		this.browser.accept(ServerEvent
			.disconnected((cause instanceof ConnectionLostException lost) ? lost.closeStatus().getCode() : 0));
	}

	@Override
	public void onReconnecting(Session session, int attempt, Duration delay) {
		this.browser.accept(ServerEvent.reconnecting(attempt, delay));
	}

	@Override
	public void onReconnected(Session session, Reconnected event) {
		this.browser
			.accept(ServerEvent.reconnected(event.attempt(), event.outage(), event.planned(), event.stateRestored()));
	}

}
