package dev.streaming;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import javax.net.ssl.SSLContext;

import dev.streaming.internal.util.SettingChecks;
import dev.streaming.internal.util.WebSocketUrl;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.Assert;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * Settings of a connection with their defaults: collected by a builder, then validated.
 * Not thread-safe; a validated copy is not changed any more.
 */
final class ConnSettings {

	static final Duration DIAL_TIMEOUT = Duration.ofSeconds(10);

	static final Duration WRITE_WAIT = Duration.ofSeconds(10);

	static final DataSize MAX_MESSAGE_SIZE = DataSize.ofMegabytes(16);

	static final int MAX_RETRIES = 3;

	static final Duration RETRY_BACKOFF_BASE = Duration.ofSeconds(1);

	static final Duration RETRY_BACKOFF_MAX = Duration.ofSeconds(30);

	static final Duration CLOSE_GRACE_PERIOD = Duration.ofSeconds(5);

	static final Duration PONG_TIMEOUT = Duration.ofSeconds(20);

	static final String NAME = "default";

	String name = NAME;

	String url;

	Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

	List<String> subprotocols = List.of();

	@Nullable TransportType transport;

	@Nullable ProxySettings proxy;

	boolean compression;

	Duration dialTimeout = DIAL_TIMEOUT;

	Duration writeWait = WRITE_WAIT;

	DataSize maxMessageSize = MAX_MESSAGE_SIZE;

	int maxRetries = MAX_RETRIES;

	Duration retryBackoffBase = RETRY_BACKOFF_BASE;

	Duration retryBackoffMax = RETRY_BACKOFF_MAX;

	Duration closeGracePeriod = CLOSE_GRACE_PERIOD;

	Duration heartbeatInterval = Duration.ZERO;

	Duration pongTimeout = PONG_TIMEOUT;

	@Nullable HandshakeCustomizer handshake;

	@Nullable SSLContext sslContext;

	@Nullable JsonMapper jsonMapper;

	@Nullable Logger logger;

	Map<String, Object> attributes = Map.of();

	/**
	 * Create default settings.
	 * @param url the URL to dial
	 */
	ConnSettings(String url) {
		this.url = url;
	}

	/**
	 * Copy settings.
	 * @param other the settings to copy
	 */
	ConnSettings(ConnSettings other) {
		this.name = other.name;
		this.url = other.url;
		this.headers.putAll(other.headers);
		this.subprotocols = List.copyOf(other.subprotocols);
		this.transport = other.transport;
		this.proxy = other.proxy;
		this.compression = other.compression;
		this.dialTimeout = other.dialTimeout;
		this.writeWait = other.writeWait;
		this.maxMessageSize = other.maxMessageSize;
		this.maxRetries = other.maxRetries;
		this.retryBackoffBase = other.retryBackoffBase;
		this.retryBackoffMax = other.retryBackoffMax;
		this.closeGracePeriod = other.closeGracePeriod;
		this.heartbeatInterval = other.heartbeatInterval;
		this.pongTimeout = other.pongTimeout;
		this.handshake = other.handshake;
		this.sslContext = other.sslContext;
		this.jsonMapper = other.jsonMapper;
		this.logger = other.logger;
		this.attributes = Map.copyOf(other.attributes);
	}

	/**
	 * Validate the URL.
	 * @return the parsed URL
	 * @throws IllegalArgumentException if the URL is not valid
	 */
	URI checkedUrl() {
		Assert.isTrue(StringUtils.hasText(this.url),
				() -> "url is required, such as wss://host/path: set it on the builder, or as streaming"
						+ (this.name.equals(NAME) ? "" : ".connections." + this.name) + ".conn.url");
		return WebSocketUrl.parse(this.url);
	}

	/**
	 * Validate all settings except the URL.
	 * @return the transport
	 * @throws IllegalArgumentException if a value is not allowed; the message has the
	 * name of the setting
	 */
	TransportType check() {
		TransportType selected = TransportType.available(this.transport);
		SettingChecks.positive("dialTimeout", this.dialTimeout);
		SettingChecks.positive("writeWait", this.writeWait);
		SettingChecks.positive("maxMessageSize", this.maxMessageSize);
		SettingChecks.positive("maxRetries", this.maxRetries);
		SettingChecks.notNegative("retryBackoffBase", this.retryBackoffBase);
		SettingChecks.notNegative("retryBackoffMax", this.retryBackoffMax);
		SettingChecks.notNegative("closeGracePeriod", this.closeGracePeriod);
		SettingChecks.notNegative("heartbeatInterval", this.heartbeatInterval);
		SettingChecks.positive("pongTimeout", this.pongTimeout);
		Assert.isTrue(selected != TransportType.STANDARD || this.proxy == null || this.proxy.isSupportedByStandard(),
				() -> "proxy is " + this.proxy + ", but the transport STANDARD cannot use a SOCKS proxy:"
						+ " use TransportType.NETTY or an HTTP proxy");
		Assert.isTrue(selected != TransportType.STANDARD || !this.compression,
				"compression is on, but the transport STANDARD does not compress: use TransportType.NETTY");
		return selected;
	}

}
