package dev.streaming.internal.session;

import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SessionIds}.
 */
class SessionIdsTests {

	@ParameterizedTest
	@CsvSource({ "openai, openai", "gemini-2.5_live, gemini-2.5_live", "a/b, a_b", "'a b', a_b", "a;b=c, a_b_c",
			"a%2Fb, a_2Fb", "a\\b, a_b", "a?b#c, a_b_c", "\u00fcber, _ber", "'', ''", "{x}, _x_" })
	void idIsSafeInAPath(String name, String begin) {
		assertThat(SessionIds.next(name)).matches(Pattern.quote(begin) + "-[0-9]+");
	}

	@Test
	void idsOfOneNameAndOfNamesThatLookAlikeDiffer() {
		assertThat(SessionIds.next("a/b")).isNotEqualTo(SessionIds.next("a/b")).isNotEqualTo(SessionIds.next("a_b"));
	}

	@Test
	void longNameIsCut() {
		assertThat(SessionIds.next("x".repeat(10_000))).hasSizeLessThan(100);
	}

}
