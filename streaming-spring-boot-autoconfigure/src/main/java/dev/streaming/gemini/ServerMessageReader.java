package dev.streaming.gemini;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.streaming.FinishReason;
import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;
import dev.streaming.Usage;
import dev.streaming.realtime.RealtimeChunks;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Turns a server message into chunks and events. A message may have any of its fields at
 * once: all are read, in an order that makes sense and not in the one they came in, so
 * that the end of a turn comes behind its content and its usage. Belongs to the session's
 * task.
 */
final class ServerMessageReader {

	/** How long a server that says no time is trusted to wait. */
	private static final Duration DEFAULT_TIME_LEFT = Duration.ofSeconds(10);

	private final ServerEvents events;

	private final Turn turn = new Turn();

	private final FunctionCalls functionCalls = new FunctionCalls();

	private final ServerContentReader content;

	ServerMessageReader(ServerEvents events) {
		this.events = events;
		this.content = new ServerContentReader(events, this.turn, this.functionCalls);
	}

	/**
	 * The connection is gone, and with it what was half said.
	 */
	void reset() {
		this.turn.reset();
		this.functionCalls.reset();
	}

	/**
	 * Read a message.
	 * @param message the message
	 * @return its chunks, in order
	 */
	List<StreamChunk> read(JsonNode message) {
		List<StreamChunk> chunks = new ArrayList<>();
		this.events.unknownFields(FieldAudit.unknownFields(message));
		JsonNode error = GeminiJson.object(message, ServerError.FIELD);
		if (error != null) {
			chunks.add(StreamChunk.failure(ServerError.of(error)));
		}
		JsonNode serverContent = GeminiJson.object(message, ServerField.SERVER_CONTENT.field());
		if (serverContent != null) {
			this.content.read(serverContent, chunks);
		}
		JsonNode toolCall = GeminiJson.object(message, ServerField.TOOL_CALL.field());
		if (toolCall != null) {
			toolCall(toolCall, chunks);
		}
		JsonNode cancellation = GeminiJson.object(message, ServerField.TOOL_CALL_CANCELLATION.field());
		if (cancellation != null) {
			cancellation(cancellation, chunks);
		}
		voiceActivity(message, chunks);
		JsonNode usage = GeminiJson.object(message, ServerField.USAGE_METADATA.field());
		if (serverContent != null && GeminiJson.flag(serverContent, ServerField.TURN_COMPLETE.field())) {
			chunks.add(finish(serverContent, usage));
		}
		else if (usage != null) {
			chunks.add(usage(StreamChunk.builder(), usage).build());
		}
		connection(message);
		return chunks;
	}

	private void toolCall(JsonNode toolCall, List<StreamChunk> chunks) {
		List<ToolCall> calls = this.functionCalls.read(GeminiJson.array(toolCall, ServerField.FUNCTION_CALLS.field()));
		if (!calls.isEmpty()) {
			this.events.answering();
		}
		this.events.toolsCalled(calls)
			.forEach((handled, called) -> chunks.add(GeminiChunks.toolCalls(StreamChunk.builder(), called, handled)));
	}

	private void cancellation(JsonNode cancellation, List<StreamChunk> chunks) {
		List<String> ids = new ArrayList<>();
		for (JsonNode id : GeminiJson.array(cancellation, ServerField.CANCELLED_IDS.field())) {
			if (id.isString()) {
				ids.add(id.stringValue());
			}
		}
		if (!ids.isEmpty()) {
			this.events.toolsCancelled(ids);
			chunks.add(GeminiChunks.toolCallsCancelled(ids));
		}
	}

	private void voiceActivity(JsonNode message, List<StreamChunk> chunks) {
		JsonNode signal = GeminiJson.object(message, ServerField.VOICE_ACTIVITY_DETECTION_SIGNAL.field());
		if (signal != null) {
			voiceActivity(GeminiJson.text(signal, ServerField.VAD_SIGNAL_TYPE.field()), "", chunks);
		}
		JsonNode activity = GeminiJson.object(message, ServerField.VOICE_ACTIVITY.field());
		if (activity != null) {
			voiceActivity(GeminiJson.text(activity, ServerField.VOICE_ACTIVITY_TYPE.field()),
					GeminiJson.text(activity, ServerField.VOICE_ACTIVITY_OFFSET.field()), chunks);
		}
	}

	private void voiceActivity(String type, String offset, List<StreamChunk> chunks) {
		String event = switch (type) {
			case "ACTIVITY_START", "VAD_SIGNAL_TYPE_SOS" -> GeminiChunks.ACTIVITY_START;
			case "ACTIVITY_END", "VAD_SIGNAL_TYPE_EOS" -> GeminiChunks.ACTIVITY_END;
			default -> "";
		};
		if (event.isEmpty()) {
			return;
		}
		StreamChunk.Builder chunk = StreamChunk.builder()
			.source(RealtimeChunks.INPUT)
			.metadata(GeminiChunks.EVENT, event);
		if (!offset.isEmpty()) {
			chunk.metadata(ServerField.VOICE_ACTIVITY_OFFSET.field(), offset);
		}
		chunks.add(chunk.build());
	}

	private StreamChunk finish(JsonNode serverContent, @Nullable JsonNode usage) {
		String reason = GeminiJson.text(serverContent, ServerField.TURN_COMPLETE_REASON.field());
		StreamChunk.Builder chunk = StreamChunk.builder()
			.content(this.events.isCancelled() ? "" : this.turn.content())
			.finishReason(finishReason(reason));
		if (!reason.isEmpty()) {
			chunk.metadata(RealtimeChunks.REASON, reason);
		}
		if (usage != null) {
			usage(chunk, usage);
		}
		this.turn.end();
		this.functionCalls.reset();
		this.events.turnEnded();
		return chunk.build();
	}

	private FinishReason finishReason(String reason) {
		if (this.turn.isInterrupted() || this.events.isCancelled()) {
			return FinishReason.CANCELLED;
		}
		FinishReason translated = TurnCompleteReason.translate(reason);
		return (translated == FinishReason.STOP && this.events.isAwaitingTools()) ? FinishReason.TOOL_CALLS
				: translated;
	}

	private static StreamChunk.Builder usage(StreamChunk.Builder chunk, JsonNode usage) {
		long input = GeminiJson.count(usage, ServerField.PROMPT_TOKENS.field())
				+ GeminiJson.count(usage, ServerField.TOOL_USE_PROMPT_TOKENS.field());
		long output = GeminiJson.count(usage, ServerField.RESPONSE_TOKENS.field())
				+ GeminiJson.count(usage, ServerField.THOUGHTS_TOKENS.field());
		long total = GeminiJson.count(usage, ServerField.TOTAL_TOKENS.field());
		Object plain = GeminiJson.plain(usage);
		if (plain != null) {
			chunk.metadata(ServerField.USAGE_METADATA.field(), plain);
		}
		return chunk.usage(new Usage(input, output, (total > 0) ? total : input + output));
	}

	private void connection(JsonNode message) {
		JsonNode update = GeminiJson.object(message, ServerField.SESSION_RESUMPTION_UPDATE.field());
		if (update != null) {
			this.events.resumption(GeminiJson.flag(update, ServerField.RESUMABLE.field()),
					GeminiJson.text(update, ServerField.NEW_HANDLE.field()));
		}
		JsonNode goAway = GeminiJson.object(message, ServerField.GO_AWAY.field());
		if (goAway != null) {
			this.events.goAway(ProtoDuration.parse(GeminiJson.text(goAway, ServerField.TIME_LEFT.field()))
				.orElse(DEFAULT_TIME_LEFT));
		}
	}

}
