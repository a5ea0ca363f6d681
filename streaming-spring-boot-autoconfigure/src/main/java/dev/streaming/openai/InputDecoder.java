package dev.streaming.openai;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.streaming.StreamChunk;
import dev.streaming.openai.UserTurns.TranscriptPart;
import dev.streaming.realtime.AccumulatedText;
import dev.streaming.realtime.PeerMemory;
import dev.streaming.realtime.RealtimeChunks;
import tools.jackson.databind.JsonNode;

/**
 * Makes chunks of what the provider tells about the user. Belongs to the session's own
 * task.
 */
final class InputDecoder {

	/** Transcripts that were begun and never completed are not kept for ever. */
	private static final int REMEMBERED = 64;

	private final OpenAiTurns turns;

	private final OpenAiConversation conversation;

	// By item and part: its transcript so far
	private final Map<String, AccumulatedText> transcripts = new LinkedHashMap<>();

	private final PeerMemory memory = new PeerMemory("transcripts",
			() -> this.transcripts.values().stream().mapToLong(AccumulatedText::length).sum());

	InputDecoder(OpenAiTurns turns, OpenAiConversation conversation) {
		this.turns = turns;
		this.conversation = conversation;
	}

	void reset() {
		this.transcripts.clear();
	}

	List<StreamChunk> transcriptDelta(JsonNode event) {
		heard(event, TranscriptPart.PIECE);
		String delta = OpenAiJson.text(event, "delta");
		if (delta.isEmpty()) {
			return List.of();
		}
		AccumulatedText soFar = this.transcripts.computeIfAbsent(partOf(event), (added) -> new AccumulatedText());
		if (this.transcripts.size() > REMEMBERED) {
			this.transcripts.remove(this.transcripts.keySet().iterator().next());
		}
		this.memory.add(delta.length());
		soFar.append(delta);
		return List.of(input(event).delta(delta).content(soFar.prefix()).build());
	}

	List<StreamChunk> transcript(JsonNode event) {
		String whole = OpenAiJson.text(event, "transcript");
		heard(event, whole.isBlank() ? TranscriptPart.BLANK : TranscriptPart.END);
		AccumulatedText soFar = this.transcripts.remove(partOf(event));
		int known = (soFar != null && soFar.isPrefixOf(whole)) ? soFar.length() : 0;
		boolean other = soFar != null && known == 0 && !soFar.isEmpty();
		this.conversation.userSaid(OpenAiJson.text(event, "item_id"), whole);
		return List.of(input(event).content(whole)
			.delta(other ? "" : whole.substring(known))
			.usage(ResponseDecoder.usage(event.path("usage")))
			.metadata("final", true)
			.build());
	}

	List<StreamChunk> segment(JsonNode event) {
		heard(event, TranscriptPart.PIECE);
		return List.of(Signals
			.builder(OpenAiServerEvent.TRANSCRIPTION_SEGMENT.type(), event, "item_id", "id", "speaker", "start", "end")
			.source(RealtimeChunks.INPUT)
			.content(OpenAiJson.text(event, "text"))
			.build());
	}

	List<StreamChunk> transcriptFailed(JsonNode event) {
		heard(event, TranscriptPart.END);
		this.transcripts.remove(partOf(event));
		return List.of(input(event).error(this.turns.errorOf(event)).build());
	}

	private void heard(JsonNode event, TranscriptPart part) {
		String itemId = OpenAiJson.text(event, "item_id");
		this.turns.accept((machine, now) -> machine.transcript(itemId, part, now));
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
		String itemId = OpenAiJson.text(event, "item_id");
		boolean interrupted = this.turns.apply((machine, now) -> machine.speechStarted(itemId, now));
		return List.of(Signals.builder(OpenAiServerEvent.SPEECH_STARTED.type(), event, "item_id", "audio_start_ms")
			.interrupted(interrupted)
			.build());
	}

	List<StreamChunk> speechStopped(JsonNode event) {
		String itemId = OpenAiJson.text(event, "item_id");
		this.turns.accept((machine, now) -> machine.speechStopped(itemId, now));
		return List.of(Signals.of(OpenAiServerEvent.SPEECH_STOPPED.type(), event, "item_id", "audio_end_ms"));
	}

	List<StreamChunk> timedOut(JsonNode event) {
		String itemId = OpenAiJson.text(event, "item_id");
		this.turns.accept((machine, now) -> machine.timedOut(itemId, now));
		return List.of(Signals.of(OpenAiServerEvent.BUFFER_TIMEOUT.type(), event, "item_id", "audio_start_ms",
				"audio_end_ms"));
	}

	void committed(JsonNode event) {
		String itemId = OpenAiJson.text(event, "item_id");
		this.turns.accept((machine, now) -> machine.committed(itemId, now));
		this.conversation.userSpoke(event);
	}

}
