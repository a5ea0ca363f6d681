package dev.streaming.openai;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import dev.streaming.Message;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import tools.jackson.databind.JsonNode;

/**
 * Does with each event what {@link OpenAiServerEvent} says. Belongs to the session's own
 * task.
 */
final class EventDecoder {

	private static final String ALREADY_ACTIVE = "conversation_already_has_active_response";

	private static final String NOT_ACTIVE = "response_cancel_not_active";

	private final Turns turns;

	private final SpokenAudio spoken;

	private final OpenAiConversation conversation;

	private final ResponseDecoder responses;

	private final InputDecoder input;

	EventDecoder(Turns turns, SpokenAudio spoken, OpenAiConversation conversation, ResponseDecoder responses) {
		this.turns = turns;
		this.spoken = spoken;
		this.conversation = conversation;
		this.responses = responses;
		this.input = new InputDecoder(turns, conversation);
	}

	/**
	 * The connection is gone, and with it whatever was half said.
	 */
	void reset() {
		this.responses.reset();
		this.input.reset();
	}

	/**
	 * Make chunks of an event.
	 * @param kind which it is
	 * @param event the event
	 * @param sender sends what the event lets go
	 * @return the chunks, in order
	 */
	List<StreamChunk> decode(OpenAiServerEvent kind, JsonNode event, Consumer<Message> sender) {
		String responseId = OpenAiJson.text(event, "response_id");
		if (!responseId.isEmpty() && kind.type().startsWith("response.")
				&& kind != OpenAiServerEvent.RESPONSE_CREATED) {
			this.turns.responses().active(responseId);
		}
		return switch (kind) {
			case ERROR -> error(event, sender);
			case SESSION_CREATED, SESSION_UPDATED -> none(() -> settings(event.path("session")));
			case ITEM_ADDED, ITEM_CREATED, ITEM_DONE -> none(() -> item(event.path("item")));
			case ITEM_DELETED -> none(() -> this.conversation.deleted(OpenAiJson.text(event, "item_id")));
			case ITEM_RETRIEVED -> List.of(Signals.of(kind.type(), event, "item"));
			case ITEM_TRUNCATED -> none(() -> truncated(event));
			case TRANSCRIPTION_DELTA -> this.input.transcriptDelta(event);
			case TRANSCRIPTION_COMPLETED -> this.input.transcript(event);
			case TRANSCRIPTION_SEGMENT -> this.input.segment(event);
			case TRANSCRIPTION_FAILED -> this.input.transcriptFailed(event);
			case BUFFER_COMMITTED -> none(() -> this.input.committed(event));
			case BUFFER_CLEARED -> none(this.turns::audioCleared);
			case DTMF_RECEIVED ->
				List.of(Signals.builder(kind.type(), event).metadata("key", OpenAiJson.text(event, "event")).build());
			case SPEECH_STARTED -> this.input.speechStarted(event);
			case SPEECH_STOPPED -> List.of(Signals.of(kind.type(), event, "item_id", "audio_end_ms"));
			case BUFFER_TIMEOUT -> List.of(Signals.of(kind.type(), event, "item_id", "audio_start_ms", "audio_end_ms"));
			case MCP_LIST_FAILED -> failed(kind, event, "The tools of an MCP server could not be listed");
			case MCP_CALL_FAILED -> failed(kind, event, "The call of an MCP tool failed");
			case RESPONSE_CREATED -> none(() -> responseCreated(OpenAiJson.text(event.path("response"), "id")));
			case RESPONSE_DONE -> this.responses.responseDone(event);
			case ARGUMENTS_DONE -> this.responses.argumentsDone(event);
			case AUDIO_DELTA -> this.responses.audio(event);
			case TRANSCRIPT_DELTA, TEXT_DELTA -> this.responses.delta(event);
			case TRANSCRIPT_DONE -> this.responses.done(event, "transcript");
			case TEXT_DONE -> this.responses.done(event, "text");
			case OUTPUT_ITEM_ADDED -> none(() -> this.responses.itemAdded(event));
			case OUTPUT_ITEM_DONE -> this.responses.itemDone(event);
			case CONVERSATION_CREATED, MCP_LIST_COMPLETED, MCP_LIST_IN_PROGRESS, OUTPUT_BUFFER_CLEARED,
					OUTPUT_BUFFER_STARTED, OUTPUT_BUFFER_STOPPED, RATE_LIMITS, PART_ADDED, PART_DONE, ARGUMENTS_DELTA,
					MCP_CALL_COMPLETED, MCP_CALL_IN_PROGRESS, MCP_ARGUMENTS_DELTA, MCP_ARGUMENTS_DONE, AUDIO_DONE ->
				List.of();
		};
	}

	private static List<StreamChunk> none(Runnable inside) {
		inside.run();
		return List.of();
	}

	/**
	 * The provider tells the session's settings, which may differ from those asked for.
	 * @param session what it told
	 */
	private void settings(JsonNode session) {
		this.turns.settings(session);
		JsonNode told = session.path("audio").path("output").path("format");
		String name = told.isString() ? told.stringValue() : OpenAiJson.text(told, "type");
		AudioFormat format = AudioFormat.named(name.isEmpty() ? OpenAiJson.text(session, "output_audio_format") : name);
		if (format != null) {
			this.spoken.format(format, OpenAiJson.number(told, "rate"));
		}
	}

	private void item(JsonNode item) {
		this.conversation.seen(item);
		if ("function_call_output".equals(OpenAiJson.text(item, "type"))) {
			this.turns.calls().confirmed(OpenAiJson.text(item, "call_id"));
		}
	}

	private void responseCreated(String id) {
		this.responses.created(id, !this.turns.responses().isActive());
		this.spoken.responseCreated();
		this.turns.responses().created(id);
	}

	private void truncated(JsonNode event) {
		String itemId = OpenAiJson.text(event, "item_id");
		Duration heard = Duration.ofMillis(OpenAiJson.number(event, "audio_end_ms"));
		this.conversation.truncated(itemId, this.spoken.share(itemId, heard));
	}

	private List<StreamChunk> error(JsonNode event, Consumer<Message> sender) {
		OpenAiErrorException error = OpenAiErrors.of(event.path("error"));
		if (OpenAiErrors.isFatal(error)) {
			throw OpenAiErrors.permanent(error);
		}
		String eventId = error.eventId();
		if (ALREADY_ACTIVE.equals(error.code()) && this.turns.responses().collided(eventId)) {
			return List.of();
		}
		if (NOT_ACTIVE.equals(error.code()) && (eventId == null || eventId.startsWith(ClientEvents.CANCEL))) {
			return List.of();
		}
		try {
			this.turns.send(this.turns.responses().refused(eventId), sender);
		}
		catch (StreamingException ex) {
			return List.of(StreamChunk.failure(error), StreamChunk.failure(ex));
		}
		return List.of(StreamChunk.failure(error));
	}

	private static List<StreamChunk> failed(OpenAiServerEvent kind, JsonNode event, String message) {
		return List.of(Signals.builder(kind.type(), event, "item_id").error(new StreamingException(message)).build());
	}

}
