package dev.streaming.autoconfigure.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.streaming.relay.RelayTurnDetection;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties of the relay.
 *
 * @since 1.0.0
 */
@ConfigurationProperties("streaming.relay")
public class StreamingRelayProperties {

	/**
	 * Whether to enable the relay, which connects browsers to a provider.
	 */
	private boolean enabled;

	/**
	 * Path of the WebSocket endpoint.
	 */
	private String path = "/streaming/relay";

	/**
	 * Name of the connection for the sessions of browsers. Only required if there are
	 * several connections.
	 */
	private @Nullable String connection;

	/**
	 * Additional origins of pages that may connect, such as https://app.example.com or
	 * https://*.example.com.
	 */
	private List<String> allowedOrigins = new ArrayList<>();

	/**
	 * Party that detects the end of the user's turn: the provider, or the client, which
	 * then sends commit.
	 */
	private RelayTurnDetection turnDetection = RelayTurnDetection.PROVIDER;

	/**
	 * Maximum number of sessions of one principal. Zero disables the limit.
	 */
	private int maxSessionsPerPrincipal = 5;

	/**
	 * Maximum size of a message from a browser.
	 */
	private DataSize maxMessageSize = DataSize.ofKilobytes(32);

	/**
	 * Maximum length of a text of the user, in characters.
	 */
	private int maxTextLength = 4000;

	/**
	 * Maximum number of messages from a browser per second. A burst may have twice as
	 * many.
	 */
	private int maxMessagesPerSecond = 100;

	/**
	 * Time without activity of either side after which a session ends. Zero disables the
	 * limit.
	 */
	private Duration idleTimeout = Duration.ofMinutes(5);

	/**
	 * Time in which a browser that has lost its connection may resume its session. Zero
	 * disables it.
	 */
	private Duration reattachFor = Duration.ofSeconds(30);

	/**
	 * Size of pending messages to a browser at which reading of its session is paused.
	 */
	private DataSize sendBufferSize = DataSize.ofKilobytes(256);

	/**
	 * Maximum size of the events that are retained for a browser that resumes.
	 */
	private DataSize historySize = DataSize.ofKilobytes(64);

	/**
	 * Interval between pings to a browser, whose connection is closed if it does not
	 * answer. Zero disables pings.
	 */
	private Duration pingInterval = Duration.ofSeconds(20);

	/**
	 * Maximum time to write a message to a browser.
	 */
	private Duration sendTimeout = Duration.ofSeconds(10);

	/**
	 * Maximum number of threads that write to browsers and providers.
	 */
	private int threads = 256;

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public String getPath() {
		return this.path;
	}

	public void setPath(String path) {
		this.path = path;
	}

	public @Nullable String getConnection() {
		return this.connection;
	}

	public void setConnection(@Nullable String connection) {
		this.connection = connection;
	}

	public List<String> getAllowedOrigins() {
		return this.allowedOrigins;
	}

	public void setAllowedOrigins(List<String> allowedOrigins) {
		this.allowedOrigins = allowedOrigins;
	}

	public RelayTurnDetection getTurnDetection() {
		return this.turnDetection;
	}

	public void setTurnDetection(RelayTurnDetection turnDetection) {
		this.turnDetection = turnDetection;
	}

	public int getMaxSessionsPerPrincipal() {
		return this.maxSessionsPerPrincipal;
	}

	public void setMaxSessionsPerPrincipal(int maxSessionsPerPrincipal) {
		this.maxSessionsPerPrincipal = maxSessionsPerPrincipal;
	}

	public DataSize getMaxMessageSize() {
		return this.maxMessageSize;
	}

	public void setMaxMessageSize(DataSize maxMessageSize) {
		this.maxMessageSize = maxMessageSize;
	}

	public int getMaxTextLength() {
		return this.maxTextLength;
	}

	public void setMaxTextLength(int maxTextLength) {
		this.maxTextLength = maxTextLength;
	}

	public int getMaxMessagesPerSecond() {
		return this.maxMessagesPerSecond;
	}

	public void setMaxMessagesPerSecond(int maxMessagesPerSecond) {
		this.maxMessagesPerSecond = maxMessagesPerSecond;
	}

	public Duration getIdleTimeout() {
		return this.idleTimeout;
	}

	public void setIdleTimeout(Duration idleTimeout) {
		this.idleTimeout = idleTimeout;
	}

	public Duration getReattachFor() {
		return this.reattachFor;
	}

	public void setReattachFor(Duration reattachFor) {
		this.reattachFor = reattachFor;
	}

	public DataSize getSendBufferSize() {
		return this.sendBufferSize;
	}

	public void setSendBufferSize(DataSize sendBufferSize) {
		this.sendBufferSize = sendBufferSize;
	}

	public DataSize getHistorySize() {
		return this.historySize;
	}

	public void setHistorySize(DataSize historySize) {
		this.historySize = historySize;
	}

	public Duration getPingInterval() {
		return this.pingInterval;
	}

	public void setPingInterval(Duration pingInterval) {
		this.pingInterval = pingInterval;
	}

	public Duration getSendTimeout() {
		return this.sendTimeout;
	}

	public void setSendTimeout(Duration sendTimeout) {
		this.sendTimeout = sendTimeout;
	}

	public int getThreads() {
		return this.threads;
	}

	public void setThreads(int threads) {
		this.threads = threads;
	}

}
