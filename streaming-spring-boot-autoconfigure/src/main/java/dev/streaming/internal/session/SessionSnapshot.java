package dev.streaming.internal.session;

import java.time.Duration;
import java.time.Instant;

import dev.streaming.Session;
import dev.streaming.observation.SessionInfo;
import org.jspecify.annotations.Nullable;

/**
 * State of a live session at one moment.
 *
 * @param id the session's id
 * @param connection the connection's name
 * @param state the session's state
 * @param openedAt when it was opened, or {@code null} if that is not known
 * @param connectionAge the age of its connection, or {@code null} while there is none
 * @param outageSince since when it has none, or {@code null}
 * @param reconnects the number of reconnects
 * @param lastError class and message of the last failure, or {@code null}
 * @param queueDepth chunks in the channel
 * @param queueCapacity chunks that the channel holds
 * @param messagesReceived messages from the peer
 * @param bytesReceived their bytes
 * @param messagesSent messages to the peer
 * @param bytesSent their bytes
 * @param heartbeatRoundTrip from the last answered ping to its pong, or {@code null}
 */
public record SessionSnapshot(String id, String connection, Session.State state, @Nullable Instant openedAt,
		@Nullable Duration connectionAge, @Nullable Instant outageSince, int reconnects, @Nullable String lastError,
		int queueDepth, int queueCapacity, long messagesReceived, long bytesReceived, long messagesSent, long bytesSent,
		@Nullable Duration heartbeatRoundTrip) implements SessionInfo {
}
