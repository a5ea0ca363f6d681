package dev.streaming;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLContext;

import dev.streaming.internal.util.HttpRules;
import dev.streaming.internal.util.UriRedactor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.Assert;
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
	public static final Duration DEFAULT_DIAL_TIMEOUT = ConnSettings.DIAL_TIMEOUT;

	/** Default maximum time to write a message. */
	public static final Duration DEFAULT_WRITE_WAIT = ConnSettings.WRITE_WAIT;

	/** Default maximum size of a received message. */
	public static final DataSize DEFAULT_MAX_MESSAGE_SIZE = ConnSettings.MAX_MESSAGE_SIZE;

	/** Default maximum number of dials, the first included. */
	public static final int DEFAULT_MAX_RETRIES = ConnSettings.MAX_RETRIES;

	/** Default delay before the second dial. */
	public static final Duration DEFAULT_RETRY_BACKOFF_BASE = ConnSettings.RETRY_BACKOFF_BASE;

	/** Default maximum delay between dials. */
	public static final Duration DEFAULT_RETRY_BACKOFF_MAX = ConnSettings.RETRY_BACKOFF_MAX;

	/** Default maximum time to wait for the peer's close frame. */
	public static final Duration DEFAULT_CLOSE_GRACE_PERIOD = ConnSettings.CLOSE_GRACE_PERIOD;

	/** Default maximum time to wait for any frame from the peer after a ping. */
	public static final Duration DEFAULT_PONG_TIMEOUT = ConnSettings.PONG_TIMEOUT;

	/** The name of the connection under {@code streaming.conn}. */
	public static final String DEFAULT_NAME = ConnSettings.NAME;

	private final ConnSettings settings;

	private final URI uri;

	private final TransportType transport;

	private final Map<String, String> headers;

	private final Logger logger;

	private ConnConfig(ConnSettings given) {
		this.settings = new ConnSettings(given);
		this.uri = this.settings.checkedUrl();
		this.transport = this.settings.check();
		this.headers = Collections.unmodifiableMap(this.settings.headers);
		this.logger = (given.logger != null) ? given.logger : LoggerFactory.getLogger("dev.streaming.Conn");
		this.settings.transport = this.transport;
		this.settings.logger = this.logger;
	}

	/**
	 * Return a builder with default settings.
	 * @param url a {@code ws} or {@code wss} URL; checked in {@link Builder#build()}
	 * @return a builder
	 */
	public static Builder builder(String url) {
		return new Builder(new ConnSettings(url));
	}

	/**
	 * Return a builder initialized with these settings.
	 * @return a builder
	 */
	public Builder toBuilder() {
		return new Builder(new ConnSettings(this.settings));
	}

	/**
	 * Return the connection's name, for logs and meters.
	 * @return the name
	 */
	public String name() {
		return this.settings.name;
	}

	/**
	 * Return the URL to dial. May contain secrets.
	 * @return the URL
	 */
	public String url() {
		return this.settings.url;
	}

	/**
	 * Return the parsed URL to dial. May contain secrets.
	 * @return the URL
	 */
	public URI uri() {
		return this.uri;
	}

	/**
	 * Return the headers of the upgrade request. May contain secrets.
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
		return this.settings.subprotocols;
	}

	/**
	 * Return the transport.
	 * @return the transport
	 */
	public TransportType transport() {
		return this.transport;
	}

	/**
	 * Return the proxy. May contain secrets.
	 * @return the proxy, or {@code null} to use the JVM's {@link java.net.ProxySelector}
	 */
	public @Nullable ProxySettings proxy() {
		return this.settings.proxy;
	}

	/**
	 * Return whether compression is offered to the peer.
	 * @return whether to offer compression
	 */
	public boolean compression() {
		return this.settings.compression;
	}

	/**
	 * Return the timeout of a dial, from DNS to the upgrade.
	 * @return the timeout
	 */
	public Duration dialTimeout() {
		return this.settings.dialTimeout;
	}

	/**
	 * Return the maximum time to write a message.
	 * @return the time, from the call
	 */
	public Duration writeWait() {
		return this.settings.writeWait;
	}

	/**
	 * Return the maximum size of a received message.
	 * @return the size
	 */
	public DataSize maxMessageSize() {
		return this.settings.maxMessageSize;
	}

	/**
	 * Return the maximum number of dials of a connect with retry.
	 * @return the number, the first dial included
	 */
	public int maxRetries() {
		return this.settings.maxRetries;
	}

	/**
	 * Return the delay before the second dial, which doubles with each dial.
	 * @return the delay, before jitter
	 */
	public Duration retryBackoffBase() {
		return this.settings.retryBackoffBase;
	}

	/**
	 * Return the maximum delay between dials.
	 * @return the delay
	 */
	public Duration retryBackoffMax() {
		return this.settings.retryBackoffMax;
	}

	/**
	 * Return the maximum time to wait for the peer's close frame.
	 * @return the time
	 */
	public Duration closeGracePeriod() {
		return this.settings.closeGracePeriod;
	}

	/**
	 * Return the time between pings.
	 * @return the interval; zero disables the heartbeat
	 */
	public Duration heartbeatInterval() {
		return this.settings.heartbeatInterval;
	}

	/**
	 * Return the maximum time to wait for any frame from the peer after a ping.
	 * @return the timeout
	 */
	public Duration pongTimeout() {
		return this.settings.pongTimeout;
	}

	/**
	 * Return the customizer that is called before every dial.
	 * @return the composite customizer, or {@code null}
	 */
	public @Nullable HandshakeCustomizer handshake() {
		return this.settings.handshake;
	}

	/**
	 * Return the SSL context for {@code wss}.
	 * @return the context, or {@code null} for the JVM's default
	 */
	public @Nullable SSLContext sslContext() {
		return this.settings.sslContext;
	}

	/**
	 * Return the JSON mapper used to encode messages.
	 * @return the mapper
	 */
	public JsonMapper jsonMapper() {
		JsonMapper own = this.settings.jsonMapper;
		return (own != null) ? own : DefaultMapper.INSTANCE;
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
		return this.settings.attributes;
	}

	/**
	 * Return a short description with name and host, but without secrets.
	 * @return a short description
	 */
	@Override
	public String toString() {
		return "ConnConfig[" + this.settings.name + ", " + UriRedactor.uri(this.uri) + "]";
	}

	/**
	 * Builder for {@link ConnConfig}. Not thread-safe.
	 */
	public static final class Builder {

		private final ConnSettings settings;

		private Builder(ConnSettings settings) {
			this.settings = settings;
		}

		/**
		 * Set the name, for logs and meters. Use one name for each purpose, not for each
		 * connection, because it is a tag of meters.
		 * @param name the name
		 * @return this
		 */
		public Builder name(String name) {
			Assert.hasText(name, "name must not be empty");
			this.settings.name = name;
			return this;
		}

		/**
		 * Set the URL to dial.
		 * @param url a {@code ws} or {@code wss} URL
		 * @return this
		 */
		public Builder url(String url) {
			this.settings.url = url;
			return this;
		}

		/**
		 * Set a header of the upgrade request, replacing any previous value.
		 * @param name its name, case-insensitive
		 * @param value its value
		 * @return this
		 */
		public Builder header(String name, String value) {
			HttpRules.header(name, value);
			this.settings.headers.put(name, value);
			return this;
		}

		/**
		 * Set headers of the upgrade request, in addition to those that are set.
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
		 * @param subprotocols their names, in order of preference
		 * @return this
		 */
		public Builder subprotocols(String... subprotocols) {
			Assert.noNullElements(subprotocols, "subprotocols must not be null");
			for (String subprotocol : subprotocols) {
				HttpRules.subprotocol(subprotocol);
			}
			this.settings.subprotocols = new ArrayList<>(List.of(subprotocols));
			return this;
		}

		/**
		 * Set the transport.
		 * @param transport the transport, or {@code null} for
		 * {@link TransportType#defaultType() the default}
		 * @return this
		 */
		public Builder transport(@Nullable TransportType transport) {
			this.settings.transport = transport;
			return this;
		}

		/**
		 * Set the proxy. A SOCKS proxy requires {@link TransportType#NETTY}.
		 * @param proxy the proxy, {@link ProxySettings#none()} for direct connections, or
		 * {@code null} to use the JVM's {@link java.net.ProxySelector}
		 * @return this
		 */
		public Builder proxy(@Nullable ProxySettings proxy) {
			this.settings.proxy = proxy;
			return this;
		}

		/**
		 * Set whether to offer compression (permessage-deflate). It reduces traffic at
		 * the cost of processor time and of memory for each connection. Requires
		 * {@link TransportType#NETTY}. {@link #maxMessageSize(DataSize)} limits the
		 * uncompressed message.
		 * @param compression whether to offer it
		 * @return this
		 */
		public Builder compression(boolean compression) {
			this.settings.compression = compression;
			return this;
		}

		/**
		 * Set the timeout of a dial, from DNS to the upgrade.
		 * @param dialTimeout positive
		 * @return this
		 */
		public Builder dialTimeout(Duration dialTimeout) {
			this.settings.dialTimeout = dialTimeout;
			return this;
		}

		/**
		 * Set the maximum time to write a message, from the call.
		 * @param writeWait positive
		 * @return this
		 */
		public Builder writeWait(Duration writeWait) {
			this.settings.writeWait = writeWait;
			return this;
		}

		/**
		 * Set the maximum size of a received message.
		 * @param maxMessageSize positive, at most 2 GB - 1
		 * @return this
		 */
		public Builder maxMessageSize(DataSize maxMessageSize) {
			this.settings.maxMessageSize = maxMessageSize;
			return this;
		}

		/**
		 * Set the maximum number of dials of a connect with retry.
		 * @param maxRetries the number of dials, including the first; positive
		 * @return this
		 */
		public Builder maxRetries(int maxRetries) {
			this.settings.maxRetries = maxRetries;
			return this;
		}

		/**
		 * Set the delay before the second dial, which doubles with each dial.
		 * @param retryBackoffBase zero or more, before jitter
		 * @return this
		 */
		public Builder retryBackoffBase(Duration retryBackoffBase) {
			this.settings.retryBackoffBase = retryBackoffBase;
			return this;
		}

		/**
		 * Set the maximum delay between dials.
		 * @param retryBackoffMax zero or more
		 * @return this
		 */
		public Builder retryBackoffMax(Duration retryBackoffMax) {
			this.settings.retryBackoffMax = retryBackoffMax;
			return this;
		}

		/**
		 * Set the maximum time to wait for the peer's close frame.
		 * @param closeGracePeriod zero or more
		 * @return this
		 */
		public Builder closeGracePeriod(Duration closeGracePeriod) {
			this.settings.closeGracePeriod = closeGracePeriod;
			return this;
		}

		/**
		 * Set the time between pings.
		 * @param heartbeatInterval the interval; zero disables the heartbeat
		 * @return this
		 */
		public Builder heartbeatInterval(Duration heartbeatInterval) {
			this.settings.heartbeatInterval = heartbeatInterval;
			return this;
		}

		/**
		 * Set the maximum time to wait for any frame from the peer after a ping.
		 * @param pongTimeout positive
		 * @return this
		 */
		public Builder pongTimeout(Duration pongTimeout) {
			this.settings.pongTimeout = pongTimeout;
			return this;
		}

		/**
		 * Add a customizer that is called before every dial, after those that were added
		 * before.
		 * @param handshake the customizer
		 * @return this
		 */
		public Builder handshake(HandshakeCustomizer handshake) {
			Assert.notNull(handshake, "handshake must not be null");
			HandshakeCustomizer first = this.settings.handshake;
			this.settings.handshake = (first != null) ? (target) -> {
				first.customize(target);
				handshake.customize(target);
			} : handshake;
			return this;
		}

		/**
		 * Set the SSL context for {@code wss}.
		 * @param sslContext the context, or {@code null} for the JVM's default
		 * @return this
		 */
		public Builder sslContext(@Nullable SSLContext sslContext) {
			this.settings.sslContext = sslContext;
			return this;
		}

		/**
		 * Set the JSON mapper used to encode messages. The default mapper is independent
		 * of the application's, whose naming strategy must not affect a wire format.
		 * @param jsonMapper the mapper
		 * @return this
		 */
		public Builder jsonMapper(JsonMapper jsonMapper) {
			this.settings.jsonMapper = jsonMapper;
			return this;
		}

		/**
		 * Set the connection's logger.
		 * @param logger the logger
		 * @return this
		 */
		public Builder logger(Logger logger) {
			this.settings.logger = logger;
			return this;
		}

		/**
		 * Set the attributes of the session, for handlers, customizers and tools.
		 * @param attributes the attributes by name
		 * @return this
		 */
		public Builder attributes(Map<String, Object> attributes) {
			this.settings.attributes = attributes;
			return this;
		}

		/**
		 * Build the settings.
		 * @return immutable settings
		 * @throws IllegalArgumentException if a value is not allowed; the message has the
		 * name of the setting
		 */
		public ConnConfig build() {
			return new ConnConfig(this.settings);
		}

	}

	/**
	 * Made when it is used: a mapper costs start-up time, and many connections never
	 * encode a message with it.
	 */
	private static final class DefaultMapper {

		static final JsonMapper INSTANCE = JsonMapper.builder().build();

	}

}
