package dev.streaming.internal.session;

import java.time.Duration;
import java.util.Locale;

import dev.streaming.MediaData;

/**
 * Calculates the duration of a piece of audio from its size.
 */
final class AudioLength {

	private static final long NANOS = Duration.ofSeconds(1).toNanos();

	private AudioLength() {
	}

	/**
	 * Return the duration of a piece of audio.
	 * @param media raw samples of one byte for G.711, or two bytes otherwise
	 * @return the duration, zero if the media is not raw audio
	 */
	static Duration of(MediaData media) {
		String type = media.mimeType().toLowerCase(Locale.ROOT);
		if (!type.startsWith("audio/") || media.sampleRate() <= 0) {
			return Duration.ZERO;
		}
		int width = (type.contains("pcmu") || type.contains("pcma") || type.contains("g711")) ? 1 : 2;
		long frame = (long) width * Math.max(1, media.channels());
		return Duration.ofNanos(media.size() / frame * NANOS / media.sampleRate());
	}

}
