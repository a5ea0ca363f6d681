package dev.streaming.gemini;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Handle with which the next connection can resume the conversation. A handle represents
 * the conversation at one moment. Some services also send one during a turn: it is used
 * only after the turn has ended. Handles are secrets. Confined to the session's task.
 */
final class Resumption {

	/** Maximum time from the end of a turn to the handle that includes it. */
	static final Duration SETTLING = Duration.ofSeconds(2);

	private @Nullable String handle;

	private @Nullable String candidate;

	private boolean seen;

	private boolean outdated;

	private long turnEndedAt;

	/**
	 * Handle an update of the service.
	 * @param resumable whether the session can be resumed now
	 * @param newHandle the handle to resume with; may be empty
	 * @param inTurn whether a turn is in progress
	 */
	void update(boolean resumable, String newHandle, boolean inTurn) {
		if (!resumable) {
			// The previous handle stays valid for the conversation up to it
			this.candidate = null;
			return;
		}
		if (newHandle.isEmpty()) {
			return;
		}
		this.seen = true;
		if (inTurn) {
			this.candidate = newHandle;
		}
		else {
			this.handle = newHandle;
			this.candidate = null;
			this.outdated = false;
		}
	}

	/**
	 * Handle the end of a turn.
	 * @param now the time
	 */
	void turnEnded(long now) {
		if (this.candidate != null) {
			this.handle = this.candidate;
			this.candidate = null;
		}
		this.outdated = true;
		this.turnEndedAt = now;
	}

	/**
	 * Return whether the handle that includes the last turn is expected soon.
	 * @param now the time
	 * @return whether a change of connection should wait for it
	 */
	boolean isSettling(long now) {
		return this.seen && this.outdated && now - this.turnEndedAt < SETTLING.toNanos();
	}

	/**
	 * Handle the end of the connection.
	 */
	void disconnected() {
		this.candidate = null;
		this.outdated = false;
	}

	/**
	 * Forget the handle, which the service does not accept.
	 */
	void refused() {
		this.handle = null;
		this.candidate = null;
	}

	@Nullable String handle() {
		return this.handle;
	}

}
