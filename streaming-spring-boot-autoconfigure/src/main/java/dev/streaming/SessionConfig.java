package dev.streaming;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.streaming.internal.util.SettingChecks;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;

/**
 * Configuration of a {@link Session}. Immutable. One builder method and one accessor for
 * each property under {@code streaming.session}, with the same names and defaults.
 *
 * <pre>{@code
 * Session session = Session.open(SessionConfig.builder()
 *     .conn(conn)
 *     .onMessage(message -> List.of(StreamChunk.delta(message.text())))
 *     .onError(ErrorClassifier.transientErrors())
 *     .onReconnect((context, fresh) -> fresh.send(Map.of("type", "setup")))
 *     .maxReconnectAttempts(5)
 *     .build());
 * }</pre>
 *
 * @since 1.0.0
 */
public final class SessionConfig extends SessionLimitSettings {

	/** Default capacity of the response channel in chunks. */
	public static final int DEFAULT_RESPONSE_CHANNEL_SIZE = 10;

	/** Default maximum size of chunks that are received ahead of the consumer. */
	public static final DataSize DEFAULT_READ_AHEAD = DataSize.ofMegabytes(1);

	/** Default time after which an open connection restores the reconnect budget. */
	public static final Duration DEFAULT_RECONNECT_STABLE_AFTER = Duration.ofSeconds(30);

	/** Default timeout of a reconnect hook. */
	public static final Duration DEFAULT_RECONNECT_HOOK_TIMEOUT = Duration.ofSeconds(30);

	/** Default size of the buffer of {@link OutagePolicy#BUFFER}. */
	public static final DataSize DEFAULT_SEND_BUFFER_SIZE = DataSize.ofMegabytes(1);

	/** Default maximum time for which a planned change waits for a response in flight. */
	public static final Duration DEFAULT_PLANNED_CHANGE_MAX_WAIT = Duration.ofSeconds(30);

	/** Default timeout of a tool call. */
	public static final Duration DEFAULT_TOOL_TIMEOUT = Duration.ofSeconds(60);

	/** Default maximum number of concurrent tool calls of a session. */
	public static final int DEFAULT_TOOL_CONCURRENCY = 8;

	/** Default maximum number of rounds of tool calls for one answer. */
	public static final int DEFAULT_TOOL_ROUNDS = 10;

	/** Default maximum size of the result of a tool. */
	public static final DataSize DEFAULT_TOOL_RESULT_SIZE = DataSize.ofKilobytes(256);

	private final Conn conn;

	private final @Nullable MessageHandler onMessage;

	private final @Nullable ErrorClassifier onError;

	private final @Nullable ReconnectHook onReconnect;

	private final @Nullable SessionHandler handler;

	private final List<SessionListener> listeners;

	private final Logger logger;

	private final int responseChannelSize;

	private final DataSize readAhead;

	private final int maxReconnectAttempts;

	private final Duration reconnectStableAfter;

	private final Duration reconnectHookTimeout;

	private final OutagePolicy sendWhileReconnecting;

	private final DataSize sendBufferSize;

	private final Duration maxConnectionAge;

	private final boolean maxConnectionAgeSet;

	private final Duration plannedChangeMaxWait;

	private final Duration toolTimeout;

	private final int toolConcurrency;

	private final int toolRounds;

	private final DataSize toolResultSize;

