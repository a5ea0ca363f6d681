package dev.streaming.openai;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Recognizes a text by its length and hash.
 */
class TextDigestTests {

	@Test
	void textBeginsWithWhatWasAppended() {
		TextDigest digest = new TextDigest();
		assertThat(digest.isPrefixOf("")).isTrue();
		digest.append("Hel");
		digest.append("lo");
		assertThat(digest.length()).isEqualTo(5);
		assertThat(digest.isPrefixOf("Hello")).isTrue();
		assertThat(digest.isPrefixOf("Hello, you")).isTrue();
	}

	@Test
	void textBeginsWithSomethingElse() {
		TextDigest digest = new TextDigest();
		digest.append("Hello");
		assertThat(digest.isPrefixOf("Hell")).isFalse();
		assertThat(digest.isPrefixOf("Help, you")).isFalse();
		assertThat(digest.isPrefixOf("elHlo")).isFalse();
	}

}
