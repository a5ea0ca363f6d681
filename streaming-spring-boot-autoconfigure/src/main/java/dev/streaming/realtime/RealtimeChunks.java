package dev.streaming.realtime;

import java.util.function.Predicate;

import dev.streaming.FinishReason;
import dev.streaming.MediaData;
import dev.streaming.StreamChunk;

/**
 * The chunks that report a lost turn or a lost conversation, the same for all providers.
 *
 * @since 1.0.0
 */
public final class RealtimeChunks {

	/** The name of the metadata with the reason of a chunk. */
	public static final String REASON = "reason";

	/** A turn was in progress when the connection died. */
	public static final String CONNECTION_LOST = "connection_lost";

	/** The {@link StreamChunk#source() source} of the speech of the user. */
	public static final String INPUT = "input";

	private RealtimeChunks() {
	}

	/**
	 * Return the chunk for a turn that ended with its connection: interrupted, with
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
	 * Return the chunk for a conversation that the provider has lost.
	 * @param replayed the number of texts that were sent again
	 * @return the chunk
	 */
	public static StreamChunk reset(int replayed) {
		return StreamChunk.builder().reset(true).metadata("replayed", replayed).build();
	}

	/**
	 * Return a predicate for the chunks that a barge-in drops.
	 * @return matches chunks of audio
	 */
	public static Predicate<StreamChunk> audio() {
		return (chunk) -> {
			MediaData media = chunk.media();
			return media != null && media.mimeType().startsWith("audio/");
		};
	}

}
