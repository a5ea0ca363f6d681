package dev.streaming;

import dev.streaming.StreamChunk.Kind;
import dev.streaming.internal.util.Plural;
import org.jspecify.annotations.Nullable;

/**
 * Describes a {@link StreamChunk} for logs: its parts and their sizes, never the content,
 * which may be confidential.
 */
final class ChunkDescription {

	private static final String INPUT_SOURCE = "input";

	private static final String TRANSCRIPT_METADATA = "transcript";

	private ChunkDescription() {
	}

	/**
	 * Return the kind of a chunk.
	 * @param chunk the chunk
	 * @return the first matching kind
	 */
	static Kind kindOf(StreamChunk chunk) {
		if (chunk.finishReason() != null) {
			return Kind.END;
		}
		if (!chunk.toolCalls().isEmpty()) {
			return Kind.TOOL_CALL;
		}
		if (chunk.source().equals(INPUT_SOURCE)) {
			return Kind.INPUT;
		}
		if (chunk.media() != null) {
			return Kind.AUDIO;
		}
		if (chunk.deltaLength() > 0 || chunk.contentLength() > 0) {
			return Boolean.TRUE.equals(chunk.metadata().get(TRANSCRIPT_METADATA)) ? Kind.TRANSCRIPT : Kind.TEXT;
		}
		return chunk.reasoning().isEmpty() ? Kind.EVENT : Kind.REASONING;
	}

	/**
	 * Return the description of a chunk.
	 * @param chunk the chunk
	 * @return a short description
	 */
	static String of(StreamChunk chunk) {
		StringBuilder text = new StringBuilder("StreamChunk[content=").append(Plural.of(chunk.contentLength(), "char"))
			.append(", delta=")
			.append(Plural.of(chunk.deltaLength(), "char"));
		append(text, "reasoning", chunk.reasoning().isEmpty() ? null : Plural.of(chunk.reasoning().length(), "char"));
		append(text, "media", chunk.media());
		append(text, "toolCalls", chunk.toolCalls().isEmpty() ? null : chunk.toolCalls().size());
		append(text, "finishReason", chunk.finishReason());
		append(text, "interrupted", chunk.interrupted() ? true : null);
		append(text, "reset", chunk.reset() ? true : null);
		Throwable error = chunk.error();
		append(text, "error", (error != null) ? error.getClass().getSimpleName() : null);
		append(text, "usage", chunk.usage());
		append(text, "source", chunk.source().isEmpty() ? null : chunk.source());
		append(text, "responseId", chunk.responseId().isEmpty() ? null : chunk.responseId());
		return text.append(']').toString();
	}

	private static void append(StringBuilder text, String name, @Nullable Object value) {
		if (value != null) {
			text.append(", ").append(name).append('=').append(value);
		}
	}

}
