package dev.streaming.autoconfigure.relay;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

import dev.streaming.ConnConfig;
import dev.streaming.autoconfigure.StreamingConfigurationException;
import dev.streaming.internal.relay.RelaySettings;
import dev.streaming.internal.util.SettingRange;

/**
 * Factory for the relay's settings, which are validated.
 */
final class RelaySettingsFactory {

	private static final String PREFIX = "streaming.relay.";

	private RelaySettingsFactory() {
	}

	/**
	 * Create the settings.
	 * @param properties the properties
	 * @param connections the names of all connections
	 * @return the settings
	 * @throws StreamingConfigurationException if a value is not allowed
	 */
	static RelaySettings of(StreamingRelayProperties properties, Collection<String> connections) {
		check("path", properties.getPath(), properties.getPath().startsWith("/"), "It must begin with '/'.");
		check("max-message-size", properties.getMaxMessageSize(), SettingRange.ARRAY_SIZE);
		check("max-text-length", properties.getMaxTextLength(), SettingRange.POSITIVE);
		check("max-messages-per-second", properties.getMaxMessagesPerSecond(), SettingRange.POSITIVE);
		check("max-sessions-per-principal", properties.getMaxSessionsPerPrincipal(), SettingRange.NOT_NEGATIVE);
		check("idle-timeout", properties.getIdleTimeout(), SettingRange.NOT_NEGATIVE);
		check("reattach-for", properties.getReattachFor(), SettingRange.NOT_NEGATIVE);
		check("send-buffer-size", properties.getSendBufferSize(), SettingRange.ARRAY_SIZE);
		check("history-size", properties.getHistorySize(), SettingRange.NOT_NEGATIVE);
		check("history-size", properties.getHistorySize(), properties.getHistorySize().toBytes() <= Integer.MAX_VALUE,
				"It is too large.");
		check("ping-interval", properties.getPingInterval(), SettingRange.NOT_NEGATIVE);
		check("send-timeout", properties.getSendTimeout(), SettingRange.POSITIVE);
		check("threads", properties.getThreads(), SettingRange.POSITIVE);
		return new RelaySettings(connection(properties, new TreeSet<>(connections)), properties.getTurnDetection(),
				properties.getMaxSessionsPerPrincipal(), (int) properties.getMaxMessageSize().toBytes(),
				properties.getMaxTextLength(), properties.getMaxMessagesPerSecond(), properties.getIdleTimeout(),
				properties.getReattachFor(), (int) properties.getSendBufferSize().toBytes(),
				(int) properties.getHistorySize().toBytes(), properties.getPingInterval(), properties.getSendTimeout());
	}

	private static String connection(StreamingRelayProperties properties, Set<String> connections) {
		String chosen = properties.getConnection();
		if (chosen == null || chosen.isEmpty()) {
			if (connections.size() > 1) {
				throw new StreamingConfigurationException(PREFIX + "connection", null,
						"There are several connections, and none is selected for browsers.",
						"Set it to one of " + connections + ".");
			}
			return connections.isEmpty() ? ConnConfig.DEFAULT_NAME : connections.iterator().next();
		}
		if (!connections.isEmpty() && !connections.contains(chosen) && !chosen.equals(ConnConfig.DEFAULT_NAME)) {
			throw new StreamingConfigurationException(PREFIX + "connection", chosen, "There is no such connection.",
					"Set it to one of " + connections + ".");
		}
		return chosen;
	}

	private static void check(String setting, Object value, SettingRange range) {
		check(setting, value, range.includes(value), switch (range) {
			case ANY -> "";
			case POSITIVE -> "It must be greater than zero.";
			case NOT_NEGATIVE -> "It must not be negative.";
			case ARRAY_SIZE -> "It must be greater than zero and less than 2GB.";
		});
		check(setting, value, !SettingRange.isTooLong(value), "It is too long.");
	}

	private static void check(String setting, Object value, boolean valid, String reason) {
		if (!valid) {
			throw new StreamingConfigurationException(PREFIX + setting, value, reason,
					"Change '" + PREFIX + setting + "', or remove it for the default.");
		}
	}

}
