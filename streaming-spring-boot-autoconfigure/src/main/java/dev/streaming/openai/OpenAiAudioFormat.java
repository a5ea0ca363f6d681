package dev.streaming.openai;

import java.time.Duration;
import java.util.Map;

import dev.streaming.MediaData;
import org.jspecify.annotations.Nullable;

/**
 * The formats of audio that OpenAI Realtime speaks. All have one channel.
 *
 * @since 1.0.0
 */
public enum AudioFormat {

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

	AudioFormat(String mimeType, int sampleRate, int bytesPerSample, String betaName) {
		this.mimeType = mimeType;
		this.sampleRate = sampleRate;
		this.bytesPerSample = bytesPerSample;
		this.betaName = betaName;
	}

	/**
	 * Return the format by the provider's name for it.
	 * @param name such as {@code audio/pcmu}, or {@code g711_ulaw} as it was in the beta
	 * @return the format, or {@code null} if there is none of that name
	 */
	static @Nullable AudioFormat named(String name) {
		for (AudioFormat format : values()) {
			if (format.mimeType.equals(name) || format.betaName.equals(name)) {
				return format;
			}
		}
		return null;
	}

	/**
	 * Return the samples a second.
	 * @return the rate in Hz
	 */
	public int sampleRate() {
		return this.sampleRate;
	}

	/**
	 * Return its part of {@code session.update}.
	 * @return the provider's description
	 */
	Map<String, Object> description() {
		return (this == PCM) ? Map.of("type", this.mimeType, "rate", this.sampleRate) : Map.of("type", this.mimeType);
	}

	MediaData media(byte[] data, int rate) {
		return new MediaData(data, this.mimeType, rate, 1);
	}

	Duration duration(long bytes, int rate) {
		return Duration.ofMillis(bytes * 1000 / ((long) rate * this.bytesPerSample));
	}

}
