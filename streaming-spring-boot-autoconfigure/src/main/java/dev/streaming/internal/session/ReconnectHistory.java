package dev.streaming.internal.session;

import java.time.Instant;

import dev.streaming.internal.util.PeerText;
import org.jspecify.annotations.Nullable;

/**
 * The outages of a session, for operators. Written by the session's task, read by any
 * thread.
 */
final class ReconnectHistory {

	private volatile int reconnects;

	private volatile @Nullable Instant outageSince;

	private volatile @Nullable String lastError;

	/**
	 * An outage has begun.
	 */
	void outageBegan() {
		this.outageSince = Instant.now();
	}

	/**
	 * The connection was lost, or an attempt to have another one failed.
	 * @param failure the failure
	 * @param peer sanitizes what its message may quote
	 */
	void failed(Throwable failure, PeerText peer) {
		this.lastError = failure.getClass().getSimpleName() + ": " + peer.message(failure);
	}

	/**
	 * The session is open on another connection.
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
	 * Return the last failure that was not the end of the session.
	 * @return its class and message, or {@code null}
	 */
	@Nullable String lastError() {
		return this.lastError;
	}

}
