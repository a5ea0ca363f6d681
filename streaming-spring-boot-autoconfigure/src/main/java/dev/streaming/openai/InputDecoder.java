package dev.streaming.openai;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeChunks;
import tools.jackson.databind.JsonNode;

/**
 * Makes chunks of what the provider tells about the user. Belongs to the session's own
 * task.
 */
final class InputDecoder {

	/** Transcripts that were begun and never completed are not kept for ever. */
	private static final int REMEMBERED = 64;

	private final Turns turns;

	private final OpenAiConversation conversation;

	// By item and part: its transcript so far
	private final Map<String, StringBuilder> transcripts = new LinkedHashMap<>();

	InputDecoder(Turns turns, OpenAiConversation conversation) {
		this.turns = turns;
		this.conversation = conversation;
	}

	void reset() {
		this.transcripts.clear();
	}

	List<StreamChunk> transcriptDelta(JsonNode event) {
		String delta = OpenAiJson.text(event, "delta");
		if (delta.isEmpty()) {
			return List.of();
		}
		StringBuilder soFar = this.transcripts.computeIfAbsent(partOf(event), (added) -> new StringBuilder());
		if (this.transcripts.size() > REMEMBERED) {
			this.transcripts.remove(this.transcripts.keySet().iterator().next());
		}
		soFar.append(delta);
		return List.of(input(event).delta(delta).content(soFar.toString()).build());
	}

	List<StreamChunk> transcript(JsonNode event) {
		String whole = OpenAiJson.text(event, "transcript");
		StringBuilder soFar = this.transcripts.remove(partOf(event));
		String known = (soFar != null) ? soFar.toString() : "";
		this.conversation.userSaid(OpenAiJson.text(event, "item_id"), whole);
		return List.of(input(event).content(whole)
			.delta(whole.startsWith(known) ? whole.substring(known.length()) : "")
			.usage(ResponseDecoder.usage(event.path("usage")))
			.metadata("final", true)
			.build());
	}

	List<StreamChunk> segment(JsonNode event) {
		return List.of(Signals
			.builder(OpenAiServerEvent.TRANSCRIPTION_SEGMENT.type(), event, "item_id", "id", "speaker", "start", "end")
			.source(RealtimeChunks.INPUT)
			.content(OpenAiJson.text(event, "text"))
			.build());
	}

	List<StreamChunk> transcriptFailed(JsonNode event) {
		this.transcripts.remove(partOf(event));
		return List.of(input(event).error(OpenAiErrors.of(event.path("error"))).build());
	}

	private static StreamChunk.Builder input(JsonNode event) {
		return StreamChunk.builder()
			.source(RealtimeChunks.INPUT)
			.metadata("item_id", OpenAiJson.text(event, "item_id"));
	}

	private static String partOf(JsonNode event) {
		return OpenAiJson.text(event, "item_id") + "/" + OpenAiJson.number(event, "content_index");
	}

	List<StreamChunk> speechStarted(JsonNode event) {
		boolean interrupted = this.turns.responses().isActive() && this.turns.isInterrupting();
		this.turns.speechStarted();
		return List.of(Signals.builder(OpenAiServerEvent.SPEECH_STARTED.type(), event, "item_id", "audio_start_ms")
			.interrupted(interrupted)
			.build());
	}

	void committed(JsonNode event) {
		this.conversation.userSpoke(OpenAiJson.text(event, "item_id"));
	}

}
