package dev.streaming.realtime;

import dev.streaming.MediaData;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * {@link AudioFormat} and {@link AudioInput}.
 */
class AudioFormatTests {

	private final AudioFormat format = AudioFormat.pcm16(24_000);

	private static MediaData media(String type, int rate, int channels) {
		return new MediaData(new byte[4], type, rate, channels);
	}

	@Test
	void mediaOfTheFormatPasses() {
		assertThatCode(() -> this.format.check(media("audio/pcm", 24_000, 1))).doesNotThrowAnyException();
		assertThatCode(() -> this.format.check(media("Audio/PCM;rate=24000", 24_000, 0))).doesNotThrowAnyException();
		assertThatCode(() -> this.format.check(this.format.media(new byte[2]))).doesNotThrowAnyException();
	}

	@Test
	void wrongRateIsRefusedWithTheRightOneAndTheRemedy() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.format.check(media("audio/pcm", 16_000, 1)))
			.withMessageContaining("16000 Hz")
			.withMessageContaining("takes audio/pcm (16 bit, little-endian), 24000 Hz, 1 channel")
			.withMessageContaining("Pcm.resample(data, 16000, 24000)");
		assertThatIllegalArgumentException().isThrownBy(() -> this.format.check(media("audio/pcm", 0, 1)))
			.withMessageContaining("state its sample rate");
	}

	@Test
	void wrongEncodingAndChannelsAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.format.check(media("audio/pcmu", 8_000, 1)))
			.withMessageContaining("Pcm.fromMulaw");
		assertThatIllegalArgumentException().isThrownBy(() -> this.format.check(media("audio/pcm", 24_000, 2)))
			.withMessageContaining("mix its channels");
		assertThatIllegalArgumentException().isThrownBy(() -> new AudioFormat(AudioFormat.Encoding.PCM16, 0, 1));
	}

	@Test
	void partOfASampleWaitsForItsOtherHalf() {
		AudioInput input = new AudioInput();
		assertThat(input.whole(new byte[] { 1, 2, 3 }, 2)).containsExactly(1, 2);
		assertThat(input.whole(new byte[0], 2)).isEmpty();
		assertThat(input.whole(new byte[] { 4, 5 }, 2)).containsExactly(3, 4);
		assertThat(input.whole(new byte[] { 6 }, 2)).containsExactly(5, 6);
		assertThat(input.whole(new byte[] { 7 }, 2)).isEmpty();
		input.reset();
		assertThat(input.whole(new byte[] { 8, 9 }, 2)).containsExactly(8, 9);
		assertThat(input.whole(new byte[] { 1 }, 1)).containsExactly(1);
	}

}
