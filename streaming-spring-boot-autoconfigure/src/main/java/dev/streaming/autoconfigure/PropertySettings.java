package dev.streaming.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

import dev.streaming.ConnConfig;
import dev.streaming.SessionConfig;
import dev.streaming.autoconfigure.StreamingProperties.Conn;
import dev.streaming.autoconfigure.StreamingProperties.Session;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * The settings that named connections inherit one by one: how each gets from the
 * properties to a builder, and which values are allowed.
 *
 * @param <P> the properties
 * @param <B> the builder
 */
final class PropertySettings<P, B> {

	static final PropertySettings<Conn, ConnConfig.Builder> CONN = new PropertySettings<>(List.of(
			new Setting<>("dial-timeout", Conn::getDialTimeout, ConnConfig.Builder::dialTimeout, Range.POSITIVE),
			new Setting<>("write-wait", Conn::getWriteWait, ConnConfig.Builder::writeWait, Range.POSITIVE),
			new Setting<>("max-message-size", Conn::getMaxMessageSize, ConnConfig.Builder::maxMessageSize,
					Range.ARRAY_SIZE),
			new Setting<>("max-retries", Conn::getMaxRetries, ConnConfig.Builder::maxRetries, Range.POSITIVE),
			new Setting<>("retry-backoff-base", Conn::getRetryBackoffBase, ConnConfig.Builder::retryBackoffBase,
					Range.NOT_NEGATIVE),
			new Setting<>("retry-backoff-max", Conn::getRetryBackoffMax, ConnConfig.Builder::retryBackoffMax,
					Range.NOT_NEGATIVE),
			new Setting<>("close-grace-period", Conn::getCloseGracePeriod, ConnConfig.Builder::closeGracePeriod,
					Range.NOT_NEGATIVE),
			new Setting<>("heartbeat-interval", Conn::getHeartbeatInterval, ConnConfig.Builder::heartbeatInterval,
					Range.NOT_NEGATIVE),
			new Setting<>("pong-timeout", Conn::getPongTimeout, ConnConfig.Builder::pongTimeout, Range.POSITIVE)));

	static final PropertySettings<Session, SessionConfig.Builder> SESSION = new PropertySettings<>(List.of(
			new Setting<>("response-channel-size", Session::getResponseChannelSize,
					SessionConfig.Builder::responseChannelSize, Range.POSITIVE),
			new Setting<>("read-ahead", Session::getReadAhead, SessionConfig.Builder::readAhead, Range.NOT_NEGATIVE),
			new Setting<>("max-reconnect-attempts", Session::getMaxReconnectAttempts,
					SessionConfig.Builder::maxReconnectAttempts, Range.NOT_NEGATIVE),
			new Setting<>("reconnect-stable-after", Session::getReconnectStableAfter,
					SessionConfig.Builder::reconnectStableAfter, Range.NOT_NEGATIVE),
			new Setting<>("reconnect-hook-timeout", Session::getReconnectHookTimeout,
					SessionConfig.Builder::reconnectHookTimeout, Range.POSITIVE),
			new Setting<>("send-while-reconnecting", Session::getSendWhileReconnecting,
					SessionConfig.Builder::sendWhileReconnecting, Range.ANY),
			new Setting<>("send-buffer-size", Session::getSendBufferSize, SessionConfig.Builder::sendBufferSize,
					Range.NOT_NEGATIVE),
			new Setting<>("max-connection-age", Session::getMaxConnectionAge, SessionConfig.Builder::maxConnectionAge,
					Range.NOT_NEGATIVE),
			new Setting<>("planned-change-max-wait", Session::getPlannedChangeMaxWait,
					SessionConfig.Builder::plannedChangeMaxWait, Range.NOT_NEGATIVE),
			new Setting<>("tool-timeout", Session::getToolTimeout, SessionConfig.Builder::toolTimeout, Range.POSITIVE),
			new Setting<>("tool-concurrency", Session::getToolConcurrency, SessionConfig.Builder::toolConcurrency,
					Range.POSITIVE),
			new Setting<>("tool-rounds", Session::getToolRounds, SessionConfig.Builder::toolRounds, Range.POSITIVE),
			new Setting<>("tool-result-size", Session::getToolResultSize, SessionConfig.Builder::toolResultSize,
					Range.ARRAY_SIZE)));

	private static final Duration CENTURY = Duration.ofDays(36500);

	private final List<Setting<P, B, ?>> settings;

	private PropertySettings(List<Setting<P, B, ?>> settings) {
		this.settings = settings;
	}

	/**
	 * Apply what is given; what is not keeps the builder's value.
	 * @param properties what may be given
	 * @param builder takes it
	 */
	void apply(P properties, B builder) {
		this.settings.forEach((setting) -> setting.apply(properties, builder));
	}

	/**
	 * Check what is given.
	 * @param prefix the properties' common prefix
	 * @param properties what may be given
	 * @throws StreamingConfigurationException if a value is not allowed
	 */
	void check(String prefix, P properties) {
		this.settings.forEach((setting) -> setting.check(prefix, properties));
	}

	private record Setting<P, B, T>(String name, Function<P, @Nullable T> getter, BiConsumer<B, T> setter,
			Range range) {

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
				throw refused(prefix, value, this.range.reason);
			}
			if (value instanceof Duration duration && duration.compareTo(CENTURY) > 0) {
				throw refused(prefix, value, "It must be at most 36500 days.");
			}
		}

		private StreamingConfigurationException refused(String prefix, Object value, String reason) {
			String property = prefix + "." + this.name;
			return new StreamingConfigurationException(property, value, reason,
					"Change '" + property + "', or remove it for the default.");
		}

	}

	private enum Range {

		ANY(""), POSITIVE("It must be greater than zero."), NOT_NEGATIVE("It must not be negative."),
		ARRAY_SIZE("It must be greater than zero and less than 2GB.");

		private final String reason;

		Range(String reason) {
			this.reason = reason;
		}

		boolean includes(Object value) {
			return switch (this) {
				case ANY -> true;
				case POSITIVE -> signum(value) > 0;
				case NOT_NEGATIVE -> signum(value) >= 0;
				case ARRAY_SIZE -> signum(value) > 0 && ((DataSize) value).toBytes() <= Integer.MAX_VALUE;
			};
		}

		private static int signum(Object value) {
			if (value instanceof Duration duration) {
				return duration.compareTo(Duration.ZERO);
			}
			if (value instanceof DataSize size) {
				return Long.signum(size.toBytes());
			}
			return Integer.signum((Integer) value);
		}

	}

}
