package dev.streaming.gemini;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.streaming.StreamChunk;
import dev.streaming.Usage;
import dev.streaming.realtime.RealtimeChunks;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Converts a server message to chunks and events. A message may have any combination of
 * fields: they are read in logical order, not in that of the message, so that the end of
 * a turn follows its content and usage. Confined to the session's task.
 */
final class ServerMessageReader {

	/** Default time until the announced end of a connection. */
	private static final Duration DEFAULT_TIME_LEFT = Duration.ofSeconds(10);

	private final ServerEvents events;

	private final AnswerTexts texts;

	private final ToolCallReader toolCalls;

	private final ServerContentReader content;

	/**
	 * Create a reader.
	 * @param events the callbacks for events in messages
	 * @param spoken whether the model speaks
	 */
	ServerMessageReader(ServerEvents events, boolean spoken) {
		this.events = events;
		this.texts = new AnswerTexts(spoken);
		this.toolCalls = new ToolCallReader(events, this.texts);
		this.content = new ServerContentReader(events, this.texts, this.toolCalls);
	}

	/**
	 * Reset the state of incomplete responses and transcripts, because the connection has
	 * ended.
	 */
	void reset() {
		this.texts.end();
		this.texts.endInput();
		this.toolCalls.cut();
	}

	/**
	 * Read a message.
	 * @param message the message
	 * @return its chunks, in order
	 */
	List<StreamChunk> read(JsonNode message) {
		List<StreamChunk> chunks = new ArrayList<>();
		unknownFields(message);
		GeminiErrorException error = ServerError.find(message, this.events::sanitize);
		if (error != null) {
			this.events.refused();
			chunks.add(StreamChunk.failure(error));
		}
		if (message.has(ServerField.SETUP_COMPLETE.field())) {
			setUp(message.path(ServerField.SETUP_COMPLETE.field()), chunks);
		}
		// First, so that a call is not run that the same message cancels
		JsonNode cancellation = GeminiJson.object(message, ServerField.TOOL_CALL_CANCELLATION.field());
		List<String> cancelled = (cancellation != null) ? this.toolCalls.cancelled(cancellation) : List.of();
		JsonNode serverContent = GeminiJson.object(message, ServerField.SERVER_CONTENT.field());
		this.toolCalls.begin((serverContent != null) ? serverContent : message);
		if (serverContent != null) {
			this.content.read(serverContent, chunks);
		}
		JsonNode toolCall = GeminiJson.object(message, ServerField.TOOL_CALL.field());
		if (toolCall != null) {
			toolCall(toolCall, chunks);
		}
		if (!cancelled.isEmpty()) {
			chunks.add(GeminiChunks.toolCallsCancelled(cancelled));
		}
		voiceActivity(message, chunks);
		JsonNode usage = GeminiJson.object(message, ServerField.USAGE_METADATA.field());
		if (serverContent != null && GeminiJson.flag(serverContent, ServerField.TURN_COMPLETE.field())) {
			finish(serverContent, usage, chunks);
		}
		else if (usage != null) {
			chunks.add(usage(StreamChunk.builder(), usage).build());
		}
		connection(message);
		return chunks;
	}

	private void setUp(JsonNode setupComplete, List<StreamChunk> chunks) {
		this.events.setUp();
		String sessionId = GeminiJson.text(setupComplete, ServerField.SESSION_ID.field());
		if (!sessionId.isEmpty()) {
			chunks.add(GeminiChunks.setUp(sessionId));
		}
	}

	private void unknownFields(JsonNode message) {
		int unknown = 0;
		for (String field : message.propertyNames()) {
			unknown += ServerField.isOfMessage(field) ? 0 : 1;
		}
		if (unknown > 0) {
			this.events.unknownFields(unknown);
		}
	}

	private void toolCall(JsonNode toolCall, List<StreamChunk> chunks) {
		Iterable<JsonNode> calls = GeminiJson.array(toolCall, ServerField.FUNCTION_CALLS.field());
		if (calls.iterator().hasNext()) {
			this.texts.of(this.events.content(true).response());
			this.toolCalls.read(calls, chunks);
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
		this.events.activity(event.equals(GeminiChunks.ACTIVITY_START));
		StreamChunk.Builder chunk = StreamChunk.builder()
			.source(RealtimeChunks.INPUT)
			.metadata(GeminiChunks.EVENT, event);
		if (!offset.isEmpty()) {
			chunk.metadata(ServerField.VOICE_ACTIVITY_OFFSET.field(), offset);
		}
		chunks.add(chunk.build());
	}

	private void finish(JsonNode serverContent, @Nullable JsonNode usage, List<StreamChunk> chunks) {
		this.toolCalls.cut();
		TurnEnd end = this.events.turnEnded(this.texts.response(), this.texts.writtenInstead());
		this.texts.of(end.response());
		if (!end.isDelivered()) {
			this.events.dropped(1);
			return;
		}
		String reason = GeminiJson.text(serverContent, ServerField.TURN_COMPLETE_REASON.field());
		StreamChunk.Builder chunk = StreamChunk.builder()
			.content(end.hasContent() ? this.texts.content() : "")
			.finishReason(end.finishReason(TurnCompleteReason.translate(reason)));
		if (!reason.isEmpty()) {
			chunk.metadata(RealtimeChunks.REASON, reason);
		}
		if (usage != null) {
			usage(chunk, usage);
		}
		chunks.add(chunk.build());
		this.texts.end();
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
		JsonNode read = usage.path(ServerField.PROMPT_TOKENS_DETAILS.field());
		JsonNode written = usage.path(ServerField.RESPONSE_TOKENS_DETAILS.field());
		return chunk.usage(new Usage(input, output, (total > 0) ? total : input + output, tokens(read, Modality.TEXT),
				tokens(read, Modality.AUDIO), GeminiJson.count(usage, ServerField.CACHED_TOKENS.field()),
				tokens(written, Modality.TEXT), tokens(written, Modality.AUDIO), 0));
	}

	private static long tokens(JsonNode details, Modality modality) {
		long tokens = 0;
		for (JsonNode each : details) {
			tokens += modality.name().equals(GeminiJson.text(each, "modality")) ? GeminiJson.count(each, "tokenCount")
					: 0;
		}
		return tokens;
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
