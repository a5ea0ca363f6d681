package dev.streaming.openai;

import java.time.Duration;
import java.time.InstantSource;

import dev.streaming.SessionContext;
import org.jspecify.annotations.Nullable;

/**
 * Expiry of the session at the provider after a fixed time: announced in the settings,
 * and reported by an error when it occurs. Read by any thread, written by the session's
 * task.
 */
final class SessionExpiry {

	/** The time before the end at which the connection is changed. */
	static final Duration MARGIN = Duration.ofMinutes(5);

	/** Maximum time until an announced expiry; later ones are ignored. */
	private static final Duration MAX = Duration.ofDays(30);

	private final InstantSource clock;

	private volatile @Nullable SessionContext context;

	private volatile boolean passed;

	// Last announced time in seconds since the epoch
	private long announced;

	SessionExpiry(InstantSource clock) {
		this.clock = clock;
	}

	void attach(SessionContext session) {
		this.context = session;
	}

	/**
	 * Handle an announcement of the provider.
	 * @param time the time in seconds since the epoch, or 0 if there is none
	 */
	void announced(long time) {
		SessionContext current = this.context;
		if (time <= 0 || time == this.announced || current == null) {
			return;
		}
		long seconds = time - this.clock.instant().getEpochSecond();
		if (seconds <= 0 || seconds > MAX.toSeconds()) {
			return;
		}
		this.announced = time;
		Duration left = Duration.ofSeconds(seconds);
		Duration half = left.dividedBy(2);
		current.changeConnectionIn((half.compareTo(MARGIN) < 0) ? half : left.minus(MARGIN));
	}

	/**
	 * Record that the session has expired.
	 */
	void passed() {
		this.passed = true;
		SessionContext current = this.context;
		if (current != null) {
			current.connectionExpired();
		}
	}

	boolean isPassed() {
		return this.passed;
	}

	/**
	 * Reset the state because the connection has ended.
	 */
	void reset() {
		this.passed = false;
		this.announced = 0;
	}

}
