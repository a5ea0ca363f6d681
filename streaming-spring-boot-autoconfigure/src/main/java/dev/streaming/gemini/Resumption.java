package dev.streaming.gemini;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The handle by which the next connection can continue with the conversation. A handle
 * represents the conversation at one moment, and some services give one in the middle of
 * a turn too: that one counts only when the turn has come to its end. Handles are
 * secrets. Belongs to the session's task.
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
	 * The service says how the session could be resumed.
	 * @param resumable whether it could, now
	 * @param newHandle with what; may be empty
	 * @param inTurn whether a turn is in progress
	 */
	void update(boolean resumable, String newHandle, boolean inTurn) {
		if (!resumable) {
			// What it could be resumed with before is still good, for what was before
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
	 * A turn has come to its end.
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
	 * Return whether the handle that includes the last turn is likely to come any moment.
	 * @param now the time
	 * @return whether a change of connection should wait for it
	 */
	boolean isSettling(long now) {
		return this.seen && this.outdated && now - this.turnEndedAt < SETTLING.toNanos();
	}

	/**
	 * The connection has ended.
	 */
	void disconnected() {
		this.candidate = null;
		this.outdated = false;
	}

	/**
	 * The service does not accept the handle.
	 */
	void refused() {
		this.handle = null;
		this.candidate = null;
	}

	@Nullable String handle() {
		return this.handle;
	}

}
