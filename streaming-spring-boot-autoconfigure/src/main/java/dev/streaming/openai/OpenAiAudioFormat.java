package dev.streaming.openai;

import java.time.Duration;
import java.util.Map;

import dev.streaming.MediaData;
import dev.streaming.realtime.AudioFormat;
import org.jspecify.annotations.Nullable;

/**
 * Audio formats of OpenAI Realtime. All have one channel.
 *
 * @since 1.0.0
 */
public enum OpenAiAudioFormat {

	/** 16 bit little-endian PCM of 24,000 Hz. */
	PCM("audio/pcm", 24_000, 2, "pcm16"),

	/** G.711 µ-law of 8,000 Hz. */
	PCMU("audio/pcmu", 8_000, 1, "g711_ulaw"),

	/** G.711 A-law of 8,000 Hz. */
	PCMA("audio/pcma", 8_000, 1, "g711_alaw");

	private final String mimeType;

	private final int sampleRate;

	private final int bytesPerSample;

	private final String betaName;

	OpenAiAudioFormat(String mimeType, int sampleRate, int bytesPerSample, String betaName) {
		this.mimeType = mimeType;
		this.sampleRate = sampleRate;
		this.bytesPerSample = bytesPerSample;
		this.betaName = betaName;
	}

	/**
	 * Return the format with the given name.
	 * @param name such as {@code audio/pcmu}, or {@code g711_ulaw} as it was in the beta
	 * @return the format, or {@code null} if there is none of that name
	 */
	static @Nullable OpenAiAudioFormat named(String name) {
		for (OpenAiAudioFormat format : values()) {
			if (format.mimeType.equals(name) || format.betaName.equals(name)) {
				return format;
			}
		}
		return null;
	}

	/**
	 * Return the sample rate.
	 * @return the rate in Hz
	 */
	public int sampleRate() {
		return this.sampleRate;
	}

	/**
	 * Return the description of the format in {@code session.update}.
	 * @return the provider's description
	 */
	Map<String, Object> description() {
		return (this == PCM) ? Map.of("type", this.mimeType, "rate", this.sampleRate) : Map.of("type", this.mimeType);
	}

	/**
	 * Return the provider-independent description of the format.
	 * @param rate the sample rate in Hz
	 * @return the format
	 */
	AudioFormat common(int rate) {
		AudioFormat.Encoding encoding = switch (this) {
			case PCM -> AudioFormat.Encoding.PCM16;
			case PCMU -> AudioFormat.Encoding.MULAW;
			case PCMA -> AudioFormat.Encoding.ALAW;
		};
		return new AudioFormat(encoding, rate, 1);
	}

	MediaData media(byte[] data, int rate) {
		return new MediaData(data, this.mimeType, rate, 1);
	}

	Duration duration(long bytes, int rate) {
		return Duration.ofMillis(bytes * 1000 / ((long) rate * this.bytesPerSample));
	}

}
