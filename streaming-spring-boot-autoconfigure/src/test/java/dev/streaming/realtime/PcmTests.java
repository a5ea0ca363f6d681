package dev.streaming.realtime;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

/**
 * {@link Pcm} against known signals.
 */
class PcmTests {

	private static final double LEVEL = 16_000;

	private static byte[] sine(double frequency, int rate, int samples) {
		byte[] pcm = new byte[2 * samples];
		for (int i = 0; i < samples; i++) {
			Pcm.write(pcm, i, (int) Math.round(LEVEL * Math.sin(2 * Math.PI * frequency * i / rate)));
		}
		return pcm;
	}

	/** The level of one frequency in the middle of a signal, by correlation. */
	private static double level(byte[] pcm, double frequency, int rate) {
		int from = pcm.length / 2 / 4;
		int to = pcm.length / 2 * 3 / 4;
		double sine = 0;
		double cosine = 0;
		for (int i = from; i < to; i++) {
			double angle = 2 * Math.PI * frequency * i / rate;
			sine += Pcm.sample(pcm, i) * Math.sin(angle);
			cosine += Pcm.sample(pcm, i) * Math.cos(angle);
		}
		return 2 * Math.hypot(sine, cosine) / (to - from);
	}

	private static double rms(byte[] pcm) {
		int from = pcm.length / 2 / 4;
		int to = pcm.length / 2 * 3 / 4;
		double sum = 0;
		for (int i = from; i < to; i++) {
			sum += (double) Pcm.sample(pcm, i) * Pcm.sample(pcm, i);
		}
		return Math.sqrt(sum / (to - from));
	}

	@ParameterizedTest
	@CsvSource({ "8000,16000", "8000,24000", "8000,48000", "16000,8000", "16000,24000", "16000,48000", "24000,8000",
			"24000,16000", "24000,48000", "48000,8000", "48000,16000", "48000,24000" })
	void sineKeepsItsFrequencyLevelAndLength(int from, int to) {
		for (double frequency : new double[] { 300, 1000, 3000 }) {
			byte[] resampled = Pcm.resample(sine(frequency, from, from), from, to);
			assertThat(resampled).hasSize(2 * to);
			assertThat(level(resampled, frequency, to)).isCloseTo(LEVEL, within(LEVEL * 0.01));
			// All that is there is that frequency
			assertThat(rms(resampled)).isCloseTo(LEVEL / Math.sqrt(2), within(LEVEL * 0.01));
		}
	}

	@ParameterizedTest
	@CsvSource({ "48000,8000,5000", "48000,8000,11000", "48000,16000,9000", "48000,24000,14000", "24000,8000,4500",
			"24000,16000,9000", "16000,8000,6000" })
	void frequenciesAboveTheNewBandAreSuppressed(int from, int to, double frequency) {
		byte[] resampled = Pcm.resample(sine(frequency, from, from), from, to);
		assertThat(rms(resampled)).as("60 dB below the signal").isLessThan(LEVEL / Math.sqrt(2) / 1000);
	}

	@ParameterizedTest
	@CsvSource({ "8000,24000,3000,5000", "8000,16000,3000,5000", "16000,48000,5000,11000" })
	void imagesOfTheOldBandAreSuppressed(int from, int to, double frequency, double image) {
		byte[] resampled = Pcm.resample(sine(frequency, from, from), from, to);
		assertThat(level(resampled, image, to)).isLessThan(LEVEL / 1000);
	}

	@Test
	void constantLevelStaysExactly() {
		byte[] constant = new byte[2 * 16_000];
		for (int i = 0; i < 16_000; i++) {
			Pcm.write(constant, i, 12_345);
		}
		byte[] resampled = Pcm.resample(constant, 16_000, 24_000);
		for (int i = 6_000; i < 18_000; i++) {
			assertThat(Pcm.sample(resampled, i)).isEqualTo(12_345);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 7, 160, 641, 5000 })
	void piecesOfAnySizeGiveTheSameAsTheWhole(int size) {
		byte[] whole = sine(440, 24_000, 5_000);
		for (int rate : new int[] { 8_000, 16_000, 48_000, 24_000 }) {
			Pcm.Resampler resampler = Pcm.resampler(24_000, rate);
			ByteArrayOutputStream joined = new ByteArrayOutputStream();
			for (int from = 0; from < whole.length; from += size) {
				joined.writeBytes(
						resampler.resample(Arrays.copyOfRange(whole, from, Math.min(whole.length, from + size))));
			}
			joined.writeBytes(resampler.end());
			assertThat(joined.toByteArray()).isEqualTo(Pcm.resample(whole, 24_000, rate));
		}
	}

