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
record Ending(SessionEnd end, @Nullable Throwable error, CloseStatus status, boolean stuck) {

	static Ending closed(CloseStatus status) {
		return new Ending(SessionEnd.CLOSED, null, status, false);
	}

	static Ending byPeer() {
		return new Ending(SessionEnd.PEER, null, CloseStatus.NORMAL, false);
	}

	static Ending failed(Throwable error, CloseStatus status) {
		return new Ending(SessionEnd.ERROR, error, status, false);
	}

	static Ending stuck(Throwable error) {
		return new Ending(SessionEnd.ERROR, error, CloseStatus.SERVER_ERROR, true);
	}

}
