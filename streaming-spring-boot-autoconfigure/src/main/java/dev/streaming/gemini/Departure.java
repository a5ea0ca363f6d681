package dev.streaming.gemini;

import java.time.Duration;

import dev.streaming.SessionContext;
import dev.streaming.SessionContext.ScheduledTask;
import org.jspecify.annotations.Nullable;

/**
 * Schedules the change of a connection whose end the server has announced. The change
 * does not take place while more than {@link #SOON} is left: the server announces the end
 * early, even right after the start, and on the next connection it would announce it
 * again at once. Confined to the session's task.
 */
final class Departure {

	/** Time before the end in which the connection is changed at any quiet moment. */
	static final Duration SOON = Duration.ofSeconds(60);

	/** Time reserved for the change of connection before the server ends it. */
	private static final Duration LONGEST_MARGIN = Duration.ofSeconds(5);

	private static final String GO_AWAY = "goAway";

	private final SessionContext context;

	private @Nullable ScheduledTask waiting;

	Departure(SessionContext context) {
		this.context = context;
	}

	/**
	 * Handle the announcement of the end of the connection.
	 * @param timeLeft the time until the end
	 */
	void announced(Duration timeLeft) {
		cancel();
		if (timeLeft.compareTo(SOON) > 0) {
			this.waiting = this.context.schedule(timeLeft.minus(SOON), () -> leave(SOON));
		}
		else {
			leave(timeLeft);
		}
	}

	private void leave(Duration timeLeft) {
		Duration margin = timeLeft.dividedBy(5);
		this.context.reconnect(GO_AWAY,
				timeLeft.minus((margin.compareTo(LONGEST_MARGIN) < 0) ? margin : LONGEST_MARGIN));
	}

	/**
	 * Cancel the change because the connection has ended.
	 */
	void cancel() {
		if (this.waiting != null) {
			this.waiting.cancel();
			this.waiting = null;
		}
	}

}