	private SessionConfig(Builder builder) {
		super(builder);
		Assert.isTrue(builder.conn != null, "conn is required");
		Assert.isTrue(builder.onMessage != null || builder.handler != null, "onMessage is required");
		Assert.isTrue(builder.handler == null || (builder.onMessage == null && builder.onReconnect == null),
				"either handler or onMessage and onReconnect may be set, not both");
		this.conn = builder.conn;
		this.onMessage = builder.onMessage;
		this.onError = builder.onError;
		this.onReconnect = builder.onReconnect;
		this.handler = builder.handler;
		this.listeners = List.copyOf(builder.listeners);
		this.logger = (builder.logger != null) ? builder.logger : LoggerFactory.getLogger("dev.streaming.Session");
		this.responseChannelSize = SettingChecks.positive("responseChannelSize", builder.responseChannelSize);
		this.readAhead = SettingChecks.notNegative("readAhead", builder.readAhead);
		this.maxReconnectAttempts = SettingChecks.notNegative("maxReconnectAttempts", builder.maxReconnectAttempts);
		this.reconnectStableAfter = SettingChecks.notNegative("reconnectStableAfter", builder.reconnectStableAfter);
		this.reconnectHookTimeout = SettingChecks.positive("reconnectHookTimeout", builder.reconnectHookTimeout);
		Assert.notNull(builder.sendWhileReconnecting, "sendWhileReconnecting must not be null");
		this.sendWhileReconnecting = builder.sendWhileReconnecting;
		this.sendBufferSize = SettingChecks.notNegative("sendBufferSize", builder.sendBufferSize);
		this.maxConnectionAgeSet = builder.maxConnectionAge != null;
		this.maxConnectionAge = SettingChecks.notNegative("maxConnectionAge",
				(builder.maxConnectionAge != null) ? builder.maxConnectionAge : builder.defaultMaxConnectionAge);
		Assert.isTrue(this.maxConnectionAge.isZero() || builder.handler != null || builder.onReconnect != null,
				"maxConnectionAge needs a handler or onReconnect, which sets up the next connection");
		this.plannedChangeMaxWait = SettingChecks.notNegative("plannedChangeMaxWait", builder.plannedChangeMaxWait);
		this.toolTimeout = SettingChecks.positive("toolTimeout", builder.toolTimeout);
		this.toolConcurrency = SettingChecks.positive("toolConcurrency", builder.toolConcurrency);
		this.toolRounds = SettingChecks.positive("toolRounds", builder.toolRounds);
		this.toolResultSize = SettingChecks.positive("toolResultSize", builder.toolResultSize);
	}

	/**
	 * Return a builder with default settings.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return the connection.
	 * @return the connection
	 */
	public Conn conn() {
		return this.conn;
	}

	/**
	 * Return the message handler.
	 * @return the function, or {@code null} if there is a {@link #handler()}
	 */
	public @Nullable MessageHandler onMessage() {
		return this.onMessage;
	}

	/**
	 * Return the classifier that decides which failures are transient.
	 * @return the classifier, or {@code null} if all errors are fatal
	 */
	public @Nullable ErrorClassifier onError() {
		return this.onError;
	}

	/**
	 * Return the hook that sets up a new connection.
	 * @return the hook, or {@code null}
	 */
	public @Nullable ReconnectHook onReconnect() {
		return this.onReconnect;
	}

	/**
	 * Return the provider's handler.
	 * @return the handler, or {@code null} if there is {@link #onMessage()}
	 */
	public @Nullable SessionHandler handler() {
		return this.handler;
	}

	/**
	 * Return the listeners of this session.
	 * @return an immutable list
	 */
	public List<SessionListener> listeners() {
		return this.listeners;
	}

	/**
	 * Return the session's logger.
	 * @return the logger
	 */
	public Logger logger() {
		return this.logger;
	}

	/**
	 * Return the capacity of the response channel in chunks.
	 * @return the number of chunks
	 */
	public int responseChannelSize() {
		return this.responseChannelSize;
	}

	/**
	 * Return the maximum size of chunks that are received ahead of the consumer.
	 * @return the size; zero disables the read-ahead
	 */
	public DataSize readAhead() {
		return this.readAhead;
	}

	/**
	 * Return the maximum number of reconnect attempts for each outage.
	 * @return the number of attempts; zero disables reconnection
	 */
	public int maxReconnectAttempts() {
		return this.maxReconnectAttempts;
	}

	/**
	 * Return the time a connection must stay open before the reconnect budget is
	 * restored.
	 * @return the time
	 */
	public Duration reconnectStableAfter() {
		return this.reconnectStableAfter;
	}

	/**
	 * Return the timeout of a hook and of a handler's setup.
	 * @return the time
	 */
	public Duration reconnectHookTimeout() {
		return this.reconnectHookTimeout;
	}

	/**
	 * Return the behavior of sends in an outage.
	 * @return the policy
	 */
	public OutagePolicy sendWhileReconnecting() {
		return this.sendWhileReconnecting;
	}

	/**
	 * Return the size of the buffer of {@link OutagePolicy#BUFFER}.
	 * @return the size
	 */
	public DataSize sendBufferSize() {
		return this.sendBufferSize;
	}

	/**
	 * Return the age at which a connection is changed.
	 * @return the age; zero disables the change
	 */
	public Duration maxConnectionAge() {
		return this.maxConnectionAge;
	}

	/**
	 * Return whether that age was set explicitly: then a provider's announcement of the
	 * end of a connection does not change it.
	 * @return whether it was set
	 */
	public boolean isMaxConnectionAgeSet() {
		return this.maxConnectionAgeSet;
	}