	@Test
	void fullScaleIsClippedAndDoesNotWrap() {
		byte[] square = new byte[2 * 8_000];
		for (int i = 0; i < 8_000; i++) {
			Pcm.write(square, i, (i / 20 % 2 == 0) ? Short.MAX_VALUE : Short.MIN_VALUE);
		}
		byte[] resampled = Pcm.resample(square, 8_000, 48_000);
		for (int i = 60; i < 8_000 * 6 - 120; i++) {
			int inside = i / 6 % 20;
			if (inside > 4 && inside < 15) {
				assertThat(Pcm.sample(resampled, i) > 0).isEqualTo(i / 120 % 2 == 0);
			}
		}
	}

	@Test
	void nothingIsNothing() {
		assertThat(Pcm.resample(new byte[0], 8_000, 24_000)).isEmpty();
		assertThat(Pcm.resample(new byte[] { 1, 2 }, 8_000, 8_000)).containsExactly(1, 2);
		assertThat(Pcm.toMulaw(new byte[0])).isEmpty();
	}

	@Test
	void otherRatesAndHalfSamplesAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> Pcm.resample(new byte[2], 44_100, 24_000))
			.withMessageContaining("[8000, 16000, 24000, 48000] Hz, but is 44100");
		assertThatIllegalArgumentException().isThrownBy(() -> Pcm.resample(new byte[3], 8_000, 24_000))
			.withMessageContaining("whole samples");
		assertThatIllegalArgumentException().isThrownBy(() -> Pcm.toAlaw(new byte[1]));
	}

	@ParameterizedTest
	@CsvSource({ "0x80,32124", "0x00,-32124", "0xFF,0", "0x7F,0", "0xFE,8", "0x7E,-8", "0xF0,120", "0xE0,372",
			"0xD0,876", "0xC0,1884", "0xB0,3900", "0xA0,7932", "0x90,15996", "0x8F,16764" })
	void mulawIsDecodedAsSpecified(String encoded, int sample) {
		byte[] pcm = Pcm.fromMulaw(new byte[] { (byte) (int) Integer.decode(encoded) });
		assertThat(Pcm.sample(pcm, 0)).isEqualTo(sample);
	}

	@ParameterizedTest
	@CsvSource({ "0xD5,8", "0x55,-8", "0xAA,32256", "0x2A,-32256", "0xC5,264", "0xF5,528", "0xE5,1056", "0x95,2112",
			"0x85,4224", "0xB5,8448", "0xA5,16896", "0x80,5504", "0x00,-5504" })
	void alawIsDecodedAsSpecified(String encoded, int sample) {
		byte[] pcm = Pcm.fromAlaw(new byte[] { (byte) (int) Integer.decode(encoded) });
		assertThat(Pcm.sample(pcm, 0)).isEqualTo(sample);
	}

	@Test
	void everyCodeOfG711SurvivesTheWayThereAndBack() {
		byte[] codes = new byte[256];
		for (int i = 0; i < 256; i++) {
			codes[i] = (byte) i;
		}
		assertThat(Pcm.toAlaw(Pcm.fromAlaw(codes))).isEqualTo(codes);
		byte[] mulaw = Pcm.toMulaw(Pcm.fromMulaw(codes));
		for (int i = 0; i < 256; i++) {
			// Two codes mean zero
			assertThat(mulaw[i] & 0xFF).isEqualTo((i == 0x7F) ? 0xFF : i);
		}
	}

	@Test
	void g711IsWithinAStepOfEverySample() {
		byte[] all = new byte[2 * 65_536];
		for (int i = 0; i < 65_536; i++) {
			Pcm.write(all, i, i - 32_768);
		}
		byte[] mulaw = Pcm.fromMulaw(Pcm.toMulaw(all));
		byte[] alaw = Pcm.fromAlaw(Pcm.toAlaw(all));
		for (int i = 0; i < 65_536; i++) {
			int sample = i - 32_768;
			// The step is a sixteenth of the segment; the clipped top is 644 below
			double allowed = Math.max(16, Math.abs(sample) / 16.0);
			assertThat((double) Pcm.sample(mulaw, i)).isCloseTo(sample, within(allowed));
			assertThat((double) Pcm.sample(alaw, i)).isCloseTo(sample, within(allowed));
		}
	}

}
