package dev.streaming.autoconfigure;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.streaming.SessionConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs, once for each connection, that its sessions do not reconnect. Thread-safe.
 */
final class ReconnectNotice {

	private static final Logger logger = LoggerFactory.getLogger(ReconnectNotice.class);

	private final Set<String> logged = ConcurrentHashMap.newKeySet();

	/**
	 * Check the settings of a session before it is opened.
	 * @param connection the connection's name
	 * @param prefix the property prefix of its sessions
	 * @param config the session's settings
	 */
	void opening(String connection, String prefix, SessionConfig config) {
		if (config.maxReconnectAttempts() == 0 && this.logged.add(connection)) {
			logger.atInfo()
				.log("Sessions of connection '{}' end when their connection is lost: set '{}.max-reconnect-attempts'"
						+ " to have them reconnect", connection, prefix);
		}
	}

}
