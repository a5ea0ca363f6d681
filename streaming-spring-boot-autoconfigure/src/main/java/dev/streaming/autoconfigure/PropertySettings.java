package dev.streaming.autoconfigure;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

import dev.streaming.ConnConfig;
import dev.streaming.SessionConfig;
import dev.streaming.autoconfigure.StreamingProperties.Conn;
import dev.streaming.autoconfigure.StreamingProperties.Session;
import dev.streaming.internal.util.SettingRange;
import org.jspecify.annotations.Nullable;

/**
 * Settings that named connections inherit individually: the mapping of each from the
 * properties to a builder, and its allowed values.
 *
 * @param <P> the properties
 * @param <B> the builder
 */
final class PropertySettings<P, B> {

	static final PropertySettings<Conn, ConnConfig.Builder> CONN = new PropertySettings<>(List.of(
			new Setting<>("transport", Conn::getTransport, ConnConfig.Builder::transport, SettingRange.ANY),
			new Setting<>("compression", Conn::getCompression, ConnConfig.Builder::compression, SettingRange.ANY),
			new Setting<>("dial-timeout", Conn::getDialTimeout, ConnConfig.Builder::dialTimeout, SettingRange.POSITIVE),
			new Setting<>("write-wait", Conn::getWriteWait, ConnConfig.Builder::writeWait, SettingRange.POSITIVE),
			new Setting<>("max-message-size", Conn::getMaxMessageSize, ConnConfig.Builder::maxMessageSize,
					SettingRange.ARRAY_SIZE),
			new Setting<>("max-retries", Conn::getMaxRetries, ConnConfig.Builder::maxRetries, SettingRange.POSITIVE),
			new Setting<>("retry-backoff-base", Conn::getRetryBackoffBase, ConnConfig.Builder::retryBackoffBase,
					SettingRange.NOT_NEGATIVE),
			new Setting<>("retry-backoff-max", Conn::getRetryBackoffMax, ConnConfig.Builder::retryBackoffMax,
					SettingRange.NOT_NEGATIVE),
			new Setting<>("close-grace-period", Conn::getCloseGracePeriod, ConnConfig.Builder::closeGracePeriod,
					SettingRange.NOT_NEGATIVE),
			new Setting<>("heartbeat-interval", Conn::getHeartbeatInterval, ConnConfig.Builder::heartbeatInterval,
					SettingRange.NOT_NEGATIVE),
			new Setting<>("pong-timeout", Conn::getPongTimeout, ConnConfig.Builder::pongTimeout,
					SettingRange.POSITIVE)));

