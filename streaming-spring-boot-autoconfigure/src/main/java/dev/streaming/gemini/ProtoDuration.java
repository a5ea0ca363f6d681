package dev.streaming.gemini;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/**
 * Parser for durations in Google's JSON: seconds with a fraction, such as {@code 50s}.
 */
final class ProtoDuration {

	private static final BigDecimal LONGEST = BigDecimal.valueOf(Duration.ofDays(365).toSeconds());

	private ProtoDuration() {
	}

	/**
	 * Parse a duration.
	 * @param text such as {@code 50s} or {@code 1.5s}
	 * @return the duration, zero if negative; empty if it is invalid
	 */
	static Optional<Duration> parse(String text) {
		if (!text.endsWith("s")) {
			return Optional.empty();
		}
		try {
			BigDecimal seconds = new BigDecimal(text.substring(0, text.length() - 1)).max(BigDecimal.ZERO).min(LONGEST);
			return Optional.of(Duration.ofNanos(seconds.movePointRight(9).longValue()));
		}
		catch (NumberFormatException ex) {
			return Optional.empty();
		}
	}

}
