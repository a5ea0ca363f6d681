package dev.streaming.sample;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.streaming.FinishReason;
import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;
import dev.streaming.Usage;
import org.jspecify.annotations.Nullable;

/**
 * Chunk of an answer as it is sent to a browser, without absent values. A separate type,
 * because the error and the metadata of a {@code StreamChunk} contain messages of the
 * provider and of the library, which are not intended for visitors.
 *
 * @param delta the new text
 * @param content the whole text, at the end
 * @param toolCalls the tool calls of the model
 * @param reset whether the provider lost the conversation
 * @param interrupted whether the answer was interrupted
 * @param finishReason the reason for the end of the answer
 * @param usage the token usage
 * @param metadata the number of replayed texts, with {@code reset}
 * @param error a sentence about a failure
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record AnswerEvent(String delta, String content, List<ToolCall> toolCalls,
		@JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean reset,
		@JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean interrupted, @Nullable FinishReason finishReason,
		@Nullable Usage usage, Map<String, Object> metadata, @Nullable String error) {

	private static final String REPLAYED = "replayed";

	static AnswerEvent of(StreamChunk chunk) {
		Object replayed = chunk.metadata().get(REPLAYED);
		String delta = chunk.delta();
		return new AnswerEvent(delta, delta.isEmpty() ? chunk.content() : "", chunk.toolCalls(), chunk.reset(),
				chunk.interrupted(), chunk.finishReason(), chunk.usage(),
				(chunk.reset() && replayed != null) ? Map.of(REPLAYED, replayed) : Map.of(),
				(chunk.error() != null) ? FailureMessages.PROVIDER_FAILED : null);
	}

	static AnswerEvent failure(Throwable failure) {
		return new AnswerEvent("", "", List.of(), false, false, null, null, Map.of(),
				FailureMessages.messageFor(failure));
	}

}
