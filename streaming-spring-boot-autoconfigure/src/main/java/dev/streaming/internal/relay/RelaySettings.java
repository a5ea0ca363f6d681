package dev.streaming.internal.relay;

import java.time.Duration;

import dev.streaming.relay.RelayTurnDetection;

import org.springframework.util.Assert;

/**
 * Settings of the relay.
 *
 * @param connection the name of the connection
 * @param turnDetection the party that detects the end of the user's turn
 * @param maxSessionsPerOwner maximum number of sessions of one owner, 0 for no limit
 * @param maxMessageSize maximum size of a message from a browser in bytes
 * @param maxTextLength maximum number of characters of a text of the user
 * @param messagesPerSecond maximum number of messages of one browser
 * @param idleTimeout maximum time without activity of either side, zero for no limit
 * @param reattachFor the time in which a browser may resume its session
 * @param sendBufferSize the size of pending messages to a browser, in bytes
 * @param historySize maximum size of events that are retained for a browser, in bytes
 * @param pingInterval the interval between pings, zero for none
 * @param sendTimeout maximum time to write a message
 */
public record RelaySettings(String connection, RelayTurnDetection turnDetection, int maxSessionsPerOwner,
		int maxMessageSize, int maxTextLength, int messagesPerSecond, Duration idleTimeout, Duration reattachFor,
		int sendBufferSize, int historySize, Duration pingInterval, Duration sendTimeout) {

	/** Maximum time until a browser sends hello. */
	static final Duration HELLO_TIMEOUT = Duration.ofSeconds(10);

	/**
	 * Create the settings.
	 */
	public RelaySettings {
		Assert.hasText(connection, "'connection' must not be empty");
		Assert.notNull(turnDetection, "'turnDetection' must not be null");
	}
}
