package dev.streaming.realtime;

import java.util.function.Predicate;

import dev.streaming.FinishReason;
import dev.streaming.MediaData;
import dev.streaming.StreamChunk;

/**
 * Factory for chunks that report a lost turn or a lost conversation, common to all
 * providers.
 *
 * @since 1.0.0
 */
public final class RealtimeChunks {

	/** Name of the metadata with the reason of a chunk. */
	public static final String REASON = "reason";

	/** Reason of a turn that was in progress when the connection was lost. */
	public static final String CONNECTION_LOST = "connection_lost";

	/** The {@link StreamChunk#source() source} of the speech of the user. */
	public static final String INPUT = "input";

	private RealtimeChunks() {
	}

	/**
	 * Create the chunk for a turn that was lost with its connection: interrupted, with
	 * {@link FinishReason#ERROR} and the reason {@link #CONNECTION_LOST}.
	 * @return the chunk
	 */
	public static StreamChunk connectionLost() {
		return StreamChunk.builder()
			.interrupted(true)
			.finishReason(FinishReason.ERROR)
			.metadata(REASON, CONNECTION_LOST)
			.build();
	}

	/**
	 * Create the chunk for a conversation that the provider has lost.
	 * @param replayed the number of replayed texts
	 * @return the chunk
	 */
	public static StreamChunk reset(int replayed) {
		return StreamChunk.builder().reset(true).metadata("replayed", replayed).build();
	}

	/**
	 * Return a predicate for the chunks that a barge-in drops.
	 * @return a predicate for chunks with audio
	 */
	public static Predicate<StreamChunk> audio() {
		return (chunk) -> {
			MediaData media = chunk.media();
			return media != null && media.mimeType().startsWith("audio/");
		};
	}

}
