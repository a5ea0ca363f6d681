package dev.streaming.internal.util;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;

/**
 * Checks of settings, with messages that name the setting.
 */
public final class SettingChecks {

	/** The longest of the settings: two of them still add up in nanoseconds. */
	private static final Duration CENTURY = Duration.ofDays(36500);

	private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

	private SettingChecks() {
	}

	public static Duration positive(String name, @Nullable Duration value) {
		Assert.isTrue(value != null && value.compareTo(Duration.ZERO) > 0,
				() -> name + " must be longer than zero, but is " + value);
		return countable(name, value);
	}

	public static Duration notNegative(String name, @Nullable Duration value) {
		Assert.isTrue(value != null && !value.isNegative(), () -> name + " must not be negative, but is " + value);
		return countable(name, value);
	}

	private static Duration countable(String name, Duration value) {
		Assert.isTrue(value.compareTo(CENTURY) <= 0, () -> name + " must be at most 36500 days, but is " + value);
		return value;
	}

	public static DataSize positive(String name, @Nullable DataSize value) {
		Assert.isTrue(value != null && value.toBytes() > 0 && value.toBytes() <= Integer.MAX_VALUE,
				() -> name + " must be at least 1B and at most " + Integer.MAX_VALUE + "B, but is " + value);
		return value;
	}

	public static DataSize notNegative(String name, @Nullable DataSize value) {
		Assert.isTrue(value != null && !value.isNegative(), () -> name + " must not be negative, but is " + value);
		return value;
	}

	public static int positive(String name, int value) {
		Assert.isTrue(value > 0, () -> name + " must be at least 1, but is " + value);
		return value;
	}

	public static int notNegative(String name, int value) {
		Assert.isTrue(value >= 0, () -> name + " must not be negative, but is " + value);
		return value;
	}

	/**
	 * Return a time to wait, however long or negative.
	 * @param timeout the time
	 * @return nanoseconds from zero to 292 years
	 */
	public static long nanos(Duration timeout) {
		if (timeout.isNegative()) {
			return 0;
		}
		return (timeout.compareTo(LONGEST) > 0) ? Long.MAX_VALUE : timeout.toNanos();
	}

	public static void header(String name, @Nullable String value) {
		Assert.hasText(name, "a header's name must not be empty");
		Assert.isTrue(name.chars().allMatch((c) -> c > ' ' && c < 0x7f && c != ':'),
				() -> "a header's name has a character that is not allowed");
		Assert.isTrue(value != null && value.chars().noneMatch((c) -> c == '\r' || c == '\n' || c == 0),
				() -> "the value of header '" + name + "' is missing or has a line break");
	}

}
