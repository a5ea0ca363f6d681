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
 * A chunk of an answer as it is sent to a browser; absent values are left out. Not the
 * chunk itself: its error and its metadata contain messages of the provider and of this
 * library, which are not for visitors.
 *
 * @param delta the new text
 * @param content the whole text, at the end
 * @param toolCalls the tools that the model asks for
 * @param reset whether the provider forgot the conversation
 * @param interrupted whether the answer was interrupted
 * @param finishReason why the answer ended
 * @param usage what it cost
 * @param metadata with {@code reset}: how many texts the provider was told again
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
		return new AnswerEvent(chunk.delta(), chunk.delta().isEmpty() ? chunk.content() : "", chunk.toolCalls(),
				chunk.reset(), chunk.interrupted(), chunk.finishReason(), chunk.usage(),
				(chunk.reset() && replayed != null) ? Map.of(REPLAYED, replayed) : Map.of(),
				(chunk.error() != null) ? FailureMessages.PROVIDER_FAILED : null);
	}

	static AnswerEvent failure(Throwable failure) {
		return new AnswerEvent("", "", List.of(), false, false, null, null, Map.of(),
				FailureMessages.messageFor(failure));
	}

}
