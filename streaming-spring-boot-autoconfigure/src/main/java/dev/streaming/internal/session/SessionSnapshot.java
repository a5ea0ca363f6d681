package dev.streaming.internal.session;

import java.time.Duration;
import java.time.Instant;

import dev.streaming.Session;
import dev.streaming.Usage;
import dev.streaming.observation.SessionInfo;
import org.jspecify.annotations.Nullable;

/**
 * State of a live session at one moment.
 *
 * @param id the session's id
 * @param connection the connection's name
 * @param state the session's state
 * @param openedAt the time at which it was opened, or {@code null} if unknown
 * @param connectionAge the age of its connection, or {@code null} while there is none
 * @param outageSince the beginning of its outage, or {@code null}
 * @param reconnects the number of reconnects
 * @param lastError class and message of the last failure, or {@code null}
 * @param queueDepth the number of chunks in the channel
 * @param queueCapacity the capacity of the channel in chunks
 * @param messagesReceived the number of received messages
 * @param bytesReceived the size of received messages
 * @param messagesSent the number of sent messages
 * @param bytesSent the size of sent messages
 * @param heartbeatRoundTrip the time from the last answered ping to its pong, or
 * {@code null}
 * @param usage the usage so far
 */
public record SessionSnapshot(String id, String connection, Session.State state, @Nullable Instant openedAt,
		@Nullable Duration connectionAge, @Nullable Instant outageSince, int reconnects, @Nullable String lastError,
		int queueDepth, int queueCapacity, long messagesReceived, long bytesReceived, long messagesSent, long bytesSent,
		@Nullable Duration heartbeatRoundTrip, Usage usage) implements SessionInfo {

	/**
	 * Create the snapshot of a session without usage.
	 */
	public SessionSnapshot(String id, String connection, Session.State state, @Nullable Instant openedAt,
			@Nullable Duration connectionAge, @Nullable Instant outageSince, int reconnects, @Nullable String lastError,
			int queueDepth, int queueCapacity, long messagesReceived, long bytesReceived, long messagesSent,
			long bytesSent, @Nullable Duration heartbeatRoundTrip) {
		this(id, connection, state, openedAt, connectionAge, outageSince, reconnects, lastError, queueDepth,
				queueCapacity, messagesReceived, bytesReceived, messagesSent, bytesSent, heartbeatRoundTrip,
				Usage.NONE);
	}

}
