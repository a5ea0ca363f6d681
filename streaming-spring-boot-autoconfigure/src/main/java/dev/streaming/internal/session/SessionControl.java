package dev.streaming.internal.session;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

import dev.streaming.Session;
import dev.streaming.SessionContext.ScheduledTask;
import dev.streaming.observation.ConnectionObserver.ObservedSession;

/**
 * A session as its own parts see it: the API, the view of the meters, and the calls that
 * only a handler may make. Any thread; only methods of the API block.
 */
interface SessionControl extends Session, ObservedSession {

	/**
	 * Change the connection at a quiet moment.
	 * @param reason the reason, for the peer and the log
	 * @param within maximum time to wait for a quiet moment
	 * @return completes when the session is open again
	 */
	CompletionStage<Void> reconnect(String reason, Duration within);

	/**
	 * Run a task on the session's task.
	 * @param delay the delay
	 * @param task the task
	 * @return cancels the task
	 */
	ScheduledTask schedule(Duration delay, Runnable task);

	/**
	 * Return the time that the session exists, less the time in which reading was paused.
	 * @return the time
	 */
	Duration readingTime();

	/**
	 * Take the close of the present connection as a loss, whatever its code. Called by
	 * the session's task.
	 */
	void connectionExpired();

	/**
	 * End the session. The first end counts.
	 * @param how the outcome
	 */
	void end(SessionOutcome how);

}
