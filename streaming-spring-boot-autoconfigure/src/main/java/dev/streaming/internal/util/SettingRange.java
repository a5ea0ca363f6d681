package dev.streaming.internal.util;

import java.time.Duration;

import org.springframework.util.unit.DataSize;

/**
 * Ranges of values of a setting: a {@link Duration}, a {@link DataSize}, an
 * {@link Integer} or a {@link Long}.
 */
public enum SettingRange {

	/** Any value. */
	ANY,

	/** Greater than zero. */
	POSITIVE,

	/** Zero or greater. */
	NOT_NEGATIVE,

	/** Greater than zero, and at most the maximum size of an array. */
	ARRAY_SIZE;

	/**
	 * Maximum duration of settings, of which the sum of two does not overflow in
	 * nanoseconds.
	 */
	public static final Duration LONGEST = Duration.ofDays(36500);

	/**
	 * Return whether a value is within the range. {@link #isTooLong(Object)} checks
	 * whether it is too long.
	 * @param value the value
	 * @return whether it is
	 */
	public boolean includes(Object value) {
		return switch (this) {
			case ANY -> true;
			case POSITIVE -> signum(value) > 0;
			case NOT_NEGATIVE -> signum(value) >= 0;
			case ARRAY_SIZE -> signum(value) > 0 && ((DataSize) value).toBytes() <= Integer.MAX_VALUE;
		};
	}

	/**
	 * Return whether a value is longer than {@link #LONGEST}.
	 * @param value the value
	 * @return whether it is; {@code false} if it is not a duration
	 */
	public static boolean isTooLong(Object value) {
		return value instanceof Duration duration && duration.compareTo(LONGEST) > 0;
	}

	private static int signum(Object value) {
		if (value instanceof Duration duration) {
			return duration.compareTo(Duration.ZERO);
		}
		if (value instanceof DataSize size) {
			return Long.signum(size.toBytes());
		}
		return Long.signum(((Number) value).longValue());
	}

}
