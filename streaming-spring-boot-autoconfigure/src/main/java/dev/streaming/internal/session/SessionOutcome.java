package dev.streaming.internal.session;

import dev.streaming.observation.ConnectionObserver.SessionEnd;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * How a session ends.
 *
 * @param end for the meters
 * @param error what ended it, or {@code null}
 * @param status for our close frame, if the connection is open
 * @param stuck whether the session's task does not come back, so that the end must not
 * wait for it
 */
record SessionOutcome(SessionEnd end, @Nullable Throwable error, CloseStatus status, boolean stuck) {

	static SessionOutcome closed(CloseStatus status) {
		return new SessionOutcome(SessionEnd.CLOSED, null, status, false);
	}

	static SessionOutcome byPeer() {
		return new SessionOutcome(SessionEnd.PEER, null, CloseStatus.NORMAL, false);
	}

	static SessionOutcome failed(Throwable error, CloseStatus status) {
		return new SessionOutcome(SessionEnd.ERROR, error, status, false);
	}

	static SessionOutcome stuck(Throwable error) {
		return new SessionOutcome(SessionEnd.ERROR, error, CloseStatus.SERVER_ERROR, true);
	}

}
