package dev.streaming.gemini;

import java.util.List;
import java.util.Set;

import dev.streaming.MediaData;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.realtime.RealtimeChunks;
import tools.jackson.databind.JsonNode;

/**
 * Converts the content of a server message to chunks, except the end of a turn. Confined
 * to the session's task.
 */
final class ServerContentReader {

	/** Parts that are copied to the metadata. */
	private static final Set<ServerField> PLAIN_PARTS = Set.of(ServerField.PART_EXECUTABLE_CODE,
			ServerField.PART_CODE_RESULT, ServerField.PART_TOOL_CALL, ServerField.PART_TOOL_RESPONSE,
			ServerField.PART_FILE_DATA, ServerField.PART_AUDIO_TRANSCRIPTION, ServerField.PART_THOUGHT_SIGNATURE,
			ServerField.PART_METADATA, ServerField.PART_SPEECH_METADATA);

	private static final List<ServerField> TRANSCRIPTION_DETAILS = List.of(ServerField.TRANSCRIPTION_LANGUAGE,
			ServerField.TRANSCRIPTION_SPEAKER, ServerField.TRANSCRIPTION_WORDS, ServerField.TRANSCRIPTION_START,
			ServerField.TRANSCRIPTION_END);

	private static final List<ServerField> DETAILS = List.of(ServerField.GROUNDING_METADATA,
			ServerField.URL_CONTEXT_METADATA, ServerField.GENERATION_COMPLETE, ServerField.WAITING_FOR_INPUT,
			ServerField.INTERACTION_STATUS);

	private final ServerEvents events;

	private final AnswerTexts texts;

	private final ToolCallReader toolCalls;

	ServerContentReader(ServerEvents events, AnswerTexts texts, ToolCallReader toolCalls) {
		this.events = events;
		this.texts = texts;
		this.toolCalls = toolCalls;
	}

	void read(JsonNode content, List<StreamChunk> chunks) {
		boolean interrupted = GeminiJson.flag(content, ServerField.INTERRUPTED.field());
		input(content, chunks);
		JsonNode modelTurn = GeminiJson.object(content, ServerField.MODEL_TURN.field());
		if (modelTurn != null) {
			for (JsonNode part : GeminiJson.array(modelTurn, ServerField.CONTENT_PARTS.field())) {
				part(part, interrupted, chunks);
			}
		}
		output(content, chunks);
		if (GeminiJson.flag(content, ServerField.GENERATION_COMPLETE.field())) {
			this.events.generated();
		}
		details(content, chunks);
		if (interrupted) {
			this.texts.endInput();
			this.events.interrupted();
			this.toolCalls.cut();
			chunks.add(StreamChunk.interruption());
		}
	}

	private void input(JsonNode content, List<StreamChunk> chunks) {
		JsonNode interim = GeminiJson.object(content, ServerField.INTERIM_INPUT_TRANSCRIPTION.field());
		if (interim != null) {
			String text = GeminiJson.text(interim, ServerField.TRANSCRIPTION_TEXT.field());
			this.events.hearing(!text.isBlank());
			chunks.add(transcription(interim).source(RealtimeChunks.INPUT)
				.content(text)
				.metadata(GeminiChunks.INTERIM, true)
				.build());
		}
		JsonNode input = GeminiJson.object(content, ServerField.INPUT_TRANSCRIPTION.field());
		if (input != null) {
			String delta = GeminiJson.text(input, ServerField.TRANSCRIPTION_TEXT.field());
			boolean finished = GeminiJson.flag(input, ServerField.TRANSCRIPTION_FINISHED.field());
			if (!delta.isEmpty() || finished) {
				long turn = this.events.heard(delta, finished);
				chunks.add(transcription(input).source(RealtimeChunks.INPUT)
					.delta(delta)
					.content(this.texts.addInput(turn, delta, finished))
					.build());
			}
		}
	}