	static final PropertySettings<Session, SessionConfig.Builder> SESSION = new PropertySettings<>(List.of(
			new Setting<>("response-channel-size", Session::getResponseChannelSize,
					SessionConfig.Builder::responseChannelSize, SettingRange.POSITIVE),
			new Setting<>("read-ahead", Session::getReadAhead, SessionConfig.Builder::readAhead,
					SettingRange.NOT_NEGATIVE),
			new Setting<>("max-reconnect-attempts", Session::getMaxReconnectAttempts,
					SessionConfig.Builder::maxReconnectAttempts, SettingRange.NOT_NEGATIVE),
			new Setting<>("reconnect-stable-after", Session::getReconnectStableAfter,
					SessionConfig.Builder::reconnectStableAfter, SettingRange.NOT_NEGATIVE),
			new Setting<>("reconnect-hook-timeout", Session::getReconnectHookTimeout,
					SessionConfig.Builder::reconnectHookTimeout, SettingRange.POSITIVE),
			new Setting<>("send-while-reconnecting", Session::getSendWhileReconnecting,
					SessionConfig.Builder::sendWhileReconnecting, SettingRange.ANY),
			new Setting<>("send-buffer-size", Session::getSendBufferSize, SessionConfig.Builder::sendBufferSize,
					SettingRange.NOT_NEGATIVE),
			new Setting<>("max-connection-age", Session::getMaxConnectionAge, SessionConfig.Builder::maxConnectionAge,
					SettingRange.NOT_NEGATIVE),
			new Setting<>("planned-change-max-wait", Session::getPlannedChangeMaxWait,
					SessionConfig.Builder::plannedChangeMaxWait, SettingRange.NOT_NEGATIVE),
			new Setting<>("tool-timeout", Session::getToolTimeout, SessionConfig.Builder::toolTimeout,
					SettingRange.POSITIVE),
			new Setting<>("tool-concurrency", Session::getToolConcurrency, SessionConfig.Builder::toolConcurrency,
					SettingRange.POSITIVE),
			new Setting<>("tool-rounds", Session::getToolRounds, SessionConfig.Builder::toolRounds,
					SettingRange.POSITIVE),
			new Setting<>("tool-result-size", Session::getToolResultSize, SessionConfig.Builder::toolResultSize,
					SettingRange.ARRAY_SIZE),
			new Setting<>("max-duration", Session::getMaxDuration, SessionConfig.Builder::maxDuration,
					SettingRange.NOT_NEGATIVE),
			new Setting<>("idle-timeout", Session::getIdleTimeout, SessionConfig.Builder::idleTimeout,
					SettingRange.NOT_NEGATIVE),
			new Setting<>("max-tokens", Session::getMaxTokens, SessionConfig.Builder::maxTokens,
					SettingRange.NOT_NEGATIVE),
			new Setting<>("max-audio", Session::getMaxAudio, SessionConfig.Builder::maxAudio,
					SettingRange.NOT_NEGATIVE),
			new Setting<>("answer-timeout", Session::getAnswerTimeout, SessionConfig.Builder::answerTimeout,
					SettingRange.NOT_NEGATIVE),
			new Setting<>("answer-timeout-action", Session::getAnswerTimeoutAction,
					SessionConfig.Builder::answerTimeoutAction, SettingRange.ANY),
			new Setting<>("goodbye", Session::getGoodbye, SessionConfig.Builder::goodbye, SettingRange.ANY)));

	private final List<Setting<P, B, ?>> settings;

	private PropertySettings(List<Setting<P, B, ?>> settings) {
		this.settings = settings;
	}

	/**
	 * Apply the configured properties; others do not change the builder.
	 * @param properties the properties
	 * @param builder the builder
	 */
	void apply(P properties, B builder) {
		this.settings.forEach((setting) -> setting.apply(properties, builder));
	}

	/**
	 * Check the configured properties.
	 * @param prefix the properties' common prefix
	 * @param properties the properties
	 * @throws StreamingConfigurationException if a value is not allowed
	 */
	void check(String prefix, P properties) {
		this.settings.forEach((setting) -> setting.check(prefix, properties));
	}

	private static String reason(SettingRange range) {
		return switch (range) {
			case ANY -> "";
			case POSITIVE -> "It must be greater than zero.";
			case NOT_NEGATIVE -> "It must not be negative.";
			case ARRAY_SIZE -> "It must be greater than zero and less than 2GB.";
		};
	}

	private record Setting<P, B, T>(String name, Function<P, @Nullable T> getter, BiConsumer<B, T> setter,
			SettingRange range) {

		void apply(P properties, B builder) {
			T value = this.getter.apply(properties);
			if (value != null) {
				this.setter.accept(builder, value);
			}
		}

		void check(String prefix, P properties) {
			T value = this.getter.apply(properties);
			if (value == null) {
				return;
			}
			if (!this.range.includes(value)) {
				throw refused(prefix, value, reason(this.range));
			}
			if (SettingRange.isTooLong(value)) {
				throw refused(prefix, value, "It must be at most " + SettingRange.LONGEST.toDays() + " days.");
			}
		}

		private StreamingConfigurationException refused(String prefix, Object value, String reason) {
			String property = prefix + "." + this.name;
			return new StreamingConfigurationException(property, value, reason,
					"Change '" + property + "', or remove it for the default.");
		}

	}

}
