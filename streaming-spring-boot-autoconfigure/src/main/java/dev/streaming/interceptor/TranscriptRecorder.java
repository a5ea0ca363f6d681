package dev.streaming.interceptor;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.MediaData;
import dev.streaming.Session;
import dev.streaming.SessionInterceptor;
import dev.streaming.SessionListener;
import dev.streaming.StreamChunk;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.unit.DataSize;

/**
 * Records conversations: texts that are sent, the transcript of the user, the answers,
 * names of called tools, interruptions and failures, and optionally the audio of the
 * model and of the user. Entries are added to a queue, which is bounded by number and
 * size, and are written by an executor, so that no session waits for a disk; entries that
 * do not fit, or cannot be written, are {@linkplain #notRecorded() counted}. Thread-safe.
 *
 * @since 1.0.0
 */
public final class TranscriptRecorder implements SessionInterceptor, SessionListener, AutoCloseable {

	/** Maximum number of pending entries and pieces of audio. */
	static final int MAX_WAITING = 1024;

	/** Maximum size of pending entries and audio. */
	static final long MAX_WAITING_BYTES = DataSize.ofMegabytes(16).toBytes();

	/** Size of an entry or a piece of audio without its text or samples. */
	private static final int OVERHEAD = 256;

	/** Maximum time for which a shutdown waits for pending entries. */
	private static final Duration FLUSH = Duration.ofSeconds(5);

	private static final Logger logger = LoggerFactory.getLogger(TranscriptRecorder.class);

	private final TranscriptSink sink;

	private final TranscriptRedactor redactor;

	private final boolean audio;

	private final Executor executor;

	private final Clock clock;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	@GuardedBy("lock")
	private final Deque<Waiting> waiting = new ArrayDeque<>();

	@GuardedBy("lock")
	private long waitingBytes;

	@GuardedBy("lock")
	private State state = State.IDLE;

	@GuardedBy("lock")
	private long notRecorded;

	// Whether a failure or a full queue was logged
	private final AtomicBoolean warned = new AtomicBoolean();

	/**
	 * Create a recorder.
	 * @param sink the sink
	 * @param redactor the redactor of texts
	 * @param audio whether to record the audio of the model and of the user
	 * @param executor the executor for writes, which may block
	 */
	public TranscriptRecorder(TranscriptSink sink, TranscriptRedactor redactor, boolean audio, Executor executor) {
		this(sink, redactor, audio, executor, Clock.systemUTC());
	}

	TranscriptRecorder(TranscriptSink sink, TranscriptRedactor redactor, boolean audio, Executor executor,
			Clock clock) {
		this.sink = sink;
		this.redactor = redactor;
		this.audio = audio;
		this.executor = executor;
		this.clock = clock;
	}

