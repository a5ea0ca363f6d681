package dev.streaming.internal.session;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

import dev.streaming.Session;
import dev.streaming.SessionContext.ScheduledTask;
import dev.streaming.observation.ConnectionObserver.ObservedSession;

/**
 * Internal view of a session for its parts: the API, the view for meters, and the
 * operations for handlers. Called by any thread; only methods of the API block.
 */
interface SessionControl extends Session, ObservedSession {

	/**
	 * Change the connection at a quiet moment.
	 * @param reason the reason, for the peer and the log
	 * @param within maximum time to wait for a quiet moment
	 * @return a stage that completes when the session is open again
	 */
	CompletionStage<Void> reconnect(String reason, Duration within);

	/**
	 * Run a task on the session's task.
	 * @param delay the delay
	 * @param task the task
	 * @return a handle to cancel the task
	 */
	ScheduledTask schedule(Duration delay, Runnable task);

	/**
	 * Return the time since the session was created, excluding the time for which reading
	 * was paused.
	 * @return the time
	 */
	Duration readingTime();

	/**
	 * Treat the close of the current connection as a loss, regardless of its code. Called
	 * by the session's task.
	 */
	void connectionExpired();

	/**
	 * Change the connection after a delay, unless a maximum age is configured.
	 * @param delay the time
	 */
	void changeConnectionIn(Duration delay);

	/**
	 * End the session. The first end counts.
	 * @param how the outcome
	 */
	void end(SessionOutcome how);

}
