package dev.streaming;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import javax.net.ssl.SSLContext;

import dev.streaming.internal.util.HttpRules;
import dev.streaming.internal.util.SettingChecks;
import dev.streaming.internal.util.UriRedactor;
import dev.streaming.internal.util.WebSocketUrl;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.Assert;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * Settings of a {@link Conn}. Immutable. One builder method and one accessor for each
 * property under {@code streaming.conn}, with the same names and defaults.
 *
 * <pre>{@code
 * ConnConfig config = ConnConfig.builder("wss://api.example.com/v1/realtime")
 *     .header("Authorization", "Bearer " + token)
 *     .heartbeatInterval(Duration.ofSeconds(20))
 *     .build();
 * }</pre>
 *
 * @since 1.0.0
 */
public final class ConnConfig {

	/** Default timeout of a dial. */
	public static final Duration DEFAULT_DIAL_TIMEOUT = Duration.ofSeconds(10);

	/** Default maximum time to write a message. */
	public static final Duration DEFAULT_WRITE_WAIT = Duration.ofSeconds(10);

	/** The largest message that is received, by default. */
	public static final DataSize DEFAULT_MAX_MESSAGE_SIZE = DataSize.ofMegabytes(16);

	/** Default maximum number of dials, the first included. */
	public static final int DEFAULT_MAX_RETRIES = 3;

	/** The delay before the second dial, by default. */
	public static final Duration DEFAULT_RETRY_BACKOFF_BASE = Duration.ofSeconds(1);

	/** The longest delay between dials, by default. */
	public static final Duration DEFAULT_RETRY_BACKOFF_MAX = Duration.ofSeconds(30);

	/** Default maximum time to wait for the peer's close frame. */
	public static final Duration DEFAULT_CLOSE_GRACE_PERIOD = Duration.ofSeconds(5);

	/** Default maximum time to wait for any frame from the peer after a ping. */
	public static final Duration DEFAULT_PONG_TIMEOUT = Duration.ofSeconds(20);

	/** The name of the connection under {@code streaming.conn}. */
	public static final String DEFAULT_NAME = "default";

	private static final JsonMapper DEFAULT_MAPPER = JsonMapper.builder().build();

	private final String name;

	private final String url;

	private final URI uri;

	private final Map<String, String> headers;

	private final List<String> subprotocols;

	private final TransportType transport;

	private final Duration dialTimeout;

	private final Duration writeWait;

	private final DataSize maxMessageSize;

	private final int maxRetries;

	private final Duration retryBackoffBase;

	private final Duration retryBackoffMax;

	private final Duration closeGracePeriod;

	private final Duration heartbeatInterval;

	private final Duration pongTimeout;

	private final @Nullable HandshakeCustomizer handshake;

	private final @Nullable SSLContext sslContext;

	private final JsonMapper jsonMapper;

	private final Logger logger;

	private final Map<String, Object> attributes;

	private ConnConfig(Builder builder) {
		this.name = builder.name;
		this.url = builder.url;
		Assert.isTrue(StringUtils.hasText(builder.url),
				() -> "url is required, such as wss://host/path: set it on the builder, or as streaming"
						+ (this.name.equals(DEFAULT_NAME) ? "" : ".connections." + this.name) + ".conn.url");
		this.uri = WebSocketUrl.parse(builder.url);
		TreeMap<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		headers.putAll(builder.headers);
		this.headers = Collections.unmodifiableMap(headers);
		this.subprotocols = List.copyOf(builder.subprotocols);
		this.transport = TransportType.available(builder.transport);
		this.dialTimeout = SettingChecks.positive("dialTimeout", builder.dialTimeout);
		this.writeWait = SettingChecks.positive("writeWait", builder.writeWait);
		this.maxMessageSize = SettingChecks.positive("maxMessageSize", builder.maxMessageSize);
		this.maxRetries = SettingChecks.positive("maxRetries", builder.maxRetries);
		this.retryBackoffBase = SettingChecks.notNegative("retryBackoffBase", builder.retryBackoffBase);
		this.retryBackoffMax = SettingChecks.notNegative("retryBackoffMax", builder.retryBackoffMax);
		this.closeGracePeriod = SettingChecks.notNegative("closeGracePeriod", builder.closeGracePeriod);
		this.heartbeatInterval = SettingChecks.notNegative("heartbeatInterval", builder.heartbeatInterval);
		this.pongTimeout = SettingChecks.positive("pongTimeout", builder.pongTimeout);
		this.handshake = builder.handshake;
		this.sslContext = builder.sslContext;
		this.jsonMapper = (builder.jsonMapper != null) ? builder.jsonMapper : DEFAULT_MAPPER;
		this.logger = (builder.logger != null) ? builder.logger : LoggerFactory.getLogger("dev.streaming.Conn");
		this.attributes = Map.copyOf(builder.attributes);
	}

