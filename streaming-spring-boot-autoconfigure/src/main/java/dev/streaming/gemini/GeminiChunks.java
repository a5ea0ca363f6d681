package dev.streaming.gemini;

import java.util.List;

import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;

/**
 * Metadata of the chunks of this provider beside the fields of the protocol.
 */
final class GeminiChunks {

	/** Subject of a chunk that belongs to no answer. */
	static final String EVENT = "event";

	static final String ACTIVITY_START = "activity_start";

	static final String ACTIVITY_END = "activity_end";

	static final String TOOL_CALLS_CANCELLED = "tool_calls_cancelled";

	/** The ids of calls that the model does not want the results of any more. */
	static final String IDS = "ids";

	/** The session calls the tools itself. */
	static final String HANDLED = "handled";

	/** It is what was spoken. */
	static final String TRANSCRIPT = "transcript";

	/** It is replaced by what follows. */
	static final String INTERIM = "interim";

	/** A transcript is complete. */
	static final String FINAL = "final";

	private GeminiChunks() {
	}

	static StreamChunk toolCallsCancelled(List<String> ids) {
		return StreamChunk.builder().metadata(EVENT, TOOL_CALLS_CANCELLED).metadata(IDS, List.copyOf(ids)).build();
	}

	static StreamChunk toolCalls(StreamChunk.Builder chunk, List<ToolCall> calls, boolean handled) {
		chunk.toolCalls(calls);
		return (handled ? chunk.metadata(HANDLED, true) : chunk).build();
	}

}
