package dev.streaming.gemini;

import java.util.List;

import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;

/**
 * Names of metadata in the chunks of this provider, in addition to the fields of the
 * protocol.
 */
final class GeminiChunks {

	/** The subject of a chunk that belongs to no answer. */
	static final String EVENT = "event";

	static final String SETUP_COMPLETE = "setup_complete";

	/** The service's id of the session. */
	static final String SESSION_ID = "session_id";

	static final String ACTIVITY_START = "activity_start";

	static final String ACTIVITY_END = "activity_end";

	static final String TOOL_CALLS_CANCELLED = "tool_calls_cancelled";

	/** The ids of calls whose results the model does not expect any more. */
	static final String IDS = "ids";

	/** Whether the session calls the tools itself. */
	static final String HANDLED = "handled";

	/** Whether the text was spoken. */
	static final String TRANSCRIPT = "transcript";

	/** Whether the text is replaced by the next one. */
	static final String INTERIM = "interim";

	/** Whether a transcript is complete. */
	static final String FINAL = "final";

	private GeminiChunks() {
	}

	static StreamChunk setUp(String sessionId) {
		return StreamChunk.builder().metadata(EVENT, SETUP_COMPLETE).metadata(SESSION_ID, sessionId).build();
	}

	static StreamChunk toolCallsCancelled(List<String> ids) {
		return StreamChunk.builder().metadata(EVENT, TOOL_CALLS_CANCELLED).metadata(IDS, List.copyOf(ids)).build();
	}

	static StreamChunk toolCalls(StreamChunk.Builder chunk, List<ToolCall> calls, boolean handled) {
		chunk.toolCalls(calls);
		return (handled ? chunk.metadata(HANDLED, true) : chunk).build();
	}

}
