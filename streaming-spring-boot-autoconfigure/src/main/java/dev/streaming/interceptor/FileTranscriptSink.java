package dev.streaming.interceptor;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.streaming.MediaData;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;

/**
 * {@link TranscriptSink} that writes to a directory: entries as lines of JSON to
 * {@code transcript.jsonl}, which is rotated when it is full, and recorded audio to WAV
 * files of each session: {@code <session>.wav} of the model and
 * {@code <session>-user.wav} of the user. The oldest WAV files are deleted when there are
 * too many, so the directory must not be used for anything else. Not thread-safe; a
 * {@link TranscriptRecorder} calls it with one thread at a time.
 *
 * @since 1.0.0
 */
public final class FileTranscriptSink implements TranscriptSink {

	private static final String NAME = "transcript";

	private static final String USER = "-user";

	private static final Pattern AUDIO_FILE = Pattern.compile("[A-Za-z0-9_-]+(\\.\\d+)?\\.wav");

	private static final int DEFAULT_MAX_AUDIO_FILES = 100;

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private final Path directory;

	private final long maxFileSize;

	private final int maxFiles;

	private final int maxAudioFiles;

	private final Map<String, WavFile> audio = new HashMap<>();

	private @Nullable BufferedWriter writer;

	private long written;

	/**
	 * Create a sink with at most 100 files of audio.
	 * @param directory the directory, which is created if it does not exist
	 * @param maxFileSize the size at which the file of entries is rotated, and the
	 * maximum size of the audio of a session
	 * @param maxFiles the maximum number of files of entries, including the current one
	 */
	public FileTranscriptSink(Path directory, DataSize maxFileSize, int maxFiles) {
		this(directory, maxFileSize, maxFiles, DEFAULT_MAX_AUDIO_FILES);
	}

	/**
	 * Create a sink.
	 * @param directory the directory, which is created if it does not exist
	 * @param maxFileSize the size at which the file of entries is rotated, and the
	 * maximum size of the audio of a session
	 * @param maxFiles the maximum number of files of entries, including the current one
	 * @param maxAudioFiles the maximum number of WAV files, including those that are
	 * being written, which are never deleted
	 */
	public FileTranscriptSink(Path directory, DataSize maxFileSize, int maxFiles, int maxAudioFiles) {
		Assert.isTrue(maxFileSize.toBytes() > 0, "'maxFileSize' must be positive");
		Assert.isTrue(maxFiles > 0, "'maxFiles' must be positive");
		Assert.isTrue(maxAudioFiles > 0, "'maxAudioFiles' must be positive");
		this.directory = directory;
		this.maxFileSize = maxFileSize.toBytes();
		this.maxFiles = maxFiles;
		this.maxAudioFiles = maxAudioFiles;
	}

	@Override
	public void write(TranscriptEntry entry) throws IOException {
		String line = MAPPER
			.writeValueAsString(Map.of("at", entry.at().toString(), "connection", entry.connection(), "session",
					entry.session(), "kind", entry.kind(), "responseId", entry.responseId(), "text", entry.text()))
				+ "\n";
		long size = line.getBytes(StandardCharsets.UTF_8).length;
		if (this.writer != null && this.written + size > this.maxFileSize) {
			rotate();
		}
		BufferedWriter current = this.writer;
		if (current == null) {
			Files.createDirectories(this.directory);
			Path file = file(0);
			this.written = Files.exists(file) ? Files.size(file) : 0;
			current = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
			this.writer = current;
		}
		try {
			current.write(line);
			current.flush();
		}
		catch (IOException ex) {
			abandon(current);
			throw ex;
		}
		this.written += size;
	}

	/**
	 * Abandon the writer after a failure, because it would repeat buffered entries that
	 * were counted as not recorded.
	 * @param failed the writer
	 */
	private void abandon(BufferedWriter failed) {
		this.writer = null;
		try {
			failed.close();
		}
		catch (IOException ex) {
			// The writer has failed before
		}
	}

	private Path file(int number) {
		return this.directory.resolve((number == 0) ? NAME + ".jsonl" : NAME + "." + number + ".jsonl");
	}

	private void rotate() throws IOException {
		BufferedWriter full = this.writer;
		this.writer = null;
		if (full != null) {
			full.close();
		}
		Files.deleteIfExists(file(this.maxFiles - 1));
		for (int i = this.maxFiles - 2; i >= 0; i--) {
			if (Files.exists(file(i))) {
				Files.move(file(i), file(i + 1), StandardCopyOption.REPLACE_EXISTING);
			}
		}
	}

	@Override
	public void write(String session, MediaData audio) throws IOException {
		append(session, audio);
	}

	@Override
	public void writeUser(String session, MediaData audio) throws IOException {
		append(session + USER, audio);
	}

	private void append(String name, MediaData piece) throws IOException {
		WavFile file = this.audio.get(name);
		if (file == null) {
			Files.createDirectories(this.directory);
			deleteOldestAudio();
			file = new WavFile(free(name), piece);
			this.audio.put(name, file);
		}
		if (!file.fits(piece)) {
			throw new IOException("The format of the audio has changed");
		}
		if (file.size() + piece.size() > this.maxFileSize) {
			throw new IOException("The audio of the session is larger than the limit");
		}
		file.write(piece);
	}

	private void deleteOldestAudio() throws IOException {
		Set<Path> open = this.audio.values().stream().map(WavFile::path).collect(Collectors.toSet());
		List<Path> complete;
		try (Stream<Path> files = Files.list(this.directory)) {
			complete = files.filter((file) -> AUDIO_FILE.matcher(file.getFileName().toString()).matches())
				.filter((file) -> !open.contains(file))
				.sorted(Comparator.comparingLong((file) -> file.toFile().lastModified()))
				.toList();
		}
		int excess = complete.size() + open.size() + 1 - this.maxAudioFiles;
		for (int i = 0; i < Math.min(excess, complete.size()); i++) {
			Files.deleteIfExists(complete.get(i));
		}
	}

	// Ids of sessions are reused after a restart of the application
	private Path free(String session) {
		String name = session.replaceAll("[^A-Za-z0-9_-]", "_");
		Path file = this.directory.resolve(name + ".wav");
		for (int i = 1; Files.exists(file); i++) {
			file = this.directory.resolve(name + "." + i + ".wav");
		}
		return file;
	}

	@Override
	public void ended(String session) throws IOException {
		try {
			complete(session);
		}
		finally {
			complete(session + USER);
		}
	}

	private void complete(String name) throws IOException {
		WavFile file = this.audio.remove(name);
		if (file != null) {
			file.close();
		}
	}

	@Override
	public void close() throws IOException {
		for (String name : List.copyOf(this.audio.keySet())) {
			complete(name);
		}
		BufferedWriter current = this.writer;
		this.writer = null;
		if (current != null) {
			current.close();
		}
	}

}