	/**
	 * Return the maximum time for which a planned change waits for a response in flight.
	 * @return the time
	 */
	public Duration plannedChangeMaxWait() {
		return this.plannedChangeMaxWait;
	}

	/**
	 * Return the timeout of a tool call, from its start.
	 * @return the time
	 */
	public Duration toolTimeout() {
		return this.toolTimeout;
	}

	/**
	 * Return the maximum number of concurrent tool calls; further calls wait.
	 * @return the number
	 */
	public int toolConcurrency() {
		return this.toolConcurrency;
	}

	/**
	 * Return the maximum number of rounds of tool calls for one answer.
	 * @return the number
	 */
	public int toolRounds() {
		return this.toolRounds;
	}

	/**
	 * Return the maximum size of the result of a tool, in UTF-8.
	 * @return the size
	 */
	public DataSize toolResultSize() {
		return this.toolResultSize;
	}

	/**
	 * Builder for {@link SessionConfig}. Not thread-safe.
	 */
	public static final class Builder extends SessionLimitSettings.Builder<Builder> {

		private @Nullable Conn conn;

		private @Nullable MessageHandler onMessage;

		private @Nullable ErrorClassifier onError;

		private @Nullable ReconnectHook onReconnect;

		private @Nullable SessionHandler handler;

		private final List<SessionListener> listeners = new ArrayList<>();

		private @Nullable Logger logger;

		private int responseChannelSize = DEFAULT_RESPONSE_CHANNEL_SIZE;

		private DataSize readAhead = DEFAULT_READ_AHEAD;

		private int maxReconnectAttempts;

		private Duration reconnectStableAfter = DEFAULT_RECONNECT_STABLE_AFTER;

		private Duration reconnectHookTimeout = DEFAULT_RECONNECT_HOOK_TIMEOUT;

		private OutagePolicy sendWhileReconnecting = OutagePolicy.FAIL;

		private DataSize sendBufferSize = DEFAULT_SEND_BUFFER_SIZE;

		private @Nullable Duration maxConnectionAge;

		private Duration defaultMaxConnectionAge = Duration.ZERO;

		private Duration plannedChangeMaxWait = DEFAULT_PLANNED_CHANGE_MAX_WAIT;

		private Duration toolTimeout = DEFAULT_TOOL_TIMEOUT;

		private int toolConcurrency = DEFAULT_TOOL_CONCURRENCY;

		private int toolRounds = DEFAULT_TOOL_ROUNDS;

		private DataSize toolResultSize = DEFAULT_TOOL_RESULT_SIZE;

		private Builder() {
		}

		/**
		 * Set the connection. Required.
		 * @param conn a connection of {@link Conn#create} or a {@link ConnFactory}
		 * @return this
		 */
		public Builder conn(@Nullable Conn conn) {
			this.conn = conn;
			return this;
		}

		/**
		 * Set the message handler. This or {@link #handler} is required.
		 * @param onMessage the function
		 * @return this
		 */
		public Builder onMessage(@Nullable MessageHandler onMessage) {
			this.onMessage = onMessage;
			return this;
		}

		/**
		 * Set the classifier that decides which failures are transient. Without one,
		 * every failure is fatal.
		 * @param onError the classifier
		 * @return this
		 */
		public Builder onError(@Nullable ErrorClassifier onError) {
			this.onError = onError;
			return this;
		}

		/**
		 * Set the hook that restores state on a new connection. Without a hook the
		 * session never reconnects.
		 * @param onReconnect the hook
		 * @return this
		 */
		public Builder onReconnect(@Nullable ReconnectHook onReconnect) {
			this.onReconnect = onReconnect;
			return this;
		}

		/**
		 * Set the provider's handler, instead of {@link #onMessage} and
		 * {@link #onReconnect}.
		 * @param handler the handler, for this session only
		 * @return this
		 */
		public Builder handler(@Nullable SessionHandler handler) {
			this.handler = handler;
			return this;
		}

		/**
		 * Add a listener of this session.
		 * @param listener the listener
		 * @return this
		 */
		public Builder listener(SessionListener listener) {
			Assert.notNull(listener, "listener must not be null");
			this.listeners.add(listener);
			return this;
		}

		/**
		 * Set the session's logger.
		 * @param logger the logger
		 * @return this
		 */
		public Builder logger(@Nullable Logger logger) {
			this.logger = logger;
			return this;
		}

		/**
		 * Set the capacity of the response channel in chunks.
		 * @param responseChannelSize positive
		 * @return this
		 */
		public Builder responseChannelSize(int responseChannelSize) {
			this.responseChannelSize = responseChannelSize;
			return this;
		}