	/**
	 * Start settings with all defaults.
	 * @param url a {@code ws} or {@code wss} URL; checked in {@link Builder#build()}
	 * @return a builder
	 */
	public static Builder builder(String url) {
		return new Builder(url);
	}

	/**
	 * Return a builder that starts from these settings.
	 * @return a builder
	 */
	public Builder toBuilder() {
		return new Builder(this);
	}

	/**
	 * Return the connection's name, for logs and meters.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return the URL to dial. May hold secrets.
	 * @return the URL
	 */
	public String url() {
		return this.url;
	}

	/**
	 * Return the URL to dial, parsed. May hold secrets.
	 * @return the URL
	 */
	public URI uri() {
		return this.uri;
	}

	/**
	 * Return the headers of the upgrade request. May hold secrets.
	 * @return an immutable map with case-insensitive names
	 */
	public Map<String, String> headers() {
		return this.headers;
	}

	/**
	 * Return the subprotocols to offer.
	 * @return an immutable list
	 */
	public List<String> subprotocols() {
		return this.subprotocols;
	}

	/**
	 * Return the client that makes the connections.
	 * @return the transport
	 */
	public TransportType transport() {
		return this.transport;
	}

	/**
	 * Return the timeout of a dial, from DNS to the upgrade.
	 * @return the timeout
	 */
	public Duration dialTimeout() {
		return this.dialTimeout;
	}

	/**
	 * Return the maximum time to write a message.
	 * @return the time, from the call
	 */
	public Duration writeWait() {
		return this.writeWait;
	}

	/**
	 * Return the largest message that is received.
	 * @return the size
	 */
	public DataSize maxMessageSize() {
		return this.maxMessageSize;
	}

	/**
	 * Return the maximum number of dials of a connect with retry.
	 * @return the number, the first dial included
	 */
	public int maxRetries() {
		return this.maxRetries;
	}

	/**
	 * Return the delay before the second dial; it doubles from dial to dial.
	 * @return the delay, before jitter
	 */
	public Duration retryBackoffBase() {
		return this.retryBackoffBase;
	}

	/**
	 * Return the longest delay between dials.
	 * @return the delay
	 */
	public Duration retryBackoffMax() {
		return this.retryBackoffMax;
	}

	/**
	 * Return the maximum time to wait for the peer's close frame.
	 * @return the time
	 */
	public Duration closeGracePeriod() {
		return this.closeGracePeriod;
	}

	/**
	 * Return the time between pings.
	 * @return the interval; zero is no heartbeat
	 */
	public Duration heartbeatInterval() {
		return this.heartbeatInterval;
	}

	/**
	 * Return the maximum time to wait for any frame from the peer after a ping.
	 * @return the timeout
	 */
	public Duration pongTimeout() {
		return this.pongTimeout;
	}

	/**
	 * Return the customizers that run before every dial.
	 * @return the customizers as one, or {@code null}
	 */
	public @Nullable HandshakeCustomizer handshake() {
		return this.handshake;
	}

	/**
	 * Return trust and keys for {@code wss}.
	 * @return the context, or {@code null} for the JVM's default
	 */
	public @Nullable SSLContext sslContext() {
		return this.sslContext;
	}

	/**
	 * Return the JSON mapper that encodes messages.
	 * @return the mapper
	 */
	public JsonMapper jsonMapper() {
		return this.jsonMapper;
	}

	/**
	 * Return the connection's logger.
	 * @return the logger
	 */
	public Logger logger() {
		return this.logger;
	}

