package dev.streaming.interceptor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.streaming.FinishReason;
import dev.streaming.MediaData;
import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.ToolCall;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link TranscriptRecorder} and {@link FileTranscriptSink}.
 */
class TranscriptRecorderTests {

	private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-29T03:00:00Z"), ZoneOffset.UTC);

	private final Queue<Runnable> tasks = new ArrayDeque<>();

	private final Session session = mock(Session.class);

	@TempDir
	private Path directory;

	@BeforeEach
	void session() {
		given(this.session.id()).willReturn("assistant-1");
		given(this.session.connectionName()).willReturn("assistant");
	}

	private TranscriptRecorder recorder(TranscriptSink sink, boolean audio) {
		return new TranscriptRecorder(sink, new TranscriptRedactor(List.of(Pattern.compile("4711")), "***"), audio,
				this.tasks::add, CLOCK);
	}

	private void runTasks() {
		for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
			task.run();
		}
	}

	private void conversation(TranscriptRecorder recorder) {
		recorder.onChunk(this.session,
				StreamChunk.builder().source("input").content("It is 4711").metadata("final", true).build());
		recorder.onChunk(this.session,
				StreamChunk.builder().toolCalls(List.of(new ToolCall("c1", "pay", "{}"))).build());
		recorder.onChunk(this.session, StreamChunk.builder().responseId("r1").delta("So").build());
		recorder.onChunk(this.session,
				StreamChunk.builder().responseId("r1").content("So 4711").finishReason(FinishReason.STOP).build());
		recorder.onChunk(this.session, StreamChunk.builder().interrupted(true).build());
		recorder.onChunk(this.session, StreamChunk.failure(new StreamingException("4711")));
		recorder.onClosed(this.session, null);
	}

	@Test
	void conversationIsRecordedOffTheHotPath() {
		List<TranscriptEntry> entries = new ArrayList<>();
		TranscriptRecorder recorder = recorder(entries::add, false);
		conversation(recorder);
		assertThat(entries).isEmpty();
		runTasks();
		assertThat(entries).extracting((entry) -> entry.kind() + ":" + entry.text())
			.containsExactly("user:It is ***", "tool_call:pay", "assistant:So ***", "interrupted:",
					"error:" + StreamingException.class.getName(), "closed:");
		assertThat(entries).allSatisfy((entry) -> {
			assertThat(entry.session()).isEqualTo("assistant-1");
			assertThat(entry.at()).isEqualTo(CLOCK.instant());
			assertThat(entry.toString()).doesNotContain("So");
		});
		assertThat(recorder.notRecorded()).isZero();
	}

	@Test
	void whatDoesNotFitOrCannotBeWrittenIsCounted() throws Exception {
		TranscriptRecorder recorder = recorder((entry) -> {
			throw new IOException("disk full");
		}, false);
		StreamChunk end = StreamChunk.builder().content("x").finishReason(FinishReason.STOP).build();
		for (int i = 0; i < TranscriptRecorder.MAX_WAITING + 3; i++) {
			assertThat(recorder.onChunk(this.session, end)).isSameAs(end);
		}
		assertThat(recorder.notRecorded()).isEqualTo(3);
		runTasks();
		assertThat(recorder.notRecorded()).isEqualTo(TranscriptRecorder.MAX_WAITING + 3);
		recorder.close();
		recorder.onChunk(this.session, end);
		assertThat(recorder.notRecorded()).isEqualTo(TranscriptRecorder.MAX_WAITING + 4);
	}

	@Test
	void queueIsBoundedByItsBytesToo() {
		List<TranscriptEntry> entries = new ArrayList<>();
		TranscriptRecorder recorder = recorder(entries::add, false);
		String megabyte = "x".repeat(512 * 1024);
		int fit = (int) (TranscriptRecorder.MAX_WAITING_BYTES / (1024 * 1024)) - 1;
		for (int i = 0; i < fit + 3; i++) {
			recorder.onText(this.session, "user", megabyte);
		}
		recorder.onText(this.session, "user", "short");
		assertThat(recorder.notRecorded()).isEqualTo(3);
		runTasks();
		assertThat(entries).hasSize(fit + 1).last().satisfies((entry) -> assertThat(entry.text()).isEqualTo("short"));
		recorder.onText(this.session, "user", megabyte);
		runTasks();
		assertThat(entries).as("room again").hasSize(fit + 2);
		assertThat(recorder.notRecorded()).isEqualTo(3);
	}

	@Test
	void audioThatWaitsCountsByItsBytes() {
		TranscriptRecorder recorder = recorder(new FileTranscriptSink(this.directory, DataSize.ofGigabytes(1), 1),
				true);
		MediaData second = new MediaData(new byte[1024 * 1024], "audio/pcm", 24_000, 1);
		int fit = (int) (TranscriptRecorder.MAX_WAITING_BYTES / second.size()) - 1;
		for (int i = 0; i < fit + 2; i++) {
			recorder.onAudio(this.session, second);
			recorder.onChunk(this.session, StreamChunk.audio(second));
		}
		assertThat(recorder.notRecorded()).isEqualTo(fit + 4);
	}

	/**
	 * The end of a session is not dropped with what it cannot write: the files would stay
	 * open.
	 */
	@Test
	void filesOfASessionAreCompletedHoweverMuchWaits() throws Exception {
		TranscriptRecorder recorder = recorder(new FileTranscriptSink(this.directory, DataSize.ofMegabytes(1), 1),
				true);
		recorder.onAudio(this.session, new MediaData(new byte[] { 1, 0 }, "audio/pcm", 16_000, 1));
		for (int i = 0; i < TranscriptRecorder.MAX_WAITING; i++) {
			recorder.onText(this.session, "user", "x");
		}
		recorder.onClosed(this.session, null);
		assertThat(recorder.notRecorded()).as("the last text, and the entry of the end").isEqualTo(2);
		runTasks();
		assertThat(sizeInHeader("assistant-1-user.wav")).as("completed").isEqualTo(2);
	}

	@Test
	void filesOfASessionAreCompletedAfterARejectedTask() throws Exception {
		AtomicBoolean rejecting = new AtomicBoolean();
		TranscriptRecorder recorder = new TranscriptRecorder(
				new FileTranscriptSink(this.directory, DataSize.ofMegabytes(1), 1), TranscriptRedactor.NONE, true,
				(task) -> {
					if (rejecting.get()) {
						throw new RejectedExecutionException();
					}
					task.run();
				}, CLOCK);
		recorder.onAudio(this.session, new MediaData(new byte[] { 1, 0 }, "audio/pcm", 16_000, 1));
		rejecting.set(true);
		recorder.onClosed(this.session, null);
		assertThat(recorder.notRecorded()).isEqualTo(1);
		assertThat(sizeInHeader("assistant-1-user.wav")).isZero();
		rejecting.set(false);
		recorder.onText(this.session, "user", "of another session");
		assertThat(sizeInHeader("assistant-1-user.wav")).as("completed").isEqualTo(2);
	}

	private int sizeInHeader(String file) throws IOException {
		return ByteBuffer.wrap(Files.readAllBytes(this.directory.resolve(file)))
			.order(ByteOrder.LITTLE_ENDIAN)
			.getInt(40);
	}

	/** A device that is full, as a disk may be for a while. */
	@Test
	@EnabledOnOs(OS.LINUX)
	void sinkWritesAgainWhenTheDiskHasRoom() throws Exception {
		Path file = this.directory.resolve("transcript.jsonl");
		Files.createSymbolicLink(file, Path.of("/dev/full"));
		try (FileTranscriptSink sink = new FileTranscriptSink(this.directory, DataSize.ofMegabytes(1), 1)) {
			TranscriptEntry entry = new TranscriptEntry(CLOCK.instant(), "assistant", "assistant-1", "user", "", "one");
			assertThatIOException().isThrownBy(() -> sink.write(entry));
			Files.delete(file);
			sink.write(entry);
			assertThat(file).content().containsOnlyOnce("\"text\":\"one\"");
		}
	}

	@Test
	void filesAreRotatedAndLimited() throws Exception {
		try (FileTranscriptSink sink = new FileTranscriptSink(this.directory, DataSize.ofBytes(400), 2)) {
			for (int i = 0; i < 12; i++) {
				sink.write(new TranscriptEntry(CLOCK.instant(), "assistant", "assistant-1", "user", "", "number " + i));
			}
		}
		try (Stream<Path> files = Files.list(this.directory)) {
			assertThat(files.map((file) -> file.getFileName().toString())).containsExactlyInAnyOrder("transcript.jsonl",
					"transcript.1.jsonl");
		}
		assertThat(this.directory.resolve("transcript.jsonl")).content()
			.contains("\"text\":\"number 11\"")
			.endsWith("\n");
		assertThat(Files.size(this.directory.resolve("transcript.1.jsonl"))).isBetween(200L, 400L);
	}

	@Test
	void oldestAudioIsDeletedAndOpenOrForeignFilesAreNot() throws Exception {
		MediaData media = new MediaData(new byte[2], "audio/pcm", 24_000, 1);
		Path foreign = Files.createFile(this.directory.resolve("a song.wav"));
		try (FileTranscriptSink sink = new FileTranscriptSink(this.directory, DataSize.ofMegabytes(1), 3, 3)) {
			sink.write("open", media);
			Files.setLastModifiedTime(this.directory.resolve("open.wav"), FileTime.fromMillis(1));
			for (int i = 1; i <= 4; i++) {
				sink.write("s" + i, media);
				sink.ended("s" + i);
				Files.setLastModifiedTime(this.directory.resolve("s" + i + ".wav"), FileTime.fromMillis(1000 * i));
			}
			assertThat(this.directory.resolve("open.wav")).exists();
		}
		assertThat(foreign).exists();
		assertThat(this.directory.resolve("s1.wav")).doesNotExist();
		assertThat(this.directory.resolve("s2.wav")).doesNotExist();
		assertThat(this.directory.resolve("s3.wav")).exists();
		assertThat(this.directory.resolve("s4.wav")).exists();
	}

	@Test
	void audioIsAWavFileOnRequest() throws Exception {
		byte[] samples = { 1, 0, 2, 0, 3, 0 };
		TranscriptRecorder recorder = recorder(new FileTranscriptSink(this.directory, DataSize.ofBytes(54), 1), true);
		StreamChunk audio = StreamChunk.audio(new MediaData(samples, "audio/pcm", 24_000, 1));
		recorder.onChunk(this.session, audio);
		recorder.onChunk(this.session, audio);
		recorder.onClosed(this.session, null);
		runTasks();
		recorder.close();
		byte[] file = Files.readAllBytes(this.directory.resolve("assistant-1.wav"));
		ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
		assertThat(file).hasSize(44 + samples.length).startsWith("RIFF".getBytes()).endsWith(samples);
		assertThat(header.getInt(4)).isEqualTo(36 + samples.length);
		assertThat(header.getInt(24)).isEqualTo(24_000);
		assertThat(header.getInt(40)).isEqualTo(samples.length);
		assertThat(recorder.notRecorded()).as("the piece beyond the limit").isEqualTo(1);
	}

	@ParameterizedTest
	@CsvSource({ "audio/pcm, 1, 16", "audio/pcma, 6, 8", "audio/pcmu, 7, 8" })
	void formatOfTheAudioIsInTheHeader(String mimeType, short format, short bits) throws Exception {
		TranscriptRecorder recorder = recorder(new FileTranscriptSink(this.directory, DataSize.ofMegabytes(1), 1),
				true);
		recorder.onChunk(this.session, StreamChunk.audio(new MediaData(new byte[4], mimeType, 8000, 1)));
		recorder.onClosed(this.session, null);
		runTasks();
		ByteBuffer header = ByteBuffer.wrap(Files.readAllBytes(this.directory.resolve("assistant-1.wav")))
			.order(ByteOrder.LITTLE_ENDIAN);
		assertThat(header.getShort(20)).isEqualTo(format);
		assertThat(header.getInt(28)).as("bytes a second").isEqualTo(8000 * bits / 8);
		assertThat(header.getShort(34)).isEqualTo(bits);
		recorder.close();
		assertThat(recorder.notRecorded()).isZero();
	}

	@Test
	void textsThatAreSentAreRecorded() {
		List<TranscriptEntry> entries = new ArrayList<>();
		TranscriptRecorder recorder = recorder(entries::add, false);
		assertThat(recorder.onText(this.session, "user", "It is 4711")).isEqualTo("It is 4711");
		recorder.onText(this.session, "system", "Be brief");
		runTasks();
		assertThat(entries).extracting((entry) -> entry.kind() + ":" + entry.text())
			.containsExactly("user:It is ***", "system:Be brief");
	}

	@Test
	void audioOfTheUserIsAFileOfItsOwn() throws Exception {
		TranscriptRecorder recorder = recorder(new FileTranscriptSink(this.directory, DataSize.ofMegabytes(1), 1),
				true);
		MediaData heard = new MediaData(new byte[] { 7, 0 }, "audio/pcm", 16_000, 1);
		assertThat(recorder.onAudio(this.session, heard)).isSameAs(heard);
		recorder.onChunk(this.session, StreamChunk.audio(new MediaData(new byte[] { 1, 0 }, "audio/pcm", 24_000, 1)));
		recorder.onAudio(this.session, heard);
		recorder.onClosed(this.session, null);
		runTasks();
		byte[] file = Files.readAllBytes(this.directory.resolve("assistant-1-user.wav"));
		assertThat(file).hasSize(44 + 4).endsWith(7, 0, 7, 0);
		assertThat(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(40)).as("completed").isEqualTo(4);
		assertThat(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(24)).isEqualTo(16_000);
		assertThat(this.directory.resolve("assistant-1.wav")).hasSize(44 + 2);
		recorder.close();
		assertThat(recorder.notRecorded()).isZero();
	}

	@Test
	void audioIsNotRecordedUnasked() {
		TranscriptRecorder recorder = recorder(new FileTranscriptSink(this.directory, DataSize.ofMegabytes(1), 1),
				false);
		MediaData audio = new MediaData(new byte[2], "audio/pcm", 24_000, 1);
		recorder.onChunk(this.session, StreamChunk.audio(audio));
		recorder.onAudio(this.session, audio);
		assertThat(this.tasks).isEmpty();
	}

}
