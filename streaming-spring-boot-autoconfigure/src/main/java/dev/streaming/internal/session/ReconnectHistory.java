package dev.streaming.internal.session;

import java.time.Instant;

import dev.streaming.internal.util.PeerText;
import org.jspecify.annotations.Nullable;

/**
 * Statistics of the outages of a session, for operators. Written by the session's task,
 * read by any thread.
 */
final class ReconnectHistory {

	private volatile int reconnects;

	private volatile @Nullable Instant outageSince;

	private volatile @Nullable String lastError;

	/**
	 * Record the beginning of an outage.
	 */
	void outageBegan() {
		this.outageSince = Instant.now();
	}

	/**
	 * Record the loss of the connection, or a failed attempt to connect again.
	 * @param failure the failure
	 * @param peer sanitizes texts of the peer in its message
	 */
	void failed(Throwable failure, PeerText peer) {
		this.lastError = failure.getClass().getSimpleName() + ": " + peer.message(failure);
	}

	/**
	 * Record that the session is open on another connection.
	 */
	void reconnected() {
		this.outageSince = null;
		this.reconnects = this.reconnects + 1;
	}

	int reconnects() {
		return this.reconnects;
	}

	@Nullable Instant outageSince() {
		return this.outageSince;
	}

	/**
	 * Return the last failure that did not end the session.
	 * @return its class and message, or {@code null}
	 */
	@Nullable String lastError() {
		return this.lastError;
	}

}
