package dev.streaming.realtime;

import java.util.Locale;
import java.util.Set;

import dev.streaming.MediaData;

import org.springframework.util.Assert;

/**
 * Format of a session's audio.
 *
 * @param encoding the encoding of a sample
 * @param sampleRate the sample rate of each channel in Hz
 * @param channels the number of channels
 * @since 1.0.0
 * @see RealtimeClient#inputFormat()
 * @see Pcm
 */
public record AudioFormat(Encoding encoding, int sampleRate, int channels) {

	/**
	 * Create a format.
	 * @param encoding the encoding of a sample
	 * @param sampleRate the sample rate in Hz
	 * @param channels the number of channels
	 */
	public AudioFormat {
		Assert.notNull(encoding, "'encoding' must not be null");
		Assert.isTrue(sampleRate > 0, "'sampleRate' must be positive");
		Assert.isTrue(channels > 0, "'channels' must be positive");
	}

	/**
	 * Return the format of 16 bit little-endian mono PCM.
	 * @param sampleRate the sample rate in Hz
	 * @return the format
	 */
	public static AudioFormat pcm16(int sampleRate) {
		return new AudioFormat(Encoding.PCM16, sampleRate, 1);
	}

	/**
	 * Return the number of bytes of one sample of all channels.
	 * @return the number of bytes
	 */
	public int frameSize() {
		return this.encoding.bytesPerSample() * this.channels;
	}

	/**
	 * Return media in this format.
	 * @param data raw bytes
	 * @return the media
	 */
	public MediaData media(byte[] data) {
		return new MediaData(data, this.encoding.mimeType(), this.sampleRate, this.channels);
	}

	/**
	 * Check that media is in this format.
	 * @param media the media
	 * @throws IllegalArgumentException if it is not; the message has both formats and the
	 * conversion
	 */
	public void check(MediaData media) {
		Assert.notNull(media, "'audio' must not be null");
		if (!this.encoding.isNamed(media.mimeType())) {
			throw wrong(media, this.encoding.advice());
		}
		if (media.sampleRate() != this.sampleRate) {
			throw wrong(media, (media.sampleRate() == 0) ? "state its sample rate in Hz"
					: "resample it with Pcm.resample(data, " + media.sampleRate() + ", " + this.sampleRate + ")");
		}
		if (media.channels() != 0 && media.channels() != this.channels) {
			throw wrong(media, "mix its channels");
		}
	}

	private IllegalArgumentException wrong(MediaData media, String advice) {
		return new IllegalArgumentException(
				"The audio is " + media + ", but the session takes " + this + "; " + advice);
	}

	/**
	 * Return a description such as {@code audio/pcm (16 bit, little-endian), 24000 Hz, 1
	 * channel}.
	 * @return the description
	 */
	@Override
	public String toString() {
		return this.encoding.mimeType() + " (" + this.encoding.description() + "), " + this.sampleRate + " Hz, "
				+ this.channels + ((this.channels == 1) ? " channel" : " channels");
	}

	/**
	 * Encoding of a sample.
	 */
	public enum Encoding {

		/** Linear PCM, signed, 16 bit, little-endian. */
		PCM16("audio/pcm", 2, "16 bit, little-endian", "convert it with Pcm.fromMulaw or Pcm.fromAlaw",
				Set.of("audio/pcm")),

		/** G.711 µ-law, 8 bit. */
		MULAW("audio/pcmu", 1, "G.711 µ-law", "convert it with Pcm.toMulaw",
				Set.of("audio/pcmu", "audio/basic", "audio/x-mulaw")),

		/** G.711 A-law, 8 bit. */
		ALAW("audio/pcma", 1, "G.711 A-law", "convert it with Pcm.toAlaw", Set.of("audio/pcma", "audio/x-alaw"));

		private final String mimeType;

		private final int bytesPerSample;

		private final String description;

		private final String advice;

		private final Set<String> names;

		Encoding(String mimeType, int bytesPerSample, String description, String advice, Set<String> names) {
			this.mimeType = mimeType;
			this.bytesPerSample = bytesPerSample;
			this.description = description;
			this.advice = advice;
			this.names = names;
		}

		/**
		 * Return the MIME type.
		 * @return the type, without parameters
		 */
		public String mimeType() {
			return this.mimeType;
		}

		/**
		 * Return the size of a sample.
		 * @return the number of bytes
		 */
		public int bytesPerSample() {
			return this.bytesPerSample;
		}

		String description() {
			return this.description;
		}

		String advice() {
			return this.advice;
		}

		/**
		 * Return whether a MIME type denotes this encoding.
		 * @param type the type, whose parameters are ignored
		 * @return whether it does
		 */
		boolean isNamed(String type) {
			int end = type.indexOf(';');
			return this.names.contains(((end < 0) ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT));
		}

	}

}
