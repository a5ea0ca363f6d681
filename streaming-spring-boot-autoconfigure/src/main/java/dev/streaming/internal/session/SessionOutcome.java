package dev.streaming.internal.session;

import dev.streaming.SessionLimitException;
import dev.streaming.observation.ConnectionObserver.OutageOutcome;
import dev.streaming.observation.ConnectionObserver.SessionEnd;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * Outcome of a session.
 *
 * @param end the kind of end, for meters
 * @param error the error that ended it, or {@code null}
 * @param status code and reason of the close frame, if the connection is open
 * @param outage the outcome of an outage that is in progress
 * @param stuck whether the session's task does not return, so that the end must not wait
 * for it
 */
record SessionOutcome(SessionEnd end, @Nullable Throwable error, CloseStatus status, OutageOutcome outage,
		boolean stuck) {

	static SessionOutcome closed(CloseStatus status) {
		return new SessionOutcome(SessionEnd.CLOSED, null, status, OutageOutcome.CLOSED, false);
	}

	static SessionOutcome limited(SessionLimitException limit) {
		return new SessionOutcome(SessionEnd.LIMIT, limit, CloseStatus.NORMAL, OutageOutcome.CLOSED, false);
	}

	/**
	 * Return whether the session is closed in an orderly way, so that the handler may
	 * send a farewell.
	 * @return whether the application or a limit ends it
	 */
	boolean isOrderly() {
		return this.end == SessionEnd.CLOSED || this.end == SessionEnd.LIMIT;
	}

	static SessionOutcome byPeer() {
		return new SessionOutcome(SessionEnd.PEER, null, CloseStatus.NORMAL, OutageOutcome.CLOSED, false);
	}

	static SessionOutcome failed(Throwable error, CloseStatus status) {
		return new SessionOutcome(SessionEnd.ERROR, error, status, OutageOutcome.CLOSED, false);
	}

	static SessionOutcome notReconnected(Throwable error, OutageOutcome outage) {
		return new SessionOutcome(SessionEnd.ERROR, error, CloseStatus.NORMAL, outage, false);
	}

	static SessionOutcome stuck(Throwable error) {
		return new SessionOutcome(SessionEnd.ERROR, error, CloseStatus.SERVER_ERROR, OutageOutcome.CLOSED, true);
	}

}
