package dev.streaming.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.streaming.ConnConfig;
import dev.streaming.OutagePolicy;
import dev.streaming.SessionConfig;
import dev.streaming.TransportType;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties of streaming connections and sessions. A property that is
 * {@code null} is not configured: a named connection then inherits it from
 * {@code streaming.conn} or {@code streaming.session}, and those from the defaults of
 * {@link ConnConfig} and {@link SessionConfig}.
 *
 * @since 1.0.0
 */
@ConfigurationProperties("streaming")
public class StreamingProperties {

	private final Conn conn = new Conn();

	private final Session session = new Session();

	/**
	 * Whether an application without a web server stays alive while a session is open.
	 */
	private boolean keepAlive = true;

	/**
	 * Maximum number of open sessions of all connections. Zero disables the limit.
	 */
	private int maxSessions;

	private final Threads threads = new Threads();

	/**
	 * Named connections. Settings that are not configured are inherited from
	 * streaming.conn and streaming.session.
	 */
	private final Map<String, Connection> connections = new LinkedHashMap<>();

	public Conn getConn() {
		return this.conn;
	}

	public Session getSession() {
		return this.session;
	}

	public boolean isKeepAlive() {
		return this.keepAlive;
	}

	public void setKeepAlive(boolean keepAlive) {
		this.keepAlive = keepAlive;
	}

	public int getMaxSessions() {
		return this.maxSessions;
	}

	public void setMaxSessions(int maxSessions) {
		this.maxSessions = maxSessions;
	}

	public Threads getThreads() {
		return this.threads;
	}

	// Not public, so that the annotation processor does not describe it:
	// StreamingMetadata describes it with the settings of the built-in providers. The
	// annotation is required by the actuator endpoint "configprops"
	@JsonProperty
	Map<String, Connection> getConnections() {
		return this.connections;
	}

	/**
	 * Return the named connections.
	 * @return the connections by name, without the settings of their providers
	 */
	public Map<String, Connection> connections() {
		return this.connections;
	}

	/**
	 * Configuration properties of a named connection. The settings of its provider are
	 * siblings of these, and are bound by the {@link StreamingProvider}.
	 */
	public static class Connection {

		private final Conn conn = new Conn();

		private final Session session = new Session();

		/**
		 * Name of the bean that handles the messages of this connection.
		 */
		private @Nullable String handler;

		/**
		 * Provider of this connection. It supplies the handler and the default URL.
		 */
		private @Nullable String provider;

		/**
		 * Maximum number of open sessions of this connection. Zero disables the limit.
		 */
		private int maxSessions;

		public Conn getConn() {
			return this.conn;
		}

		public Session getSession() {
			return this.session;
		}

		public @Nullable String getHandler() {
			return this.handler;
		}

		public void setHandler(@Nullable String handler) {
			this.handler = handler;
		}

		public @Nullable String getProvider() {
			return this.provider;
		}

		public void setProvider(@Nullable String provider) {
			this.provider = provider;
		}

		public int getMaxSessions() {
			return this.maxSessions;
		}

		public void setMaxSessions(int maxSessions) {
			this.maxSessions = maxSessions;
		}

	}

	/**
	 * Configuration properties of a connection.
	 */
	public static class Conn {

		/**
		 * WebSocket URL to dial. Not inherited.
		 */
		private @Nullable String url;

		/**
		 * Headers of the handshake. Not inherited.
		 */
		private final Map<String, String> headers = new LinkedHashMap<>();

		/**
		 * Subprotocols to offer, in order of preference. Not inherited.
		 */
		private List<String> subprotocols = new ArrayList<>();

		/**
		 * WebSocket client. Netty requires netty-codec-http, netty-handler-proxy and
		 * netty-resolver-dns, and is the default if it is the only client on the class
		 * path.
		 */
		private @Nullable TransportType transport;

		/**
		 * Whether to offer compression of messages (permessage-deflate) to the peer.
		 * Requires the transport netty.
		 */
		private @Nullable Boolean compression;

		@NestedConfigurationProperty
		private final ProxyProperties proxy = new ProxyProperties();

		/**
		 * Maximum duration of a dial, from the name lookup to the end of the handshake.
		 */
		private @Nullable Duration dialTimeout;

		/**
		 * Maximum time to write a message.
		 */
		private @Nullable Duration writeWait;

		/**
		 * Maximum size of a received message.
		 */
		private @Nullable DataSize maxMessageSize;

		/**
		 * Maximum number of dials of a connect with retry, including the first.
		 */
		private @Nullable Integer maxRetries;

		/**
		 * Delay before the second dial. Doubled for each further dial.
		 */
		private @Nullable Duration retryBackoffBase;

		/**
		 * Maximum delay between dials.
		 */
		private @Nullable Duration retryBackoffMax;

