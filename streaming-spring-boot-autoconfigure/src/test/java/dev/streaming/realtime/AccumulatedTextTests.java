package dev.streaming.realtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.streaming.StreamChunk;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AccumulatedText}.
 */
class AccumulatedTextTests {

	@Test
	void prefixesKeepTheirTextWhileItGrows() {
		Random random = new Random(20261128);
		AccumulatedText text = new AccumulatedText();
		StringBuilder expected = new StringBuilder();
		List<CharSequence> prefixes = new ArrayList<>();
		List<String> wanted = new ArrayList<>();
		for (int i = 0; i < 300; i++) {
			String delta = "é😀abc".repeat(20).substring(0, random.nextInt(100));
			text.append(delta + (char) ('a' + random.nextInt(26)));
			expected.append(delta).append(text.prefix().charAt(text.length() - 1));
			prefixes.add(text.prefix());
			wanted.add(expected.toString());
		}
		assertThat(prefixes).extracting(CharSequence::toString).isEqualTo(wanted);
		assertThat(text).hasToString(expected.toString());
		assertThat(text.length()).isEqualTo(expected.length());
	}

	@Test
	void textsLongerThanABlockAreSplit() {
		String whole = "0123456789".repeat(5000);
		AccumulatedText text = new AccumulatedText().append("x").append(whole);
		assertThat(text.prefix()).hasToString("x" + whole);
		for (int i : new int[] { 0, 1, 63, 64, 65, 8191, 8192, 50_000 }) {
			assertThat(text.prefix().charAt(i)).isEqualTo(("x" + whole).charAt(i));
		}
		assertThat(text.prefix().subSequence(60, 70)).hasToString(("x" + whole).substring(60, 70));
	}

	@Test
	void isPrefixOfComparesAllBlocks() {
		String whole = "0123456789".repeat(2000);
		AccumulatedText text = new AccumulatedText().append(whole);
		assertThat(text.isPrefixOf(whole)).isTrue();
		assertThat(text.isPrefixOf(whole + "more")).isTrue();
		assertThat(text.isPrefixOf(whole.substring(1))).isFalse();
		assertThat(text.isPrefixOf("X" + whole.substring(1))).isFalse();
		assertThat(text.isPrefixOf(whole.substring(0, whole.length() - 1) + "X")).isFalse();
		assertThat(new AccumulatedText().isPrefixOf("")).isTrue();
	}

	@Test
	void emptyTextHasAnEmptyPrefix() {
		AccumulatedText text = new AccumulatedText();
		assertThat(text.isEmpty()).isTrue();
		assertThat(text.prefix()).isEmpty();
		assertThat(text.append("").prefix()).isEmpty();
		assertThat(text.append("a").isEmpty()).isFalse();
	}

	@Test
	void chunkSharesThePrefix() {
		AccumulatedText text = new AccumulatedText().append("word ".repeat(10_000));
		StreamChunk early = StreamChunk.builder().delta("x").content(text.prefix()).build();
		text.append("later");
		assertThat(early.content()).hasSize(50_000).doesNotContain("later");
		assertThat(early.weight()).isLessThan(300);
		assertThat(early).isEqualTo(StreamChunk.builder().delta("x").content("word ".repeat(10_000)).build());
		assertThat(early.toBuilder().build().weight()).isLessThan(300);
	}

}
