package dev.streaming.internal.session;

import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Log of one session: every entry has the session's id and the connection's name. Called
 * by any thread.
 */
final class SessionLog {

	private final Logger logger;

	private final String session;

	private final String connection;

	SessionLog(Logger logger, String session, String connection) {
		this.logger = logger;
		this.session = session;
		this.connection = connection;
	}

	LoggingEventBuilder error() {
		return keyed(this.logger.atError());
	}

	LoggingEventBuilder warn() {
		return keyed(this.logger.atWarn());
	}

	LoggingEventBuilder debug() {
		return keyed(this.logger.atDebug());
	}

	private LoggingEventBuilder keyed(LoggingEventBuilder line) {
		return line.addKeyValue("session", this.session).addKeyValue("connection", this.connection);
	}

}
