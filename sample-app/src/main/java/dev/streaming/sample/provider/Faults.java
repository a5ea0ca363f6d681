package dev.streaming.sample.provider;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;

/**
 * Pending faults of one visitor, or of all. Each occurs once, except a refusal, which has
 * a duration. Thread-safe.
 */
final class Faults {

	/** Maximum number of visitors; the oldest are removed first. */
	private static final int VISITORS = 200;

	private final Pending everybody = new Pending();

	private final Map<String, Pending> visitors = new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Pending> eldest) {
			return size() > VISITORS;
		}

	};

	/**
	 * Drop the connection in the middle of the next answer.
	 * @param visitor the name of the visitor, or {@code null} for any
	 */
	synchronized void drop(@Nullable String visitor) {
		pending(visitor).drop = true;
	}

	/**
	 * Return whether to drop a connection in the middle of this answer.
	 * @param visitor the name of the visitor
	 * @return whether to drop it
	 */
	synchronized boolean takeDrop(@Nullable String visitor) {
		for (Pending each : of(visitor)) {
			if (each.drop) {
				each.drop = false;
				return true;
			}
		}
		return false;
	}

	/**
	 * Set the fate of the next answer.
	 * @param visitor the name of the visitor, or {@code null} for any
	 * @param fate the fate
	 */
	synchronized void next(@Nullable String visitor, Fate fate) {
		pending(visitor).next = fate;
	}

	/**
	 * Return the fate of the next answer.
	 * @param visitor the name of the visitor
	 * @return its fate
	 */
	synchronized Fate takeNext(@Nullable String visitor) {
		for (Pending each : of(visitor)) {
			Fate fate = each.next;
			if (fate != Fate.GIVEN) {
				each.next = Fate.GIVEN;
				return fate;
			}
		}
		return Fate.GIVEN;
	}

	/**
	 * Refuse new connections for a while.
	 * @param visitor the name of the visitor, or {@code null} for all
	 * @param duration the duration
	 * @param status the HTTP status
	 */
	synchronized void refuse(@Nullable String visitor, Duration duration, HttpStatus status) {
		Pending pending = pending(visitor);
		pending.status = status;
		pending.refusingUntil = System.nanoTime() + duration.toNanos();
	}

	/**
	 * Return the response to a new connection.
	 * @param visitor the name of the visitor
	 * @return the status, or empty if it is not refused
	 */
	synchronized Optional<HttpStatus> refusal(@Nullable String visitor) {
		for (Pending each : of(visitor)) {
			if (each.status != null && each.refusingUntil - System.nanoTime() > 0) {
				return Optional.of(each.status);
			}
		}
		return Optional.empty();
	}

	private Pending pending(@Nullable String visitor) {
		return (visitor != null) ? this.visitors.computeIfAbsent(visitor, (name) -> new Pending()) : this.everybody;
	}

	private Iterable<Pending> of(@Nullable String visitor) {
		Pending own = (visitor != null) ? this.visitors.get(visitor) : null;
		return (own != null) ? List.of(own, this.everybody) : List.of(this.everybody);
	}

	/**
	 * Fates of an answer.
	 */
	enum Fate {

		/** The answer is sent. */
		GIVEN,

		/** The answer is never sent. */
		NEVER,

		/** A long answer is sent all at once. */
		FLOOD

	}

	/**
	 * Faults of one visitor, or of all. Guarded by the outer class.
	 */
	private static final class Pending {

		private boolean drop;

		private Fate next = Fate.GIVEN;

		private long refusingUntil;

		private @Nullable HttpStatus status;

	}

}
