package dev.streaming.internal.util;

import dev.streaming.MediaData;
import dev.streaming.Message;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link Plural} and descriptions with it.
 */
class PluralTests {

	@Test
	void nounAgreesWithTheNumber() {
		assertThat(Plural.of(0, "channel")).isEqualTo("0 channels");
		assertThat(Plural.of(1, "channel")).isEqualTo("1 channel");
		assertThat(Plural.of(2, "channel")).isEqualTo("2 channels");
	}

	@Test
	void descriptionsAgreeWithTheirNumbers() {
		assertThat(new MediaData(new byte[1], "audio/pcm", 24_000, 1))
			.hasToString("MediaData[1 byte, audio/pcm, 24000 Hz, 1 channel]");
		assertThat(Message.text("x")).hasToString("Message[text, 1 byte]");
	}

}
