package dev.streaming.internal.util;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Utf8}.
 */
class Utf8Tests {

	private static final String[] SOME = { "a", "\u00E4", "\u20AC", "\uD83D\uDE00", "\uD83D", "\uDE00" };

	@Test
	void lengthIsThatOfTheEncodedText() {
		// Short texts, and long ones, which are counted
		for (int times : new int[] { 1, 3, 5000 }) {
			for (String one : SOME) {
				for (String other : SOME) {
					String text = (one + other).repeat(times);
					assertThat(Utf8.length(text)).as("%d times %s and %s", times, one, other)
						.isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
				}
			}
		}
	}

	@Test
	void partsOfATextAddUpToIt() {
		String text = "a\u00E4\u20AC\uD83D\uDE00b\uD83D\uDE00";
		for (int i = 0; i <= text.length(); i++) {
			assertThat(Utf8.lengthOfPart(text.substring(0, i)) + Utf8.lengthOfPart(text.substring(i)))
				.as("in parts at %d", i)
				.isEqualTo(Utf8.length(text));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "plain", "\u00E4\u20AC", "a\uD83D\uDE00b\uD83D\uDE00" })
	void textThatCanBeEncodedIsKept(String text) {
		assertThat(Utf8.encodable(text)).isSameAs(text);
	}

	@Test
	void loneSurrogatesAreReplaced() {
		assertThat(Utf8.encodable("\uD83D")).isEqualTo("?");
		assertThat(Utf8.encodable("\uDE00\uD83D")).isEqualTo("??");
		assertThat(Utf8.encodable("a\uD83Db\uD83D\uDE00\uDE00")).isEqualTo("a?b\uD83D\uDE00?");
	}

}