	private void output(JsonNode content, List<StreamChunk> chunks) {
		JsonNode output = GeminiJson.object(content, ServerField.OUTPUT_TRANSCRIPTION.field());
		if (output == null) {
			return;
		}
		String delta = GeminiJson.text(output, ServerField.TRANSCRIPTION_TEXT.field());
		boolean finished = GeminiJson.flag(output, ServerField.TRANSCRIPTION_FINISHED.field());
		if (delta.isEmpty()) {
			if (finished && this.events.delivery().isDelivered()) {
				chunks.add(transcription(output).content(this.texts.content())
					.metadata(GeminiChunks.TRANSCRIPT, true)
					.build());
			}
			return;
		}
		Delivery delivery = this.events.transcribed();
		if (!delivery.isDelivered()) {
			this.events.dropped(1);
			return;
		}
		this.texts.of(delivery.response());
		boolean instead = !this.texts.hasTranscript() && this.texts.hasWritten() && !this.texts.isSpoken();
		CharSequence soFar = this.texts.addTranscript(delta);
		if (instead) {
			this.events.answeredInstead(soFar.toString());
		}
		else {
			this.events.answered(delta);
		}
		chunks.add(described(output, this.events.chunk(true)).delta(delta).content(soFar).build());
	}

	private static StreamChunk.Builder transcription(JsonNode transcription) {
		return described(transcription, StreamChunk.builder());
	}

	private static StreamChunk.Builder described(JsonNode transcription, StreamChunk.Builder chunk) {
		TRANSCRIPTION_DETAILS.forEach((field) -> detail(transcription, field, chunk));
		return GeminiJson.flag(transcription, ServerField.TRANSCRIPTION_FINISHED.field())
				? chunk.metadata(GeminiChunks.FINAL, true) : chunk;
	}

	private void details(JsonNode content, List<StreamChunk> chunks) {
		StreamChunk.Builder chunk = StreamChunk.builder();
		boolean any = false;
		for (ServerField field : DETAILS) {
			any |= detail(content, field, chunk);
		}
		if (any) {
			chunks.add(chunk.build());
		}
		if (GeminiJson.flag(content, ServerField.WAITING_FOR_INPUT.field())
				|| GeminiJson.text(content, ServerField.INTERACTION_STATUS.field()).equals("IDLE")) {
			this.events.idle();
		}
	}

	private static boolean detail(JsonNode parent, ServerField field, StreamChunk.Builder chunk) {
		Object value = GeminiJson.plain(parent.get(field.field()));
		if (value != null) {
			chunk.metadata(field.field(), value);
		}
		return value != null;
	}

	private void part(JsonNode part, boolean interrupted, List<StreamChunk> chunks) {
		if (!part.isObject()) {
			return;
		}
		JsonNode functionCall = GeminiJson.object(part, ServerField.PART_FUNCTION_CALL.field());
		Delivery delivery = this.events.content(functionCall != null);
		this.texts.of(delivery.response());
		String text = GeminiJson.text(part, ServerField.PART_TEXT.field());
		StreamChunk.Builder chunk = text.isEmpty() ? StreamChunk.builder() : this.events.chunk(false);
		boolean any = delivery.isDelivered() && text(text, part, chunk);
		// An interruption applies to audio of the same message, too
		boolean heard = delivery.isHeard() && !interrupted;
		boolean media = media(part, chunk, heard);
		for (ServerField field : PLAIN_PARTS) {
			any |= delivery.isDelivered() && detail(part, field, chunk);
		}
		if (any || (media && heard)) {
			chunks.add(chunk.build());
		}
		else if (media || !delivery.isDelivered()) {
			this.events.dropped(1);
		}
		if (functionCall != null) {
			this.toolCalls.read(List.of(functionCall), chunks);
		}
	}

	private boolean text(String text, JsonNode part, StreamChunk.Builder chunk) {
		if (text.isEmpty()) {
			return false;
		}
		if (GeminiJson.flag(part, ServerField.PART_THOUGHT.field())) {
			chunk.reasoning(text);
			return true;
		}
		CharSequence soFar = this.texts.addWritten(text);
		if (this.texts.isSpoken()) {
			chunk.reasoning(text);
		}
		else {
			if (!this.texts.hasTranscript()) {
				this.events.answered(text);
			}
			chunk.delta(text).content(soFar);
		}
		return true;
	}

	private boolean media(JsonNode part, StreamChunk.Builder chunk, boolean heard) {
		JsonNode blob = GeminiJson.object(part, ServerField.PART_INLINE_DATA.field());
		if (blob == null || !heard) {
			return blob != null;
		}
		try {
			MediaData media = InlineData.decode(blob);
			chunk.media(media);
			detail(blob, ServerField.BLOB_DISPLAY_NAME, chunk);
			if (media != null && media.mimeType().startsWith("audio/")) {
				this.texts.heard();
			}
			return media != null;
		}
		catch (IllegalArgumentException ex) {
			chunk.error(new StreamingException("Ignored media from Gemini that is not valid base64"));
			return true;
		}
	}

}
