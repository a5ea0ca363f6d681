package dev.streaming.observation;

import java.time.Duration;
import java.time.Instant;

import dev.streaming.Session;
import org.jspecify.annotations.Nullable;

/**
 * State of a live session at one moment, for operators. Holds no payload and no secret.
 *
 * @since 1.0.0
 */
public interface SessionInfo {

	/**
	 * Return the id of the session.
	 * @return the id
	 */
	String id();

	/**
	 * Return the configured name of the connection.
	 * @return the name
	 */
	String connection();

	/**
	 * Return the state of the session.
	 * @return the state
	 */
	Session.State state();

	/**
	 * Return the time at which the session was opened.
	 * @return the time, or {@code null} if an implementation of the session that is not
	 * this library's does not tell
	 */
	@Nullable Instant openedAt();

	/**
	 * Return the age of the current connection.
	 * @return the age, or {@code null} while there is no connection
	 */
	@Nullable Duration connectionAge();

	/**
	 * Return the time at which the current outage began.
	 * @return the time, or {@code null} if there is no outage
	 */
	@Nullable Instant outageSince();

	/**
	 * Return the number of reconnects of the session.
	 * @return the number
	 */
	int reconnects();

	/**
	 * Return class and message of the last failure.
	 * @return the text, or {@code null} if there was no failure
	 */
	@Nullable String lastError();

	/**
	 * Return the number of chunks in the response channel.
	 * @return the number
	 */
	int queueDepth();

	/**
	 * Return the number of chunks that the response channel holds.
	 * @return the number
	 */
	int queueCapacity();

	/**
	 * Return the number of messages from the peer.
	 * @return the number
	 */
	long messagesReceived();

	/**
	 * Return the size of the messages from the peer.
	 * @return the size in bytes
	 */
	long bytesReceived();

	/**
	 * Return the number of messages to the peer.
	 * @return the number
	 */
	long messagesSent();

	/**
	 * Return the size of the messages to the peer.
	 * @return the size in bytes
	 */
	long bytesSent();

	/**
	 * Return the time from the last answered ping to its pong.
	 * @return the time, or {@code null} if no ping was answered
	 */
	@Nullable Duration heartbeatRoundTrip();

}
