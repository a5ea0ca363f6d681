package dev.streaming;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Parts of a {@link StreamChunk} other than its text, which the chunks of one answer
 * share.
 *
 * @param reasoning the model's reasoning, or empty
 * @param media audio, image or video, or {@code null}
 * @param toolCalls tool calls of the model
 * @param finishReason the reason for the end of the response, or {@code null}
 * @param interrupted whether the response was interrupted
 * @param reset whether the provider lost the conversation state
 * @param error a failure that did not end the session, or {@code null}
 * @param usage the token usage of the response, or {@code null}
 * @param source the source of the text, or empty
 * @param responseId the id of the response, or empty
 * @param metadata provider-specific metadata; immutable
 */
record ChunkDetails(String reasoning, @Nullable MediaData media, List<ToolCall> toolCalls,
		@Nullable FinishReason finishReason, boolean interrupted, boolean reset, @Nullable Throwable error,
		@Nullable Usage usage, String source, String responseId, Map<String, Object> metadata) {

	static final ChunkDetails NONE = new ChunkDetails("", null, List.of(), null, false, false, null, null, "", "",
			Map.of());

	/**
	 * Builder for {@link ChunkDetails}. Not thread-safe.
	 */
	static final class Builder {

		final MetadataBuilder metadata = new MetadataBuilder();

		String reasoning;

		@Nullable MediaData media;

		List<ToolCall> toolCalls;

		@Nullable FinishReason finishReason;

		boolean interrupted;

		boolean reset;

		@Nullable Throwable error;

		@Nullable Usage usage;

		String source;

		String responseId;

		Builder(ChunkDetails from) {
			this.reasoning = from.reasoning;
			this.media = from.media;
			this.toolCalls = from.toolCalls;
			this.finishReason = from.finishReason;
			this.interrupted = from.interrupted;
			this.reset = from.reset;
			this.error = from.error;
			this.usage = from.usage;
			this.source = from.source;
			this.responseId = from.responseId;
			this.metadata.share(from.metadata);
		}

		ChunkDetails build() {
			return new ChunkDetails(this.reasoning, this.media, this.toolCalls, this.finishReason, this.interrupted,
					this.reset, this.error, this.usage, this.source, this.responseId, this.metadata.build());
		}

	}

}
