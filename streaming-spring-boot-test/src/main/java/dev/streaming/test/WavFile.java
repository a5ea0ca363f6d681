package dev.streaming.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import dev.streaming.MediaData;

import org.springframework.core.io.ClassPathResource;
import org.springframework.util.Assert;

/**
 * Reads WAV files.
 */
final class WavFile {

	private static final int RIFF = 0x46464952;

	private static final int FORMAT = 0x20746d66;

	private static final int DATA = 0x61746164;

	private WavFile() {
	}

	/**
	 * Read a file of 16 bit mono PCM.
	 * @param location the location on the class path, with or without {@code classpath:}
	 * @return the audio
	 */
	static MediaData read(String location) {
		byte[] file;
		try (var in = new ClassPathResource(location.replaceFirst("^classpath:", "")).getInputStream()) {
			file = in.readAllBytes();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("There is no '" + location + "' on the class path", ex);
		}
		ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
		Assert.isTrue(file.length > 12 && buffer.getInt(0) == RIFF, () -> "'" + location + "' is no WAV file");
		int rate = 0;
		for (int at = 12; at + 8 <= file.length; at += 8 + buffer.getInt(at + 4) + (buffer.getInt(at + 4) & 1)) {
			if (buffer.getInt(at) == FORMAT) {
				boolean plain = buffer.getShort(at + 8) == 1 && buffer.getShort(at + 10) == 1
						&& buffer.getShort(at + 22) == 16;
				Assert.isTrue(plain, () -> "'" + location + "' is not 16 bit mono PCM");
				rate = buffer.getInt(at + 12);
			}
			else if (buffer.getInt(at) == DATA) {
				int length = Math.min(buffer.getInt(at + 4), file.length - at - 8);
				byte[] data = new byte[length];
				buffer.get(at + 8, data);
				return new MediaData(data, "audio/pcm", rate, 1);
			}
		}
		throw new IllegalArgumentException("'" + location + "' has no audio");
	}

}
