package dev.streaming.sample.provider;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import dev.streaming.realtime.Pcm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The voice and the ear of the embedded provider, each with the other.
 */
class VoiceTests {

	private final List<String> heard = new ArrayList<>();

	private Ear.Speech speech = new Ear.Speech(new byte[0], 1);

	private final Ear.Listener listener = new Ear.Listener() {

		@Override
		public void started() {
			VoiceTests.this.heard.add("started");
		}

		@Override
		public void stopped(Ear.Speech said) {
			VoiceTests.this.heard.add("stopped");
			VoiceTests.this.speech = said;
		}

	};

	/** OpenAI hears 24 kHz, Gemini 16 kHz. */
	@ParameterizedTest
	@ValueSource(ints = { 24_000, 16_000 })
	void synthesizedSpeechIsDetected(int sampleRate) {
		byte[] spoken = new Synthesizer().speak("Good morning, everybody.");
		double seconds = spoken.length / 2.0 / Synthesizer.SAMPLE_RATE;
		assertThat(seconds).isBetween(1.0, 3.0);
		byte[] words = Pcm.resample(spoken, Synthesizer.SAMPLE_RATE, sampleRate);
		byte[] second = new byte[2 * sampleRate];
		Ear ear = new Ear(sampleRate);
		ear.hear(second, this.listener);
		assertThat(this.heard).isEmpty();
		for (int from = 0; from < words.length; from += 1_000) {
			ear.hear(Arrays.copyOfRange(words, from, Math.min(words.length, from + 1_000)), this.listener);
		}
		assertThat(this.heard).containsExactly("started");
		ear.hear(second, this.listener);
		assertThat(this.heard).containsExactly("started", "stopped");
		assertThat(this.speech.sampleRate()).isEqualTo(sampleRate);
		assertThat(this.speech.seconds()).isBetween(seconds - 0.5, seconds + 0.8);
		ear.end(this.listener);
		assertThat(this.heard).hasSize(2);
	}

	@Test
	void speechEndsWithItsStream() {
		byte[] words = new Synthesizer().speak("Good morning, everybody.");
		Ear ear = new Ear(Synthesizer.SAMPLE_RATE);
		ear.hear(words, this.listener);
		ear.end(this.listener);
		assertThat(this.heard).containsExactly("started", "stopped");
	}

	@Test
	void steadyNoiseIsNoSpeech() {
		byte[] noise = new byte[480_000];
		Random random = new Random(1);
		for (int i = 0; i < noise.length; i += 2) {
			int sample = random.nextInt(500) - 250;
			noise[i] = (byte) sample;
			noise[i + 1] = (byte) (sample >> 8);
		}
		new Ear(Synthesizer.SAMPLE_RATE).hear(noise, this.listener);
		assertThat(this.heard).isEmpty();
	}

	@Test
	void audioOfAnAnswerIsDealtOutWholly() {
		Answer answer = new Answer("r1", "one two three");
		answer.voice(new byte[9_998]);
		int total = 0;
		while (!answer.isDone()) {
			answer.next();
			byte[] piece = answer.audio();
			assertThat(piece).isNotNull();
			assertThat(piece.length % 2).isZero();
			total += piece.length;
		}
		assertThat(total).isEqualTo(9_998);
	}

}
