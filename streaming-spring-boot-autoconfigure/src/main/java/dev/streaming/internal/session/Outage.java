package dev.streaming.internal.session;

import java.util.concurrent.atomic.AtomicBoolean;

import dev.streaming.observation.ConnectionObserver.OutageObserver;
import dev.streaming.observation.ConnectionObserver.OutageOutcome;
import org.jspecify.annotations.Nullable;

/**
 * Outage of a session: the time without a connection that is set up, planned or not.
 * Called by any thread.
 */
final class Outage {

	private final Throwable cause;

	private final String reason;

	private final OutageObserver observer;

	private final long since;

	private final AtomicBoolean ended = new AtomicBoolean();

	/**
	 * Create an outage.
	 * @param cause the failure that ended the last connection
	 * @param reason a short description of the cause
	 * @param observer notified of the end of the outage
	 * @param since the clock's time at its beginning
	 */
	Outage(Throwable cause, String reason, OutageObserver observer, long since) {
		this.cause = cause;
		this.reason = reason;
		this.observer = observer;
		this.since = since;
	}

	Throwable cause() {
		return this.cause;
	}

	String reason() {
		return this.reason;
	}

	long since() {
		return this.since;
	}

	/**
	 * Notify the observer of the end. Only the first call counts, because the end of a
	 * session that does not wait for the session's task may run concurrently with another
	 * one.
	 * @param outcome the outcome
	 * @param error the error that ended the session, or {@code null}
	 */
	void ended(OutageOutcome outcome, @Nullable Throwable error) {
		if (this.ended.compareAndSet(false, true)) {
			this.observer.ended(outcome, error);
		}
	}

}
