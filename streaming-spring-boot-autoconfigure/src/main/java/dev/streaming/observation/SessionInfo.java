package dev.streaming.observation;

import java.time.Duration;
import java.time.Instant;

import dev.streaming.Session;
import dev.streaming.Usage;
import org.jspecify.annotations.Nullable;

/**
 * State of a live session at one moment, for operators. Contains neither payload nor
 * secrets.
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
	 * @return the time, or {@code null} if the session's implementation does not provide
	 * it
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
	 * Return the capacity of the response channel in chunks.
	 * @return the number
	 */
	int queueCapacity();

	/**
	 * Return the number of received messages.
	 * @return the number
	 */
	long messagesReceived();

	/**
	 * Return the size of received messages.
	 * @return the size in bytes
	 */
	long bytesReceived();

	/**
	 * Return the number of sent messages.
	 * @return the number
	 */
	long messagesSent();

	/**
	 * Return the size of sent messages.
	 * @return the size in bytes
	 */
	long bytesSent();

	/**
	 * Return the time from the last answered ping to its pong.
	 * @return the time, or {@code null} if no ping was answered
	 */
	@Nullable Duration heartbeatRoundTrip();

	/**
	 * Return the usage of the session so far, as reported by the provider.
	 * @return the running total
	 */
	default Usage usage() {
		return Usage.NONE;
	}

}
