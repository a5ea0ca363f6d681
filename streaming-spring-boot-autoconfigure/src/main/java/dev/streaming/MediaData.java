package dev.streaming;

import java.util.Arrays;

import dev.streaming.internal.util.Plural;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Piece of audio, image or video as raw bytes, not base64. Immutable.
 *
 * @param data the bytes, copied by constructor and accessor
 * @param mimeType the MIME type, such as {@code audio/pcm}
 * @param sampleRate the sample rate in Hz, or 0 if not applicable
 * @param channels the number of channels, or 0 if not applicable
 * @since 1.0.0
 */
public record MediaData(byte[] data, String mimeType, int sampleRate, int channels) {

	/**
	 * Create media data.
	 * @param data the bytes; copied
	 * @param mimeType the MIME type
	 * @param sampleRate the sample rate in Hz, or 0
	 * @param channels the number of channels, or 0
	 */
	public MediaData {
		Assert.notNull(data, "'data' must not be null");
		Assert.notNull(mimeType, "'mimeType' must not be null");
		Assert.isTrue(sampleRate >= 0, "'sampleRate' must not be negative");
		Assert.isTrue(channels >= 0, "'channels' must not be negative");
		data = data.clone();
	}

	@Override
	public byte[] data() {
		return this.data.clone();
	}

	/**
	 * Return the number of bytes.
	 * @return the size in bytes
	 */
	public int size() {
		return this.data.length;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof MediaData that && Arrays.equals(this.data, that.data)
				&& this.mimeType.equals(that.mimeType) && this.sampleRate == that.sampleRate
				&& this.channels == that.channels;
	}

	@Override
	public int hashCode() {
		return 31 * Arrays.hashCode(this.data) + this.mimeType.hashCode();
	}

	@Override
	public String toString() {
		return "MediaData[" + Plural.of(this.data.length, "byte") + ", " + this.mimeType + ", " + this.sampleRate
				+ " Hz, " + Plural.of(this.channels, "channel") + "]";
	}

}
