package dev.streaming.internal.session;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The outages of a session, for operators. Written by the session's task, read by any
 * thread.
 */
final class ReconnectHistory {

	private volatile int reconnects;

	private volatile @Nullable Instant outageSince;

	private volatile @Nullable Throwable lastFailure;

	/**
	 * An outage has begun.
	 */
	void outageBegan() {
		this.outageSince = Instant.now();
	}

	/**
	 * The connection was lost, or an attempt to have another one failed.
	 * @param failure the failure
	 */
	void failed(Throwable failure) {
		this.lastFailure = failure;
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
		Throwable failure = this.lastFailure;
		return (failure != null) ? failure.getClass().getSimpleName() + ": " + failure.getMessage() : null;
	}

}
