package dev.streaming.internal.transport.netty;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what {@link UpgradeHandler} reads from {@code Retry-After}.
 */
class UpgradeHandlerTests {

	private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			0                             | PT0S
			120                           | PT2M
			' 7 '                         | PT7S
			999999999                     | P365D
			Sat, 28 Nov 2026 12:00:30 GMT | PT30S
			Sat, 28 Nov 2026 11:00:00 GMT | PT0S
			Tue, 28 Nov 2034 11:00:00 GMT | P365D
			""")
	void delayIsRead(String value, Duration delay) {
		assertThat(UpgradeHandler.retryAfter(value, NOW)).isEqualTo(delay);
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " ", "-1", "1.5", "soon", "9999999999", "28 November" })
	void anythingElseIsNoDelay(String value) {
		assertThat(UpgradeHandler.retryAfter(value, NOW)).isNull();
	}

}
