package dev.streaming.interceptor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import dev.streaming.MediaData;

/**
 * WAV file of raw samples, whose header is completed when it is closed. Not thread-safe.
 */
final class WavFile implements AutoCloseable {

	private static final int HEADER = 44;

	private static final short PCM = 1;

	private static final short A_LAW = 6;

	private static final short MU_LAW = 7;

	private final Path path;

	private final FileChannel channel;

	private final short format;

	private final int width;

	private final int channels;

	private final int rate;

	private final String mimeType;

	private long size;

	/**
	 * Create a file with the format of the first piece of audio.
	 * @param path the file, which must not exist
	 * @param first the first piece
	 */
	WavFile(Path path, MediaData first) throws IOException {
		this.path = path;
		this.mimeType = first.mimeType();
		this.format = this.mimeType.contains("pcma") ? A_LAW : this.mimeType.contains("pcmu") ? MU_LAW : PCM;
		this.width = (this.format == PCM) ? 2 : 1;
		this.channels = Math.max(1, first.channels());
		this.rate = first.sampleRate();
		this.channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
		this.channel.write(header());
	}

	private ByteBuffer header() {
		ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
		header.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt((int) (HEADER - 8 + this.size));
		header.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
		header.putShort(this.format).putShort((short) this.channels);
		header.putInt(this.rate).putInt(this.rate * this.channels * this.width);
		header.putShort((short) (this.channels * this.width)).putShort((short) (this.width * 8));
		header.put("data".getBytes(StandardCharsets.US_ASCII)).putInt((int) this.size);
		return header.flip();
	}

	Path path() {
		return this.path;
	}

	boolean fits(MediaData audio) {
		return audio.mimeType().equals(this.mimeType) && audio.sampleRate() == this.rate
				&& Math.max(1, audio.channels()) == this.channels;
	}

	long size() {
		return HEADER + this.size;
	}

	void write(MediaData audio) throws IOException {
		ByteBuffer data = ByteBuffer.wrap(audio.data());
		while (data.hasRemaining()) {
			this.size += this.channel.write(data);
		}
	}

	@Override
	public void close() throws IOException {
		try (FileChannel file = this.channel) {
			file.write(header(), 0);
		}
	}

}