		/**
		 * Maximum time to wait for the close frame of the peer when closing.
		 */
		private @Nullable Duration closeGracePeriod;

		/**
		 * Interval between pings. Zero disables the heartbeat. With a provider, 20s if
		 * not set.
		 */
		private @Nullable Duration heartbeatInterval;

		/**
		 * Maximum time to wait for any frame from the peer after a ping. For gemini-live,
		 * 60s if not set.
		 */
		private @Nullable Duration pongTimeout;

		/**
		 * Name of the SSL bundle for wss connections. Not inherited.
		 */
		private @Nullable String sslBundle;

		public @Nullable String getUrl() {
			return this.url;
		}

		public void setUrl(@Nullable String url) {
			this.url = url;
		}

		public Map<String, String> getHeaders() {
			return this.headers;
		}

		public List<String> getSubprotocols() {
			return this.subprotocols;
		}

		public void setSubprotocols(List<String> subprotocols) {
			this.subprotocols = subprotocols;
		}

		public @Nullable TransportType getTransport() {
			return this.transport;
		}

		public void setTransport(@Nullable TransportType transport) {
			this.transport = transport;
		}

		public @Nullable Boolean getCompression() {
			return this.compression;
		}

		public void setCompression(@Nullable Boolean compression) {
			this.compression = compression;
		}

		public ProxyProperties getProxy() {
			return this.proxy;
		}

		public @Nullable Duration getDialTimeout() {
			return this.dialTimeout;
		}

		public void setDialTimeout(@Nullable Duration dialTimeout) {
			this.dialTimeout = dialTimeout;
		}

		public @Nullable Duration getWriteWait() {
			return this.writeWait;
		}

		public void setWriteWait(@Nullable Duration writeWait) {
			this.writeWait = writeWait;
		}

		public @Nullable DataSize getMaxMessageSize() {
			return this.maxMessageSize;
		}

		public void setMaxMessageSize(@Nullable DataSize maxMessageSize) {
			this.maxMessageSize = maxMessageSize;
		}

		public @Nullable Integer getMaxRetries() {
			return this.maxRetries;
		}

		public void setMaxRetries(@Nullable Integer maxRetries) {
			this.maxRetries = maxRetries;
		}

		public @Nullable Duration getRetryBackoffBase() {
			return this.retryBackoffBase;
		}

		public void setRetryBackoffBase(@Nullable Duration retryBackoffBase) {
			this.retryBackoffBase = retryBackoffBase;
		}

		public @Nullable Duration getRetryBackoffMax() {
			return this.retryBackoffMax;
		}

		public void setRetryBackoffMax(@Nullable Duration retryBackoffMax) {
			this.retryBackoffMax = retryBackoffMax;
		}

		public @Nullable Duration getCloseGracePeriod() {
			return this.closeGracePeriod;
		}

		public void setCloseGracePeriod(@Nullable Duration closeGracePeriod) {
			this.closeGracePeriod = closeGracePeriod;
		}

		public @Nullable Duration getHeartbeatInterval() {
			return this.heartbeatInterval;
		}

		public void setHeartbeatInterval(@Nullable Duration heartbeatInterval) {
			this.heartbeatInterval = heartbeatInterval;
		}

		public @Nullable Duration getPongTimeout() {
			return this.pongTimeout;
		}

		public void setPongTimeout(@Nullable Duration pongTimeout) {
			this.pongTimeout = pongTimeout;
		}

		public @Nullable String getSslBundle() {
			return this.sslBundle;
		}

		public void setSslBundle(@Nullable String sslBundle) {
			this.sslBundle = sslBundle;
		}

	}

	/**
	 * Configuration properties of the sessions of a connection.
	 */
	public static class Session extends SessionLimitProperties {

		/**
		 * Capacity of the response channel, in chunks.
		 */
		private @Nullable Integer responseChannelSize;

		/**
		 * Maximum size of the messages that are received and handled ahead of the
		 * consumer. Zero disables the read-ahead.
		 */
		private @Nullable DataSize readAhead;

		/**
		 * Maximum number of attempts to reconnect in an outage. Zero disables
		 * reconnection. With a provider, 5 if not set.
		 */
		private @Nullable Integer maxReconnectAttempts;

		/**
		 * Time a connection must stay open before the attempt counter is reset.
		 */
		private @Nullable Duration reconnectStableAfter;

		/**
		 * Maximum duration of the setup of a connection by a handler or reconnect hook.
		 */
		private @Nullable Duration reconnectHookTimeout;

		/**
		 * Behavior of send operations while the session is reconnecting.
		 */
		private @Nullable OutagePolicy sendWhileReconnecting;

		/**
		 * Maximum size of the messages that are buffered while the session is
		 * reconnecting.
		 */
		private @Nullable DataSize sendBufferSize;

