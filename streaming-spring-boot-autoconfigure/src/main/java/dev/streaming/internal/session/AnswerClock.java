package dev.streaming.internal.session;

import java.time.Duration;

/**
 * Measures the time that a turn waits for the beginning of its answer (L2). Paused while
 * a tool is running and while the user speaks; it uses the session's reading time, which
 * is paused by back-pressure. Not thread-safe; guarded by the lock of the
 * {@link ConversationMonitor}.
 */
final class AnswerClock {

	private State state = State.PAUSED;

	private long waited;

	private long since;

	/**
	 * Start or resume.
	 * @param reading the reading time in nanoseconds
	 */
	void run(long reading) {
		if (this.state == State.PAUSED) {
			this.state = State.RUNNING;
			this.since = reading;
		}
	}

	/**
	 * Pause.
	 * @param reading the reading time in nanoseconds
	 */
	void pause(long reading) {
		if (this.state == State.RUNNING) {
			this.waited += reading - this.since;
			this.state = State.PAUSED;
		}
	}

	/**
	 * Reset the measured time.
	 */
	void reset() {
		if (this.state != State.STOPPED) {
			this.state = State.PAUSED;
			this.waited = 0;
		}
	}

	/**
	 * Stop permanently: the answer has begun, or its absence was reported.
	 */
	void stop() {
		this.state = State.STOPPED;
	}

	boolean isRunning() {
		return this.state == State.RUNNING;
	}

	/**
	 * Return the remaining time.
	 * @param limit the time to wait
	 * @param reading the reading time in nanoseconds
	 * @return the remaining time, zero or negative if it has elapsed
	 */
	Duration left(Duration limit, long reading) {
		long now = (this.state == State.RUNNING) ? this.waited + reading - this.since : this.waited;
		return limit.minusNanos(now);
	}

	private enum State {

		/** An answer is awaited. */
		RUNNING,

		/** A tool is running, the user speaks, or no answer is awaited yet. */
		PAUSED,

		/** The answer has begun, or its absence was reported. */
		STOPPED

	}

}
