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
 * Converts events about the user's input to chunks. Confined to the session's task.
 */
final class InputDecoder {

	/** Maximum number of incomplete transcripts. */
	private static final int REMEMBERED = 64;

	private final OpenAiTurns turns;

	private final OpenAiConversation conversation;

	// Incomplete transcripts by item and part
	private final Map<String, AccumulatedText> transcripts = new LinkedHashMap<>();

	private final PeerMemory memory = new PeerMemory("transcripts",
			() -> this.transcripts.values().stream().mapToLong(AccumulatedText::length).sum());

	// The item of the speech whose end was reported last
	private String ended = "";

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
		if (part == TranscriptPart.BLANK) {
			this.turns.conversation().userSilent();
		}
		this.turns.accept((machine, now) -> machine.transcript(itemId, part, now));
	}

	private static StreamChunk.Builder input(JsonNode event) {
		StreamChunk.Builder chunk = StreamChunk.builder()
			.source(RealtimeChunks.INPUT)
			.metadata("item_id", OpenAiJson.text(event, "item_id"));
		for (String field : List.of("logprobs", "languages")) {
			if (event.path(field).isArray()) {
				chunk.metadata(field, OpenAiJson.write(event.path(field)));
			}
		}
		return chunk;
	}

	private static String partOf(JsonNode event) {
		return OpenAiJson.text(event, "item_id") + "/" + OpenAiJson.number(event, "content_index");
	}

	List<StreamChunk> speechStarted(JsonNode event) {
		String itemId = OpenAiJson.text(event, "item_id");
		boolean interrupted = this.turns.apply((machine, now) -> machine.speechStarted(itemId, now));
		this.turns.conversation().userStarted();
		return List.of(Signals.builder(OpenAiServerEvent.SPEECH_STARTED.type(), event, "item_id", "audio_start_ms")
			.interrupted(interrupted)
			.build());
	}

	List<StreamChunk> speechStopped(JsonNode event) {
		String itemId = OpenAiJson.text(event, "item_id");
		this.turns.accept((machine, now) -> machine.speechStopped(itemId, now));
		this.ended = itemId;
		this.turns.userEnded();
		return List.of(Signals.of(OpenAiServerEvent.SPEECH_STOPPED.type(), event, "item_id", "audio_end_ms"));
	}

	List<StreamChunk> timedOut(JsonNode event) {
		String itemId = OpenAiJson.text(event, "item_id");
		this.turns.accept((machine, now) -> machine.timedOut(itemId, now));
		this.turns.conversation().userEnded(true);
		return List.of(Signals.of(OpenAiServerEvent.BUFFER_TIMEOUT.type(), event, "item_id", "audio_start_ms",
				"audio_end_ms"));
	}

	void cleared() {
		this.turns.accept((machine, now) -> machine.cleared());
		this.turns.conversation().userSilent();
	}

	void committed(JsonNode event) {
		String itemId = OpenAiJson.text(event, "item_id");
		this.turns.accept((machine, now) -> machine.committed(itemId, now));
		boolean reported = itemId.equals(this.ended) || !this.turns.apply((machine, now) -> machine.mode().detecting());
		if (!reported) {
			// Some endpoints do not report the end of speech
			this.turns.userEnded();
		}
		this.conversation.userSpoke(event);
	}

}
