package dev.streaming.autoconfigure;

import java.time.Duration;

import dev.streaming.AnswerTimeoutAction;
import dev.streaming.ConnConfig;
import dev.streaming.OutagePolicy;
import dev.streaming.SessionConfig;
import dev.streaming.TransportType;
import dev.streaming.autoconfigure.StreamingProperties.Conn;
import dev.streaming.autoconfigure.StreamingProperties.Session;
import dev.streaming.internal.util.SettingRange;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * Settings that named connections inherit individually: the mapping of each from the
 * properties to a builder, and its allowed values.
 * <p>
 * A table of getters and setters would be shorter, but a start takes longer for each of
 * its sixty lambdas than for all of this.
 */
final class PropertySettings {

	private PropertySettings() {
	}

	/**
	 * Check the configured properties of a connection.
	 * @param prefix the properties' common prefix
	 * @param properties the properties
	 * @throws StreamingConfigurationException if a value is not allowed
	 */
	static void check(String prefix, Conn properties) {
		check(prefix, "dial-timeout", properties.getDialTimeout(), SettingRange.POSITIVE);
		check(prefix, "write-wait", properties.getWriteWait(), SettingRange.POSITIVE);
		check(prefix, "max-message-size", properties.getMaxMessageSize(), SettingRange.ARRAY_SIZE);
		check(prefix, "max-retries", properties.getMaxRetries(), SettingRange.POSITIVE);
		check(prefix, "retry-backoff-base", properties.getRetryBackoffBase(), SettingRange.NOT_NEGATIVE);
		check(prefix, "retry-backoff-max", properties.getRetryBackoffMax(), SettingRange.NOT_NEGATIVE);
		check(prefix, "close-grace-period", properties.getCloseGracePeriod(), SettingRange.NOT_NEGATIVE);
		check(prefix, "heartbeat-interval", properties.getHeartbeatInterval(), SettingRange.NOT_NEGATIVE);
		check(prefix, "pong-timeout", properties.getPongTimeout(), SettingRange.POSITIVE);
	}

	/**
	 * Check the configured properties of sessions.
	 * @param prefix the properties' common prefix
	 * @param properties the properties
	 * @throws StreamingConfigurationException if a value is not allowed
	 */
	static void check(String prefix, Session properties) {
		check(prefix, "response-channel-size", properties.getResponseChannelSize(), SettingRange.POSITIVE);
		check(prefix, "read-ahead", properties.getReadAhead(), SettingRange.NOT_NEGATIVE);
		check(prefix, "max-reconnect-attempts", properties.getMaxReconnectAttempts(), SettingRange.NOT_NEGATIVE);
		check(prefix, "reconnect-stable-after", properties.getReconnectStableAfter(), SettingRange.NOT_NEGATIVE);
		check(prefix, "reconnect-hook-timeout", properties.getReconnectHookTimeout(), SettingRange.POSITIVE);
		check(prefix, "send-buffer-size", properties.getSendBufferSize(), SettingRange.NOT_NEGATIVE);
		check(prefix, "max-connection-age", properties.getMaxConnectionAge(), SettingRange.NOT_NEGATIVE);
		check(prefix, "planned-change-max-wait", properties.getPlannedChangeMaxWait(), SettingRange.NOT_NEGATIVE);
		check(prefix, "tool-timeout", properties.getToolTimeout(), SettingRange.POSITIVE);
		check(prefix, "tool-concurrency", properties.getToolConcurrency(), SettingRange.POSITIVE);
		check(prefix, "tool-rounds", properties.getToolRounds(), SettingRange.POSITIVE);
		check(prefix, "tool-result-size", properties.getToolResultSize(), SettingRange.ARRAY_SIZE);
		check(prefix, "max-duration", properties.getMaxDuration(), SettingRange.NOT_NEGATIVE);
		check(prefix, "idle-timeout", properties.getIdleTimeout(), SettingRange.NOT_NEGATIVE);
		check(prefix, "max-tokens", properties.getMaxTokens(), SettingRange.NOT_NEGATIVE);
		check(prefix, "max-audio", properties.getMaxAudio(), SettingRange.NOT_NEGATIVE);
		check(prefix, "answer-timeout", properties.getAnswerTimeout(), SettingRange.NOT_NEGATIVE);
	}

	/**
	 * Apply the configured properties of a connection; others do not change the builder.
	 * @param properties the properties
	 * @param builder the builder
	 */
	static void apply(Conn properties, ConnConfig.Builder builder) {
		TransportType transport = properties.getTransport();
		if (transport != null) {
			builder.transport(transport);
		}
		Boolean compression = properties.getCompression();
		if (compression != null) {
			builder.compression(compression);
		}
		Duration dialTimeout = properties.getDialTimeout();
		if (dialTimeout != null) {
			builder.dialTimeout(dialTimeout);
		}
		Duration writeWait = properties.getWriteWait();
		if (writeWait != null) {
			builder.writeWait(writeWait);
		}
		DataSize maxMessageSize = properties.getMaxMessageSize();
		if (maxMessageSize != null) {
			builder.maxMessageSize(maxMessageSize);
		}
		Integer maxRetries = properties.getMaxRetries();
		if (maxRetries != null) {
			builder.maxRetries(maxRetries);
		}
		Duration retryBackoffBase = properties.getRetryBackoffBase();
		if (retryBackoffBase != null) {
			builder.retryBackoffBase(retryBackoffBase);
		}
		Duration retryBackoffMax = properties.getRetryBackoffMax();
		if (retryBackoffMax != null) {
			builder.retryBackoffMax(retryBackoffMax);
		}
		Duration closeGracePeriod = properties.getCloseGracePeriod();
		if (closeGracePeriod != null) {
			builder.closeGracePeriod(closeGracePeriod);
		}
		Duration heartbeatInterval = properties.getHeartbeatInterval();
		if (heartbeatInterval != null) {
			builder.heartbeatInterval(heartbeatInterval);
		}
		Duration pongTimeout = properties.getPongTimeout();
		if (pongTimeout != null) {
			builder.pongTimeout(pongTimeout);
		}
	}

