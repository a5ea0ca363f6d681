package dev.streaming.sample.provider;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.locks.ReentrantLock;

import javax.sound.sampled.AudioFormat;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.sun.speech.freetts.Voice;
import com.sun.speech.freetts.VoiceManager;
import com.sun.speech.freetts.audio.AudioPlayer;
import com.sun.speech.freetts.en.us.cmu_us_kal.KevinVoiceDirectory;
import dev.streaming.realtime.Pcm;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Speech synthesis with FreeTTS and the voice {@code kevin16}, without native code and
 * network. Takes about a second for a minute of speech.
 */
@Component
@ConditionalOnEmbeddedProvider
class Synthesizer {

	/** Sample rate of the speech. */
	static final int SAMPLE_RATE = 24_000;

	private static final int VOICE_RATE = 16_000;

	// The voice supports one text at a time
	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private @Nullable Voice voice;

	/**
	 * Synthesize a text.
	 * @param text the text
	 * @return 16 bit little-endian mono PCM of {@link #SAMPLE_RATE}
	 */
	byte[] speak(String text) {
		Recorder recorder = new Recorder();
		this.lock.lock();
		try {
			Voice speaker = voice();
			speaker.setAudioPlayer(recorder);
			speaker.speak(text.replaceAll("[“”‘’…_*#`]", " "));
		}
		finally {
			this.lock.unlock();
		}
		return Pcm.resample(recorder.pcm(), VOICE_RATE, SAMPLE_RATE);
	}

	@GuardedBy("lock")
	private Voice voice() {
		if (this.voice == null) {
			System.setProperty("freetts.voices", KevinVoiceDirectory.class.getName());
			Voice found = VoiceManager.getInstance().getVoice("kevin16");
			found.allocate();
			this.voice = found;
		}
		return this.voice;
	}

	/**
	 * Records the output of the voice.
	 */
	private static final class Recorder implements AudioPlayer {

		private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

		private AudioFormat format = new AudioFormat(VOICE_RATE, 16, 1, true, true);

		byte[] pcm() {
			byte[] pcm = this.bytes.toByteArray();
			byte[] whole = new byte[pcm.length & ~1];
			for (int i = 0; i < whole.length; i += 2) {
				whole[i] = this.format.isBigEndian() ? pcm[i + 1] : pcm[i];
				whole[i + 1] = this.format.isBigEndian() ? pcm[i] : pcm[i + 1];
			}
			return whole;
		}

		@Override
		public void setAudioFormat(AudioFormat format) {
			this.format = format;
		}

		@Override
		public AudioFormat getAudioFormat() {
			return this.format;
		}

		@Override
		public boolean write(byte[] audio) {
			return write(audio, 0, audio.length);
		}

		@Override
		public boolean write(byte[] audio, int offset, int length) {
			this.bytes.write(audio, offset, length);
			return true;
		}

		@Override
		public boolean drain() {
			return true;
		}

		@Override
		public boolean end() {
			return true;
		}

		@Override
		public void begin(int size) {
		}

		@Override
		public void pause() {
		}

		@Override
		public void resume() {
		}

		@Override
		public void reset() {
		}

		@Override
		public void cancel() {
		}

		@Override
		public void close() {
		}

		@Override
		public float getVolume() {
			return 1;
		}

		@Override
		public void setVolume(float volume) {
		}

		@Override
		public long getTime() {
			return -1;
		}

		@Override
		public void resetTime() {
		}

		@Override
		public void startFirstSampleTimer() {
		}

		@Override
		public void showMetrics() {
		}

	}

}