	/**
	 * Return the number of entries and pieces of audio that were not recorded.
	 * @return the number
	 */
	public long notRecorded() {
		this.lock.lock();
		try {
			return this.notRecorded;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public StreamChunk onChunk(Session session, StreamChunk chunk) {
		MediaData media = chunk.media();
		if (this.audio && media != null && media.mimeType().startsWith("audio/") && media.sampleRate() > 0) {
			String id = session.id();
			record(media.size(), () -> this.sink.write(id, media));
		}
		switch (chunk.kind()) {
			case INPUT -> {
				if (Boolean.TRUE.equals(chunk.metadata().get("final"))) {
					entry(session, "user", chunk, chunk.content());
				}
			}
			case END -> entry(session, "assistant", chunk, chunk.content());
			case TOOL_CALL -> chunk.toolCalls().forEach((call) -> entry(session, "tool_call", chunk, call.name()));
			default -> {
				if (chunk.interrupted()) {
					entry(session, "interrupted", chunk, "");
				}
			}
		}
		Throwable error = chunk.error();
		if (error != null) {
			entry(session, "error", chunk, error.getClass().getName());
		}
		return chunk;
	}

	@Override
	public String onText(Session session, String role, String text) {
		write(session, role, "", text);
		return text;
	}

	@Override
	public MediaData onAudio(Session session, MediaData media) {
		if (this.audio) {
			String id = session.id();
			record(media.size(), () -> this.sink.writeUser(id, media));
		}
		return media;
	}

	@Override
	public void onClosed(Session session, @Nullable Throwable error) {
		String id = session.id();
		write(session, "closed", "", (error != null) ? error.getClass().getName() : "");
		// Regardless of the limit, because the files of the session would stay open
		record(new Waiting(() -> this.sink.ended(id), 0));
	}

	private void entry(Session session, String kind, StreamChunk chunk, String text) {
		write(session, kind, chunk.responseId(), text);
	}

	private void write(Session session, String kind, String responseId, String text) {
		TranscriptEntry entry = new TranscriptEntry(this.clock.instant(), session.connectionName(), session.id(), kind,
				responseId, text);
		record((long) text.length() * Character.BYTES,
				() -> this.sink.write(new TranscriptEntry(entry.at(), entry.connection(), entry.session(), entry.kind(),
						entry.responseId(), this.redactor.redact(entry.text()))));
	}

	private void record(long bytes, Write write) {
		record(new Waiting(write, OVERHEAD + bytes));
	}

	private void record(Waiting added) {
		switch (offer(added)) {
			case FIRST -> start();
			case FULL -> warn(null, "A part of a conversation was not recorded, because too much waits to be written");
			case LATER, CLOSED -> {
			}
		}
	}

	private Offer offer(Waiting added) {
		this.lock.lock();
		try {
			Offer offer = fate(added);
			if (offer == Offer.FIRST || offer == Offer.LATER) {
				this.waiting.add(added);
				this.waitingBytes += added.bytes();
				this.state = State.WRITING;
			}
			else {
				this.notRecorded++;
			}
			return offer;
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private Offer fate(Waiting added) {
		if (this.state == State.CLOSED) {
			return Offer.CLOSED;
		}
		boolean full = this.waiting.size() >= MAX_WAITING || this.waitingBytes + added.bytes() > MAX_WAITING_BYTES;
		if (full && !added.isEnd()) {
			return Offer.FULL;
		}
		return (this.state == State.IDLE) ? Offer.FIRST : Offer.LATER;
	}

	private void start() {
		try {
			this.executor.execute(this::writeAll);
		}
		catch (RejectedExecutionException ex) {
			giveUp();
		}
	}

	private void giveUp() {
		this.lock.lock();
		try {
			dropWaiting();
			this.state = (this.state == State.CLOSED) ? State.CLOSED : State.IDLE;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	// Ends of sessions are kept, because their files would stay open
	@GuardedBy("lock")
	private void dropWaiting() {
		int before = this.waiting.size();
		this.waiting.removeIf((entry) -> !entry.isEnd());
		this.notRecorded += before - this.waiting.size();
		this.waitingBytes = 0;
	}

	private void writeAll() {
		for (Waiting next = next(); next != null; next = next()) {
			try {
				next.write().run();
			}
			catch (IOException | RuntimeException ex) {
				failed(ex);
			}
		}
	}

	private @Nullable Waiting next() {
		this.lock.lock();
		try {
			Waiting next = this.waiting.poll();
			if (next == null) {
				this.state = (this.state == State.CLOSED) ? State.CLOSED : State.IDLE;
				this.changed.signalAll();
			}
			else {
				this.waitingBytes -= next.bytes();
			}
			return next;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void failed(Exception failure) {
		this.lock.lock();
		try {
			this.notRecorded++;
		}
		finally {
			this.lock.unlock();
		}
		warn(failure, "A part of a conversation could not be recorded");
	}

	private void warn(@Nullable Exception cause, String what) {
		boolean first = this.warned.compareAndSet(false, true);
		(first ? logger.atWarn() : logger.atDebug()).setCause(cause)
			.log("{}; all that is not recorded is counted, and logged at debug from now on", what);
	}

	/**
	 * Write pending entries, for at most five seconds, and close the sink.
	 */
	@Override
	public void close() throws IOException {
		this.lock.lock();
		try {
			awaitWritten();
			this.state = State.CLOSED;
			dropWaiting();
			// The sink completes all files
			this.waiting.clear();
		}
		finally {
			this.lock.unlock();
		}
		this.sink.close();
	}

	@GuardedBy("lock")
	private void awaitWritten() {
		try {
			long left = FLUSH.toNanos();
			while (this.state == State.WRITING && left > 0) {
				left = this.changed.awaitNanos(left);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@FunctionalInterface
	private interface Write {

		void run() throws IOException;

	}

	/**
	 * Something that waits to be written.
	 *
	 * @param write the write
	 * @param bytes the size, zero for the end of a session
	 */
	private record Waiting(Write write, long bytes) {

		boolean isEnd() {
			return this.bytes == 0;
		}

	}

	private enum Offer {

		/** Added, and a task must be started to write. */
		FIRST,

		/** Added. */
		LATER,

		/** Not recorded, because the queue is full. */
		FULL,

		/** Not recorded, because the recorder is closed. */
		CLOSED

	}

	private enum State {

		/** The queue is empty. */
		IDLE,

		/** A task is writing pending entries. */
		WRITING,

		/** The recorder is closed. */
		CLOSED

	}

}
