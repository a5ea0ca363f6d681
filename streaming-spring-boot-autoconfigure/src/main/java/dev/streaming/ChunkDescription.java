package dev.streaming;

import org.jspecify.annotations.Nullable;

/**
 * Describes a {@link StreamChunk} for logs: its parts and their sizes, never the content,
 * which may be confidential.
 */
final class ChunkDescription {

	private ChunkDescription() {
	}

	/**
	 * Return the description of a chunk.
	 * @param chunk the chunk
	 * @param contentLength the length of its text so far, in characters
	 * @return a short description
	 */
	static String of(StreamChunk chunk, int contentLength) {
		StringBuilder text = new StringBuilder("StreamChunk[content=").append(contentLength)
			.append(" chars, delta=")
			.append(chunk.delta().length())
			.append(" chars");
		append(text, "reasoning", chunk.reasoning().isEmpty() ? null : chunk.reasoning().length() + " chars");
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
