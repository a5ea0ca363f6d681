package dev.streaming.openai;

import org.jspecify.annotations.Nullable;

/**
 * Deadlines on the session's clock, in nanoseconds; {@code null} stands for none. They
 * are compared for each message of the peer, so nothing is allocated.
 */
final class Deadlines {

	private Deadlines() {
	}

	/**
	 * Return the earlier of two deadlines.
	 * @param one a deadline, or {@code null}
	 * @param other another one, or {@code null}
	 * @return the earlier one, or {@code null} if there is none
	 */
	static @Nullable Long earlier(@Nullable Long one, @Nullable Long other) {
		if (one == null || other == null) {
			return (one != null) ? one : other;
		}
		return (one <= other) ? one : other;
	}

	/**
	 * Return whether a deadline has passed.
	 * @param deadline the deadline, or {@code null}
	 * @param now the time
	 * @return whether it has passed
	 */
	static boolean isDue(@Nullable Long deadline, long now) {
		return deadline != null && now - deadline >= 0;
	}

}
