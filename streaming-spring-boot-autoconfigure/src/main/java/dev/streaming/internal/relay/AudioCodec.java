package dev.streaming.internal.relay;

import java.util.Arrays;

import dev.streaming.MediaData;
import dev.streaming.realtime.AudioFormat;
import dev.streaming.realtime.AudioFormat.Encoding;
import dev.streaming.realtime.Pcm;
import org.jspecify.annotations.Nullable;

/**
 * Codec between the audio of browsers, 16 bit little-endian mono PCM in the session's
 * sample rates, and that of the session.
 *
 * @param input the format of the user's audio
 * @param output the format of the answers
 */
record AudioCodec(AudioFormat input, AudioFormat output) {

	byte[] toSession(byte[] pcm) {
		return switch (this.input.encoding()) {
			case PCM16 -> pcm;
			case MULAW -> Pcm.toMulaw(pcm);
			case ALAW -> Pcm.toAlaw(pcm);
		};
	}

	/**
	 * Convert a piece of an answer to PCM.
	 * @param media the piece
	 * @return whole samples, or {@code null} if the media is not audio
	 */
	byte @Nullable [] toBrowser(MediaData media) {
		if (!media.mimeType().startsWith("audio/")) {
			return null;
		}
		byte[] data = media.data();
		return switch (encodingOf(media)) {
			case PCM16 -> (data.length % 2 == 0) ? data : Arrays.copyOf(data, data.length - 1);
			case MULAW -> Pcm.fromMulaw(data);
			case ALAW -> Pcm.fromAlaw(data);
		};
	}

	private Encoding encodingOf(MediaData media) {
		for (Encoding encoding : Encoding.values()) {
			if (media.mimeType().equals(encoding.mimeType())) {
				return encoding;
			}
		}
		return this.output.encoding();
	}

	int sampleRateOf(MediaData media) {
		return (media.sampleRate() > 0) ? media.sampleRate() : this.output.sampleRate();
	}

}