		/**
		 * Age at which a connection is replaced by a new one. Zero disables the limit.
		 * For OpenAI, 55m if not set, and 25m for Azure.
		 */
		private @Nullable Duration maxConnectionAge;

		/**
		 * Maximum time that a planned change of connection waits for the end of a
		 * response.
		 */
		private @Nullable Duration plannedChangeMaxWait;

		/**
		 * Maximum duration of a tool call.
		 */
		private @Nullable Duration toolTimeout;

		/**
		 * Maximum number of tool calls of a session that run at the same time. Further
		 * calls wait.
		 */
		private @Nullable Integer toolConcurrency;

		/**
		 * Maximum number of rounds of tool calls for one answer.
		 */
		private @Nullable Integer toolRounds;

		/**
		 * Maximum size of the result of a tool call.
		 */
		private @Nullable DataSize toolResultSize;

		public @Nullable Integer getResponseChannelSize() {
			return this.responseChannelSize;
		}

		public void setResponseChannelSize(@Nullable Integer responseChannelSize) {
			this.responseChannelSize = responseChannelSize;
		}

		public @Nullable DataSize getReadAhead() {
			return this.readAhead;
		}

		public void setReadAhead(@Nullable DataSize readAhead) {
			this.readAhead = readAhead;
		}

		public @Nullable Integer getMaxReconnectAttempts() {
			return this.maxReconnectAttempts;
		}

		public void setMaxReconnectAttempts(@Nullable Integer maxReconnectAttempts) {
			this.maxReconnectAttempts = maxReconnectAttempts;
		}

		public @Nullable Duration getReconnectStableAfter() {
			return this.reconnectStableAfter;
		}

		public void setReconnectStableAfter(@Nullable Duration reconnectStableAfter) {
			this.reconnectStableAfter = reconnectStableAfter;
		}

		public @Nullable Duration getReconnectHookTimeout() {
			return this.reconnectHookTimeout;
		}

		public void setReconnectHookTimeout(@Nullable Duration reconnectHookTimeout) {
			this.reconnectHookTimeout = reconnectHookTimeout;
		}

		public @Nullable OutagePolicy getSendWhileReconnecting() {
			return this.sendWhileReconnecting;
		}

		public void setSendWhileReconnecting(@Nullable OutagePolicy sendWhileReconnecting) {
			this.sendWhileReconnecting = sendWhileReconnecting;
		}

		public @Nullable DataSize getSendBufferSize() {
			return this.sendBufferSize;
		}

		public void setSendBufferSize(@Nullable DataSize sendBufferSize) {
			this.sendBufferSize = sendBufferSize;
		}

		public @Nullable Duration getMaxConnectionAge() {
			return this.maxConnectionAge;
		}

		public void setMaxConnectionAge(@Nullable Duration maxConnectionAge) {
			this.maxConnectionAge = maxConnectionAge;
		}

		public @Nullable Duration getPlannedChangeMaxWait() {
			return this.plannedChangeMaxWait;
		}

		public void setPlannedChangeMaxWait(@Nullable Duration plannedChangeMaxWait) {
			this.plannedChangeMaxWait = plannedChangeMaxWait;
		}

		public @Nullable Duration getToolTimeout() {
			return this.toolTimeout;
		}

		public void setToolTimeout(@Nullable Duration toolTimeout) {
			this.toolTimeout = toolTimeout;
		}

		public @Nullable Integer getToolConcurrency() {
			return this.toolConcurrency;
		}

		public void setToolConcurrency(@Nullable Integer toolConcurrency) {
			this.toolConcurrency = toolConcurrency;
		}

		public @Nullable Integer getToolRounds() {
			return this.toolRounds;
		}

		public void setToolRounds(@Nullable Integer toolRounds) {
			this.toolRounds = toolRounds;
		}

		public @Nullable DataSize getToolResultSize() {
			return this.toolResultSize;
		}

		public void setToolResultSize(@Nullable DataSize toolResultSize) {
			this.toolResultSize = toolResultSize;
		}

	}

	/**
	 * Configuration properties of the thread pools. Virtual threads are not bounded.
	 */
	public static class Threads {

		/**
		 * Maximum number of threads that run handlers, reconnect hooks and listeners, and
		 * of those that run handshake customizers.
		 */
		private int sessions = 256;

		/**
		 * Maximum number of threads that write messages.
		 */
		private int sends = 256;

		/**
		 * Maximum number of threads that call tools.
		 */
		private int tools = 128;

		public int getSessions() {
			return this.sessions;
		}

		public void setSessions(int sessions) {
			this.sessions = sessions;
		}

		public int getSends() {
			return this.sends;
		}

		public void setSends(int sends) {
			this.sends = sends;
		}

		public int getTools() {
			return this.tools;
		}

		public void setTools(int tools) {
			this.tools = tools;
		}

	}

}