	/**
	 * Return the attributes of the session.
	 * @return an immutable map
	 */
	public Map<String, Object> attributes() {
		return this.attributes;
	}

	/**
	 * Return name and host, never a secret.
	 * @return a short description
	 */
	@Override
	public String toString() {
		return "ConnConfig[" + this.name + ", " + UriRedactor.uri(this.uri) + "]";
	}

	/**
	 * Builds {@link ConnConfig}. Not thread-safe.
	 */
	public static final class Builder {

		private String name = DEFAULT_NAME;

		private String url;

		private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

		private List<String> subprotocols = List.of();

		private @Nullable TransportType transport;

		private Duration dialTimeout = DEFAULT_DIAL_TIMEOUT;

		private Duration writeWait = DEFAULT_WRITE_WAIT;

		private DataSize maxMessageSize = DEFAULT_MAX_MESSAGE_SIZE;

		private int maxRetries = DEFAULT_MAX_RETRIES;

		private Duration retryBackoffBase = DEFAULT_RETRY_BACKOFF_BASE;

		private Duration retryBackoffMax = DEFAULT_RETRY_BACKOFF_MAX;

		private Duration closeGracePeriod = DEFAULT_CLOSE_GRACE_PERIOD;

		private Duration heartbeatInterval = Duration.ZERO;

		private Duration pongTimeout = DEFAULT_PONG_TIMEOUT;

		private @Nullable HandshakeCustomizer handshake;

		private @Nullable SSLContext sslContext;

		private @Nullable JsonMapper jsonMapper;

		private @Nullable Logger logger;

		private Map<String, Object> attributes = Map.of();

		private Builder(String url) {
			this.url = url;
		}

		private Builder(ConnConfig config) {
			this.name = config.name;
			this.url = config.url;
			this.headers.putAll(config.headers);
			this.subprotocols = config.subprotocols;
			this.transport = config.transport;
			this.dialTimeout = config.dialTimeout;
			this.writeWait = config.writeWait;
			this.maxMessageSize = config.maxMessageSize;
			this.maxRetries = config.maxRetries;
			this.retryBackoffBase = config.retryBackoffBase;
			this.retryBackoffMax = config.retryBackoffMax;
			this.closeGracePeriod = config.closeGracePeriod;
			this.heartbeatInterval = config.heartbeatInterval;
			this.pongTimeout = config.pongTimeout;
			this.handshake = config.handshake;
			this.sslContext = config.sslContext;
			this.jsonMapper = config.jsonMapper;
			this.logger = config.logger;
			this.attributes = config.attributes;
		}

		/**
		 * Set the name, for logs and meters. It is a meter tag: give one for each
		 * purpose, not one for each connection.
		 * @param name the name
		 * @return this
		 */
		public Builder name(String name) {
			Assert.hasText(name, "name must not be empty");
			this.name = name;
			return this;
		}

		/**
		 * Set the URL to dial.
		 * @param url a {@code ws} or {@code wss} URL
		 * @return this
		 */
		public Builder url(String url) {
			this.url = url;
			return this;
		}

		/**
		 * Set a header of the upgrade request, instead of any value it had.
		 * @param name its name, case-insensitive
		 * @param value its value
		 * @return this
		 */
		public Builder header(String name, String value) {
			HttpRules.header(name, value);
			this.headers.put(name, value);
			return this;
		}

		/**
		 * Set headers of the upgrade request, beside those that are set.
		 * @param headers names and values
		 * @return this
		 */
		public Builder headers(Map<String, String> headers) {
			Assert.notNull(headers, "headers must not be null");
			headers.forEach(this::header);
			return this;
		}

		/**
		 * Set the subprotocols to offer.
		 * @param subprotocols their names, the most wanted first
		 * @return this
		 */
		public Builder subprotocols(String... subprotocols) {
			Assert.noNullElements(subprotocols, "subprotocols must not be null");
			for (String subprotocol : subprotocols) {
				HttpRules.subprotocol(subprotocol);
			}
			this.subprotocols = new ArrayList<>(List.of(subprotocols));
			return this;
		}

		/**
		 * Set the client that makes the connections.
		 * @param transport the transport, or {@code null} for
		 * {@link TransportType#defaultType() the default}
		 * @return this
		 */
		public Builder transport(@Nullable TransportType transport) {
			this.transport = transport;
			return this;
		}

