package dev.streaming.internal.util;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StatusTag}.
 */
class StatusTagTests {

	@ParameterizedTest
	@CsvSource({ "0, none", "100, 100", "101, 101", "599, 599", "99, other", "600, other", "999, other", "1, other",
			"-1, other", "2147483647, other" })
	void statusOutsideOfTheRangeIsOther(int status, String tag) {
		assertThat(StatusTag.of(status)).isEqualTo(tag);
	}

	@Test
	void serverCannotMakeUpValues() {
		assertThat(IntStream.range(-10_000, 100_000).mapToObj(StatusTag::of).collect(Collectors.toSet())).hasSize(502);
	}

}
