package dev.streaming.openai;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.FinishReason;
import dev.streaming.MediaData;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.ConversationHistory;
import dev.streaming.realtime.ConversationHistory.Role;
import dev.streaming.realtime.PeerMemory;
import dev.streaming.realtime.RealtimeChunks;
import org.jspecify.annotations.Nullable;

/**
 * Groups the transcripts of a session in which both sides may speak at the same time into
 * turns, by speaker and by gap: a turn ends when the other side begins to speak after its
 * end, or after a second of silence. Keeps the history. Thread-safe.
 */
final class LiveTurns {

	/** Duration of the silence that ends a turn. */
	static final Duration GAP = Duration.ofSeconds(1);

	private final ConversationHistory history;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final LiveTurn user = new LiveTurn("user-");

	@GuardedBy("lock")
	private final LiveTurn model = new LiveTurn("response-");

	@GuardedBy("lock")
	private final PeerMemory memory = new PeerMemory("transcripts", this::remembered);

	LiveTurns(ConversationHistory history) {
		this.history = history;
	}

	private long remembered() {
		this.lock.lock();
		try {
			return (this.user.isOpen() ? this.user.text().length() : 0)
					+ (this.model.isOpen() ? this.model.text().length() : 0);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Handle a transcript of the user.
	 * @param words the transcript
	 * @param now the time of the session in nanoseconds
	 * @return the chunks
	 */
	List<StreamChunk> heard(Words words, long now) {
		this.lock.lock();
		try {
			List<StreamChunk> chunks = new ArrayList<>();
			endBefore(words, this.user, this.model, now, chunks);
			boolean begins = !this.user.isOpen();
			this.user.heard(now);
			if (begins) {
				this.history.place(this.user.id(), Role.USER);
			}
			said(this.user, words, Role.USER);
			chunks.add(timed(StreamChunk.builder().source(RealtimeChunks.INPUT), words).delta(words.delta())
				.content(this.user.text().prefix())
				.metadata("item_id", this.user.id())
				.build());
			return chunks;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Handle a transcript of the model.
	 * @param words the transcript
	 * @param now the time of the session in nanoseconds
	 * @return the chunks
	 */
	List<StreamChunk> spoken(Words words, long now) {
		this.lock.lock();
		try {
			List<StreamChunk> chunks = new ArrayList<>();
			endBefore(words, this.model, this.user, now, chunks);
			speaking(now);
			said(this.model, words, Role.ASSISTANT);
			chunks.add(timed(StreamChunk.builder().responseId(this.model.id()), words).delta(words.delta())
				.content(this.model.text().prefix())
				.metadata("transcript", true)
				.build());
			return chunks;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Handle audio of the model.
	 * @param audio the audio
	 * @param now the time of the session in nanoseconds
	 * @return the chunk
	 */
	StreamChunk audio(MediaData audio, long now) {
		this.lock.lock();
		try {
			speaking(now);
			return StreamChunk.builder().responseId(this.model.id()).media(audio).build();
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isModelSpeaking() {
		this.lock.lock();
		try {
			return this.model.isOpen();
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void speaking(long now) {
		boolean begins = !this.model.isOpen();
		this.model.heard(now);
		if (begins) {
			this.history.place(this.model.id(), Role.ASSISTANT);
		}
	}

	@GuardedBy("lock")
	private void said(LiveTurn turn, Words words, Role role) {
		this.memory.add(words.delta().length());
		turn.said(words.delta(), words.end());
		this.history.append(turn.id(), role, words.delta());
	}

	private static StreamChunk.Builder timed(StreamChunk.Builder chunk, Words words) {
		return chunk.metadata("start_ms", words.start()).metadata("end_ms", words.end());
	}

	// A pause of the speaker, or later words of the other side, end a turn
	@GuardedBy("lock")
	private void endBefore(Words words, LiveTurn speaker, LiveTurn other, long now, List<StreamChunk> chunks) {
		boolean paused = speaker.endMillis() > 0 && words.start() - speaker.endMillis() >= GAP.toMillis();
		if (speaker.isOpen() && paused) {
			end(speaker, chunks);
		}
		if (other.isOpen() && other.endMillis() > 0 && words.start() >= other.endMillis()) {
			end(other, chunks);
		}
		endSilent(now, chunks);
	}

	/**
	 * End the turns of sides that have been silent for long enough.
	 * @param now the time of the session in nanoseconds
	 * @return the chunks
	 */
	List<StreamChunk> passed(long now) {
		this.lock.lock();
		try {
			List<StreamChunk> chunks = new ArrayList<>();
			endSilent(now, chunks);
			return chunks;
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void endSilent(long now, List<StreamChunk> chunks) {
		for (LiveTurn turn : List.of(this.user, this.model)) {
			if (turn.isOpen() && now - turn.heardAt() >= GAP.toNanos()) {
				end(turn, chunks);
			}
		}
	}

	@GuardedBy("lock")
	private void end(LiveTurn turn, List<StreamChunk> chunks) {
		turn.over();
		if (turn == this.model) {
			chunks.add(StreamChunk.builder()
				.responseId(turn.id())
				.content(turn.text().prefix())
				.finishReason(FinishReason.STOP)
				.build());
		}
		else if (!turn.text().isEmpty()) {
			chunks.add(StreamChunk.builder()
				.source(RealtimeChunks.INPUT)
				.content(turn.text().prefix())
				.metadata("item_id", turn.id())
				.metadata("final", true)
				.build());
		}
	}

	/**
	 * Return the time until the next turn ends without further activity.
	 * @param now the time of the session in nanoseconds
	 * @return the remaining time, or {@code null} if neither side speaks
	 */
	@Nullable Duration endsIn(long now) {
		this.lock.lock();
		try {
			long first = Long.MAX_VALUE;
			for (LiveTurn turn : List.of(this.user, this.model)) {
				if (turn.isOpen()) {
					first = Math.min(first, turn.heardAt() + GAP.toNanos() - now);
				}
			}
			return (first != Long.MAX_VALUE) ? Duration.ofNanos(Math.max(0, first)) : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return whether a turn is in progress.
	 * @return whether a change of connection would interrupt it
	 */
	boolean isOpen() {
		this.lock.lock();
		try {
			return this.user.isOpen() || this.model.isOpen();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * End all turns because the connection has ended.
	 * @return whether a turn was in progress
	 */
	boolean disconnected() {
		this.lock.lock();
		try {
			boolean cut = this.user.isOpen() || this.model.isOpen();
			this.user.over();
			this.model.over();
			return cut;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Part of a transcript.
	 *
	 * @param delta the text
	 * @param start its start in milliseconds of the provider's time
	 * @param end its end
	 */
	record Words(String delta, long start, long end) {

	}

}