		/**
		 * Set the timeout of a dial, from DNS to the upgrade.
		 * @param dialTimeout positive
		 * @return this
		 */
		public Builder dialTimeout(Duration dialTimeout) {
			this.dialTimeout = dialTimeout;
			return this;
		}

		/**
		 * Set the maximum time to write a message, from the call.
		 * @param writeWait positive
		 * @return this
		 */
		public Builder writeWait(Duration writeWait) {
			this.writeWait = writeWait;
			return this;
		}

		/**
		 * Set the largest message that is received.
		 * @param maxMessageSize positive, at most 2 GB - 1
		 * @return this
		 */
		public Builder maxMessageSize(DataSize maxMessageSize) {
			this.maxMessageSize = maxMessageSize;
			return this;
		}

		/**
		 * Set the maximum number of dials of a connect with retry.
		 * @param maxRetries the dials, the first included; positive
		 * @return this
		 */
		public Builder maxRetries(int maxRetries) {
			this.maxRetries = maxRetries;
			return this;
		}

		/**
		 * Set the delay before the second dial; it doubles from dial to dial.
		 * @param retryBackoffBase zero or more, before jitter
		 * @return this
		 */
		public Builder retryBackoffBase(Duration retryBackoffBase) {
			this.retryBackoffBase = retryBackoffBase;
			return this;
		}

		/**
		 * Set the longest delay between dials.
		 * @param retryBackoffMax zero or more
		 * @return this
		 */
		public Builder retryBackoffMax(Duration retryBackoffMax) {
			this.retryBackoffMax = retryBackoffMax;
			return this;
		}

		/**
		 * Set the maximum time to wait for the peer's close frame.
		 * @param closeGracePeriod zero or more
		 * @return this
		 */
		public Builder closeGracePeriod(Duration closeGracePeriod) {
			this.closeGracePeriod = closeGracePeriod;
			return this;
		}

		/**
		 * Set the time between pings.
		 * @param heartbeatInterval zero is no heartbeat
		 * @return this
		 */
		public Builder heartbeatInterval(Duration heartbeatInterval) {
			this.heartbeatInterval = heartbeatInterval;
			return this;
		}

		/**
		 * Set the maximum time to wait for any frame from the peer after a ping.
		 * @param pongTimeout positive
		 * @return this
		 */
		public Builder pongTimeout(Duration pongTimeout) {
			this.pongTimeout = pongTimeout;
			return this;
		}

		/**
		 * Add what runs before every dial, behind what is there already.
		 * @param handshake sees and changes the handshake
		 * @return this
		 */
		public Builder handshake(HandshakeCustomizer handshake) {
			Assert.notNull(handshake, "handshake must not be null");
			HandshakeCustomizer first = this.handshake;
			this.handshake = (first != null) ? (target) -> {
				first.customize(target);
				handshake.customize(target);
			} : handshake;
			return this;
		}

		/**
		 * Set trust and keys for {@code wss}.
		 * @param sslContext the context, or {@code null} for the JVM's default
		 * @return this
		 */
		public Builder sslContext(@Nullable SSLContext sslContext) {
			this.sslContext = sslContext;
			return this;
		}

		/**
		 * Set the JSON mapper that encodes messages. By default a mapper of our own,
		 * because an application's naming strategy must not bend a wire format.
		 * @param jsonMapper the mapper
		 * @return this
		 */
		public Builder jsonMapper(JsonMapper jsonMapper) {
			this.jsonMapper = jsonMapper;
			return this;
		}

		/**
		 * Set the connection's logger.
		 * @param logger the logger
		 * @return this
		 */
		public Builder logger(Logger logger) {
			this.logger = logger;
			return this;
		}

		/**
		 * Set the attributes of the session, for handlers, customizers and tools.
		 * @param attributes the attributes by name
		 * @return this
		 */
		public Builder attributes(Map<String, Object> attributes) {
			this.attributes = attributes;
			return this;
		}

		/**
		 * Build the settings.
		 * @return immutable settings
		 * @throws IllegalArgumentException if one is not allowed; names it
		 */
		public ConnConfig build() {
			return new ConnConfig(this);
		}

	}

}
