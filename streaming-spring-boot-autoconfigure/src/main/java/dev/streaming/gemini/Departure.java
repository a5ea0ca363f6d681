package dev.streaming.gemini;

import java.time.Duration;

import dev.streaming.SessionContext;
import dev.streaming.SessionContext.ScheduledTask;
import org.jspecify.annotations.Nullable;

/**
 * When the connection is left of which the server has said that it will end it. There is
 * no hurry as long as there is more than {@link #SOON} left: the server says so early,
 * even right after the start, and a connection that is left at once would only meet the
 * next announcement. Belongs to the session's task.
 */
final class Departure {

	/** The time before the end in which any quiet moment is taken. */
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
	 * The server will end the connection.
	 * @param timeLeft when
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
	 * The connection has ended.
	 */
	void cancel() {
		if (this.waiting != null) {
			this.waiting.cancel();
			this.waiting = null;
		}
	}

}