		/**
		 * Set the maximum size of chunks that are received ahead of the consumer.
		 * @param readAhead the size; zero disables the read-ahead
		 * @return this
		 */
		public Builder readAhead(DataSize readAhead) {
			this.readAhead = readAhead;
			return this;
		}

		/**
		 * Set the maximum number of reconnect attempts for each outage.
		 * @param maxReconnectAttempts the number of attempts; zero disables reconnection
		 * @return this
		 */
		public Builder maxReconnectAttempts(int maxReconnectAttempts) {
			this.maxReconnectAttempts = maxReconnectAttempts;
			return this;
		}

		/**
		 * Set the time a connection must stay open before the reconnect budget is
		 * restored.
		 * @param reconnectStableAfter zero or more
		 * @return this
		 */
		public Builder reconnectStableAfter(Duration reconnectStableAfter) {
			this.reconnectStableAfter = reconnectStableAfter;
			return this;
		}

		/**
		 * Set the timeout of a hook and of a handler's setup.
		 * @param reconnectHookTimeout positive
		 * @return this
		 */
		public Builder reconnectHookTimeout(Duration reconnectHookTimeout) {
			this.reconnectHookTimeout = reconnectHookTimeout;
			return this;
		}

		/**
		 * Set the behavior of sends in an outage.
		 * @param sendWhileReconnecting the policy
		 * @return this
		 */
		public Builder sendWhileReconnecting(OutagePolicy sendWhileReconnecting) {
			this.sendWhileReconnecting = sendWhileReconnecting;
			return this;
		}

		/**
		 * Set the size of the buffer of {@link OutagePolicy#BUFFER}.
		 * @param sendBufferSize zero or more
		 * @return this
		 */
		public Builder sendBufferSize(DataSize sendBufferSize) {
			this.sendBufferSize = sendBufferSize;
			return this;
		}

		/**
		 * Set the age at which a connection is changed, as by
		 * {@link Session#reconnect(String)}. Without it, and without a default, the
		 * provider's announcement of the end of the connection applies, if there is one.
		 * @param maxConnectionAge the age; zero disables the change
		 * @return this
		 */
		public Builder maxConnectionAge(Duration maxConnectionAge) {
			this.maxConnectionAge = maxConnectionAge;
			return this;
		}

		/**
		 * Set the age at which a connection is changed if neither
		 * {@link #maxConnectionAge} is set nor the provider announces the end of the
		 * connection.
		 * @param defaultMaxConnectionAge the age; zero disables the change
		 * @return this
		 */
		public Builder defaultMaxConnectionAge(Duration defaultMaxConnectionAge) {
			this.defaultMaxConnectionAge = defaultMaxConnectionAge;
			return this;
		}

		/**
		 * Set the maximum time for which a planned change waits for a response in flight.
		 * @param plannedChangeMaxWait zero or more
		 * @return this
		 */
		public Builder plannedChangeMaxWait(Duration plannedChangeMaxWait) {
			this.plannedChangeMaxWait = plannedChangeMaxWait;
			return this;
		}

		/**
		 * Set the timeout of a tool call, from its start. A tool that takes longer is
		 * interrupted, and the model receives an error.
		 * @param toolTimeout positive
		 * @return this
		 */
		public Builder toolTimeout(Duration toolTimeout) {
			this.toolTimeout = toolTimeout;
			return this;
		}

		/**
		 * Set the maximum number of concurrent tool calls; further calls wait.
		 * @param toolConcurrency positive
		 * @return this
		 */
		public Builder toolConcurrency(int toolConcurrency) {
			this.toolConcurrency = toolConcurrency;
			return this;
		}

		/**
		 * Set the maximum number of rounds of tool calls for one answer. Afterwards the
		 * model is asked to answer without tools.
		 * @param toolRounds positive
		 * @return this
		 */
		public Builder toolRounds(int toolRounds) {
			this.toolRounds = toolRounds;
			return this;
		}

		/**
		 * Set the maximum size of the result of a tool, in UTF-8. A larger result is
		 * replaced by an error.
		 * @param toolResultSize positive
		 * @return this
		 */
		public Builder toolResultSize(DataSize toolResultSize) {
			this.toolResultSize = toolResultSize;
			return this;
		}

		/**
		 * Build the settings.
		 * @return immutable settings
		 * @throws IllegalArgumentException if a value is missing or not allowed; the
		 * message has the name of the setting
		 */
		public SessionConfig build() {
			return new SessionConfig(this);
		}

	}

}
