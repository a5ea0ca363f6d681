package dev.streaming.sample;

import java.time.Duration;

import dev.streaming.Reconnected;
import dev.streaming.Session;
import dev.streaming.SessionListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

import org.springframework.stereotype.Component;

/**
 * Listener that logs the lifecycle of each session. Lost connections are logged by the
 * starter.
 */
@Component
class SessionLog implements SessionListener {

	private static final Logger logger = LoggerFactory.getLogger(SessionLog.class);

	@Override
	public void onOpened(Session session) {
		info(session).log("Session opened");
	}

	@Override
	public void onReconnecting(Session session, int attempt, Duration delay) {
		info(session).addKeyValue("attempt", attempt)
			.addKeyValue("delayMs", delay.toMillis())
			.log("Session is reconnecting");
	}

	@Override
	public void onReconnected(Session session, Reconnected event) {
		info(session).addKeyValue("attempt", event.attempt())
			.addKeyValue("outageMs", event.outage().toMillis())
			.addKeyValue("planned", event.planned())
			.addKeyValue("stateRestored", event.stateRestored())
			.log("Session is back");
	}

	@Override
	public void onClosed(Session session, @Nullable Throwable error) {
		info(session).addKeyValue("error", (error != null) ? error.getMessage() : "none").log("Session closed");
	}

	private static LoggingEventBuilder info(Session session) {
		return logger.atInfo().addKeyValue("session", session.id()).addKeyValue("connection", session.connectionName());
	}

}