	/**
	 * Apply the configured properties of sessions; others do not change the builder.
	 * @param properties the properties
	 * @param builder the builder
	 */
	static void apply(Session properties, SessionConfig.Builder builder) {
		Integer responseChannelSize = properties.getResponseChannelSize();
		if (responseChannelSize != null) {
			builder.responseChannelSize(responseChannelSize);
		}
		DataSize readAhead = properties.getReadAhead();
		if (readAhead != null) {
			builder.readAhead(readAhead);
		}
		Integer maxReconnectAttempts = properties.getMaxReconnectAttempts();
		if (maxReconnectAttempts != null) {
			builder.maxReconnectAttempts(maxReconnectAttempts);
		}
		Duration reconnectStableAfter = properties.getReconnectStableAfter();
		if (reconnectStableAfter != null) {
			builder.reconnectStableAfter(reconnectStableAfter);
		}
		Duration reconnectHookTimeout = properties.getReconnectHookTimeout();
		if (reconnectHookTimeout != null) {
			builder.reconnectHookTimeout(reconnectHookTimeout);
		}
		OutagePolicy sendWhileReconnecting = properties.getSendWhileReconnecting();
		if (sendWhileReconnecting != null) {
			builder.sendWhileReconnecting(sendWhileReconnecting);
		}
		DataSize sendBufferSize = properties.getSendBufferSize();
		if (sendBufferSize != null) {
			builder.sendBufferSize(sendBufferSize);
		}
		Duration maxConnectionAge = properties.getMaxConnectionAge();
		if (maxConnectionAge != null) {
			builder.maxConnectionAge(maxConnectionAge);
		}
		Duration plannedChangeMaxWait = properties.getPlannedChangeMaxWait();
		if (plannedChangeMaxWait != null) {
			builder.plannedChangeMaxWait(plannedChangeMaxWait);
		}
		Duration toolTimeout = properties.getToolTimeout();
		if (toolTimeout != null) {
			builder.toolTimeout(toolTimeout);
		}
		Integer toolConcurrency = properties.getToolConcurrency();
		if (toolConcurrency != null) {
			builder.toolConcurrency(toolConcurrency);
		}
		Integer toolRounds = properties.getToolRounds();
		if (toolRounds != null) {
			builder.toolRounds(toolRounds);
		}
		DataSize toolResultSize = properties.getToolResultSize();
		if (toolResultSize != null) {
			builder.toolResultSize(toolResultSize);
		}
		applyLimits(properties, builder);
	}

	private static void applyLimits(SessionLimitProperties properties, SessionConfig.Builder builder) {
		Duration maxDuration = properties.getMaxDuration();
		if (maxDuration != null) {
			builder.maxDuration(maxDuration);
		}
		Duration idleTimeout = properties.getIdleTimeout();
		if (idleTimeout != null) {
			builder.idleTimeout(idleTimeout);
		}
		Long maxTokens = properties.getMaxTokens();
		if (maxTokens != null) {
			builder.maxTokens(maxTokens);
		}
		Duration maxAudio = properties.getMaxAudio();
		if (maxAudio != null) {
			builder.maxAudio(maxAudio);
		}
		Duration answerTimeout = properties.getAnswerTimeout();
		if (answerTimeout != null) {
			builder.answerTimeout(answerTimeout);
		}
		AnswerTimeoutAction answerTimeoutAction = properties.getAnswerTimeoutAction();
		if (answerTimeoutAction != null) {
			builder.answerTimeoutAction(answerTimeoutAction);
		}
		String goodbye = properties.getGoodbye();
		if (goodbye != null) {
			builder.goodbye(goodbye);
		}
	}

	private static void check(String prefix, String name, @Nullable Object value, SettingRange range) {
		if (value == null) {
			return;
		}
		if (!range.includes(value)) {
			throw refused(prefix, name, value, reason(range));
		}
		if (SettingRange.isTooLong(value)) {
			throw refused(prefix, name, value, "It must be at most " + SettingRange.LONGEST.toDays() + " days.");
		}
	}

	private static String reason(SettingRange range) {
		return switch (range) {
			case ANY -> "";
			case POSITIVE -> "It must be greater than zero.";
			case NOT_NEGATIVE -> "It must not be negative.";
			case ARRAY_SIZE -> "It must be greater than zero and less than 2GB.";
		};
	}

	private static StreamingConfigurationException refused(String prefix, String name, Object value, String reason) {
		String property = prefix + "." + name;
		return new StreamingConfigurationException(property, value, reason,
				"Change '" + property + "', or remove it for the default.");
	}

}
