package dev.streaming.gemini;

import dev.streaming.StreamChunk;

/**
 * Factory for chunks of responses, which assigns ids, because the service has none. The
 * common parts of the chunks are shared. Confined to the session's task.
 */
final class ResponseChunks {

	private long number = TurnEnd.NOTHING;

	private StreamChunk written = StreamChunk.builder().build();

	private StreamChunk transcript = transcript(this.written);

	private static StreamChunk transcript(StreamChunk written) {
		return written.toBuilder().metadata(GeminiChunks.TRANSCRIPT, true).build();
	}

	/**
	 * Set the response of the following chunks.
	 * @param next the number of the response, negative if there is none
	 */
	void is(long next) {
		if (next != this.number) {
			this.number = next;
			this.written = StreamChunk.builder().responseId((next >= 0) ? "response-" + next : "").build();
			this.transcript = transcript(this.written);
		}
	}

	String id() {
		return this.written.responseId();
	}

	StreamChunk.Builder chunk(boolean spoken) {
		return (spoken ? this.transcript : this.written).toBuilder();
	}

	StreamChunk identified(StreamChunk chunk) {
		return chunk.responseId().equals(id()) ? chunk : chunk.toBuilder().responseId(id()).build();
	}

}
