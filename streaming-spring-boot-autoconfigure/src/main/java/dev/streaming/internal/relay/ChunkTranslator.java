package dev.streaming.internal.relay;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import dev.streaming.AnswerTimeoutException;
import dev.streaming.FinishReason;
import dev.streaming.MediaData;
import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;
import dev.streaming.Usage;

/**
 * Translates chunks of a session into frames for a browser. Tracks the current answer,
 * and the position in its audio. Not thread-safe; guarded by the lock of
 * {@link BrowserOutput}.
 */
final class ChunkTranslator {

	/** Maximum size of a frame of audio, in bytes. */
	static final int MAX_AUDIO_FRAME = 16 * 1024;

	private static final int MAX_TURNS = 32;

	/** Id of a turn without an id of the provider. */
	private static final String UNNAMED = "";

	private static final int BYTES_PER_SAMPLE = 2;

	private final AudioCodec codec;

	private final Output output;

	// Turns of the user by the provider's id
	private final Map<String, String> turns = new LinkedHashMap<>() {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
			return size() > MAX_TURNS;
		}

	};

	// Transcript of the current turn without an id
	private String heard = "";

	private int turnCount;

	private int answerCount;

	private int callCount;

	private Answer answer = new Answer("");

	private Answer spoken = this.answer;

	ChunkTranslator(AudioCodec codec, Output output) {
		this.codec = codec;
		this.output = output;
		this.answer.phase = Phase.DONE;
	}

	void translate(StreamChunk chunk) {
		if (chunk.reset()) {
			Object replayed = chunk.metadata().get("replayed");
			this.output.event(ServerEvent.reset((replayed instanceof Number number) ? number.longValue() : 0));
		}
		if (chunk.error() instanceof AnswerTimeoutException) {
			this.output.event(ServerEvent.error("no_answer", "The model has not answered. Please say it again."));
		}
		else if (chunk.error() != null) {
			this.output.event(ServerEvent.error("provider", "The model has reported a problem."));
		}
		speech(chunk);
		if (chunk.interrupted()) {
			interrupted();
		}
		switch (chunk.kind()) {
			case INPUT -> input(chunk);
			case AUDIO -> audio(Objects.requireNonNull(chunk.media()));
			case TRANSCRIPT, TEXT -> {
				// A page does not distinguish spoken from written answers
				String delta = chunk.delta();
				if (!delta.isEmpty()) {
					this.output.event(ServerEvent.transcript(current().id, delta));
				}
			}
			case TOOL_CALL -> calls(chunk);
			case END -> {
				calls(chunk);
				end(chunk);
			}
			default -> {
				// Events of a provider are not sent to browsers
			}
		}
	}

	private void speech(StreamChunk chunk) {
		if (chunk.metadata().get("event") instanceof String event) {
			if (event.endsWith("speech_started") || event.equals("activity_start")) {
				this.output.event(ServerEvent.speech(true));
			}
			else if (event.endsWith("speech_stopped") || event.equals("activity_end")) {
				this.output.event(ServerEvent.speech(false));
			}
		}
	}

	private void interrupted() {
		endOfUnnamedTurn();
		this.output.dropAudio();
		this.output.event(ServerEvent.interrupted(this.spoken.id));
	}

	private void input(StreamChunk chunk) {
		boolean isFinal = Boolean.TRUE.equals(chunk.metadata().get("final"));
		String delta = chunk.delta();
		if (delta.isEmpty() && !isFinal) {
			return;
		}
		String item = (chunk.metadata().get("item_id") instanceof String id) ? id : UNNAMED;
		if (item.equals(UNNAMED)) {
			this.heard = chunk.content();
		}
		String turn = this.turns.computeIfAbsent(item, (id) -> nextTurn());
		this.output.event(ServerEvent.userTranscript(turn, delta, isFinal ? chunk.content() : "", isFinal));
		if (isFinal) {
			this.turns.remove(item);
		}
	}

	// Some providers do not report the end of a transcript, either
	private void endOfUnnamedTurn() {
		String turn = this.turns.remove(UNNAMED);
		if (turn != null) {
			this.output.event(ServerEvent.userTranscript(turn, "", this.heard, true));
		}
	}

	/**
	 * Handle a written text of the user.
	 * @param text the text
	 */
	void written(String text) {
		this.output.event(ServerEvent.userTranscript(nextTurn(), "", text, true));
	}

	private String nextTurn() {
		this.turnCount++;
		return "u" + this.turnCount;
	}

	private Answer current() {
		if (this.answer.phase == Phase.DONE) {
			this.answerCount++;
			this.answer = new Answer("a" + this.answerCount);
		}
		return this.answer;
	}

	private void audio(MediaData media) {
		byte[] pcm = this.codec.toBrowser(media);
		if (pcm == null || pcm.length == 0) {
			return;
		}
		Answer speaking = current();
		this.spoken = speaking;
		int rate = this.codec.sampleRateOf(media);
		if (speaking.sampleRate != rate) {
			speaking.sampleRate = rate;
			speaking.announced = false;
		}
		if (!speaking.muted && this.output.wantsAudio()) {
			if (!speaking.announced) {
				this.output.event(ServerEvent.audio(speaking.id, speaking.position(), rate));
				speaking.announced = true;
			}
			for (int from = 0; from < pcm.length; from += MAX_AUDIO_FRAME) {
				this.output.audio(Arrays.copyOfRange(pcm, from, Math.min(pcm.length, from + MAX_AUDIO_FRAME)));
			}
		}
		speaking.bytes += pcm.length;
	}

	private void calls(StreamChunk chunk) {
		for (ToolCall call : chunk.toolCalls()) {
			this.callCount++;
			this.output.event(ServerEvent.tool(current().id, "t" + this.callCount, call.name()));
		}
	}

	private void end(StreamChunk chunk) {
		FinishReason reason = Objects.requireNonNull(chunk.finishReason());
		if (!reason.isFinal()) {
			return;
		}
		endOfUnnamedTurn();
		Answer done = current();
		done.phase = Phase.DONE;
		Usage usage = chunk.usage();
		this.output.event(ServerEvent.answerDone(done.id, reason.name().toLowerCase(Locale.ROOT),
				(usage != null) ? usage.inputTokens() : 0, (usage != null) ? usage.outputTokens() : 0));
	}

	/**
	 * Handle the end of the browser's connection: audio is announced again on the next
	 * one.
	 */
	void detached() {
		this.spoken.announced = false;
	}

	/**
	 * Handle the end of playback of an answer: no more of its audio is sent.
	 * @param id the id of the answer
	 * @return whether it is the latest one with audio, which can be truncated
	 */
	boolean stopped(String id) {
		if (id.isEmpty() || !this.spoken.id.equals(id)) {
			return false;
		}
		this.spoken.muted = true;
		return true;
	}

	/**
	 * Output for frames.
	 */
	interface Output {

		void event(ServerEvent event);

		void audio(byte[] pcm);

		boolean wantsAudio();

		void dropAudio();

	}

	private enum Phase {

		/** In progress. */
		GIVEN,

		/** Complete, but possibly not played to the end. */
		DONE

	}

	/**
	 * Answer of the model, with all its responses.
	 */
	private static final class Answer {

		private final String id;

		private Phase phase = Phase.GIVEN;

		private long bytes;

		private int sampleRate;

		private boolean announced;

		private boolean muted;

		Answer(String id) {
			this.id = id;
		}

		/**
		 * Return the length of the audio so far.
		 * @return the length, in milliseconds
		 */
		private long position() {
			return (this.sampleRate > 0) ? this.bytes * 1000 / BYTES_PER_SAMPLE / this.sampleRate : 0;
		}

	}

}
