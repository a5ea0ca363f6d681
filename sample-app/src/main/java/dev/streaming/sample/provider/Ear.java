package dev.streaming.sample.provider;

import java.io.ByteArrayOutputStream;

/**
 * Simple voice activity detection, based on the energy of the audio relative to the
 * background. Guarded by its conversation.
 */
final class Ear {

	private static final int BYTES_PER_SAMPLE = 2;

	private static final int FRAMES_PER_SECOND = 50;

	private static final double LEAST = 500;

	private static final double OVER_NOISE = 3;

	/** Number of frames of speech, of 20 ms each, that begin a turn. */
	private static final int BEGIN = 4;

	/** Number of frames of silence that end a turn. */
	private static final int END = 25;

	/** Number of frames before the threshold that belong to the turn. */
	private static final int BEFORE = 6;

	private static final int LONGEST_SECONDS = 30;

	private final int sampleRate;

	private final ByteArrayOutputStream said = new ByteArrayOutputStream();

	private final byte[] frame;

	private int filled;

	private double noise = LEAST / OVER_NOISE;

	private int run;

	private Phase phase = Phase.SILENCE;

	Ear(int sampleRate) {
		this.sampleRate = sampleRate;
		this.frame = new byte[sampleRate / FRAMES_PER_SECOND * BYTES_PER_SAMPLE];
	}

	int sampleRate() {
		return this.sampleRate;
	}

	/**
	 * Process a piece of audio.
	 * @param pcm 16 bit little-endian mono PCM
	 * @param listener notified of speech
	 */
	void hear(byte[] pcm, Listener listener) {
		for (byte each : pcm) {
			this.frame[this.filled] = each;
			this.filled++;
			if (this.filled == this.frame.length) {
				this.filled = 0;
				frame(listener);
			}
		}
	}

	private void frame(Listener listener) {
		boolean loud = isLoud();
		keep();
		if (this.phase == Phase.SILENCE) {
			this.run = loud ? this.run + 1 : 0;
			if (this.run == BEGIN) {
				this.phase = Phase.SPEECH;
				this.run = 0;
				listener.started();
			}
			return;
		}
		this.run = loud ? 0 : this.run + 1;
		if (this.run == END || this.said.size() >= LONGEST_SECONDS * this.sampleRate * BYTES_PER_SAMPLE) {
			end(listener);
		}
	}

	/**
	 * End the turn without waiting for silence.
	 * @param listener notified of the end of speech, if there was any
	 */
	void end(Listener listener) {
		if (this.phase == Phase.SPEECH) {
			Speech speech = new Speech(this.said.toByteArray(), this.sampleRate);
			clear();
			listener.stopped(speech);
		}
	}

	private void keep() {
		this.said.writeBytes(this.frame);
		int kept = BEFORE * this.frame.length;
		if (this.phase == Phase.SILENCE && this.said.size() > 2 * kept) {
			byte[] all = this.said.toByteArray();
			this.said.reset();
			this.said.write(all, all.length - kept, kept);
		}
	}

	private boolean isLoud() {
		double sum = 0;
		for (int i = 0; i < this.frame.length; i += 2) {
			int sample = (this.frame[i] & 0xFF) | (this.frame[i + 1] << 8);
			sum += (double) sample * sample;
		}
		double level = Math.sqrt(sum * BYTES_PER_SAMPLE / this.frame.length);
		boolean loud = level > Math.max(LEAST, this.noise * OVER_NOISE);
		if (!loud) {
			this.noise += (level - this.noise) * 0.05;
		}
		return loud;
	}

	/**
	 * Reset the detection.
	 */
	void clear() {
		this.said.reset();
		this.phase = Phase.SILENCE;
		this.run = 0;
	}

	/**
	 * Listener for speech.
	 */
	interface Listener {

		void started();

		void stopped(Speech speech);

	}

	/**
	 * Speech of the user.
	 *
	 * @param pcm 16 bit little-endian mono PCM
	 * @param sampleRate its sample rate
	 */
	record Speech(byte[] pcm, int sampleRate) {

		double seconds() {
			return this.pcm.length / (double) BYTES_PER_SAMPLE / this.sampleRate;
		}

		String transcript() {
			return Answers.transcript(seconds());
		}

	}

	private enum Phase {

		/** The user is silent. */
		SILENCE,

		/** The user speaks. */
		SPEECH

	}

}
