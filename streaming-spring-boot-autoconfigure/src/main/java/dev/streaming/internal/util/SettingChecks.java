package dev.streaming.internal.util;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;

/**
 * Validation of settings, with messages that contain the name of the setting.
 */
public final class SettingChecks {

	private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

	private SettingChecks() {
	}

	public static Duration positive(String name, @Nullable Duration value) {
		Assert.isTrue(value != null && SettingRange.POSITIVE.includes(value),
				() -> name + " must be longer than zero, but is " + value);
		return countable(name, value);
	}

	public static Duration notNegative(String name, @Nullable Duration value) {
		Assert.isTrue(value != null && SettingRange.NOT_NEGATIVE.includes(value), () -> notNegative(name) + value);
		return countable(name, value);
	}

	private static Duration countable(String name, Duration value) {
		Assert.isTrue(!SettingRange.isTooLong(value),
				() -> name + " must be at most " + SettingRange.LONGEST.toDays() + " days, but is " + value);
		return value;
	}

	public static DataSize positive(String name, @Nullable DataSize value) {
		Assert.isTrue(value != null && SettingRange.ARRAY_SIZE.includes(value),
				() -> name + " must be at least 1B and at most " + Integer.MAX_VALUE + "B, but is " + value);
		return value;
	}

	public static DataSize notNegative(String name, @Nullable DataSize value) {
		Assert.isTrue(value != null && SettingRange.NOT_NEGATIVE.includes(value), () -> notNegative(name) + value);
		return value;
	}

	public static int positive(String name, int value) {
		Assert.isTrue(SettingRange.POSITIVE.includes(value), () -> name + " must be at least 1, but is " + value);
		return value;
	}

	public static int notNegative(String name, int value) {
		Assert.isTrue(SettingRange.NOT_NEGATIVE.includes(value), () -> notNegative(name) + value);
		return value;
	}

	private static String notNegative(String name) {
		return name + " must not be negative, but is ";
	}

	/**
	 * Convert a timeout of any length to nanoseconds.
	 * @param timeout the timeout
	 * @return nanoseconds from zero to 292 years
	 */
	public static long nanos(Duration timeout) {
		if (timeout.isNegative()) {
			return 0;
		}
		return (timeout.compareTo(LONGEST) > 0) ? Long.MAX_VALUE : timeout.toNanos();
	}

}
