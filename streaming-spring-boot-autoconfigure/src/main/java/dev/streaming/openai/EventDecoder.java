package dev.streaming.openai;

import java.time.Duration;
import java.util.List;

import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import tools.jackson.databind.JsonNode;

/**
 * Gives each event to what it concerns. Belongs to the session's own task.
 */
final class EventDecoder {

	private final OpenAiTurns turns;

	private final SpokenAudio spoken;

	private final OpenAiConversation conversation;

	private final SessionChanges changes;

	private final Runnable expiryListener;

	private final ResponseDecoder responses;

	private final InputDecoder input;

	// The connection is being set up, so that the provider confirms the setup
	private boolean settingUp;

	/**
	 * Create a decoder.
	 * @param turns the state of the conversation
	 * @param spoken the audio of the newest answer
	 * @param conversation the history
	 * @param changes the changes of the settings
	 * @param responses decodes the parts of responses
	 * @param expiryListener called when the time of the connection is up
	 */
	EventDecoder(OpenAiTurns turns, SpokenAudio spoken, OpenAiConversation conversation, SessionChanges changes,
			ResponseDecoder responses, Runnable expiryListener) {
		this.turns = turns;
		this.spoken = spoken;
		this.conversation = conversation;
		this.changes = changes;
		this.responses = responses;
		this.expiryListener = expiryListener;
		this.input = new InputDecoder(turns, conversation);
	}

	/**
	 * The connection has ended, and with it whatever was half said.
	 */
	void reset() {
		this.responses.reset();
		this.input.reset();
	}

	void settingUp(boolean settingUp) {
		this.settingUp = settingUp;
	}

	/**
	 * Make chunks of an event.
	 * @param kind which it is
	 * @param event the event
	 * @return the chunks, in order
	 */
	List<StreamChunk> decode(OpenAiServerEvent kind, JsonNode event) {
		return switch (kind) {
			case ERROR -> error(event);
			case SESSION_CREATED -> none(() -> settings(event.path("session")));
			case SESSION_UPDATED -> none(() -> updated(event.path("session")));
			case ITEM_ADDED, ITEM_CREATED -> none(() -> item(event));
			case ITEM_DONE -> itemDone(event);
			case ITEM_DELETED -> none(() -> deleted(OpenAiJson.text(event, "item_id")));
			case ITEM_RETRIEVED -> List.of(Signals.of(kind.type(), event, "item"));
			case ITEM_TRUNCATED -> none(() -> truncated(event));
			case TRANSCRIPTION_DELTA -> this.input.transcriptDelta(event);
			case TRANSCRIPTION_COMPLETED -> this.input.transcript(event);
			case TRANSCRIPTION_SEGMENT -> this.input.segment(event);
			case TRANSCRIPTION_FAILED -> this.input.transcriptFailed(event);
			case BUFFER_COMMITTED -> none(() -> this.input.committed(event));
			case BUFFER_CLEARED -> none(() -> this.turns.accept((machine, now) -> machine.cleared()));
			case DTMF_RECEIVED ->
				List.of(Signals.builder(kind.type(), event).metadata("key", OpenAiJson.text(event, "event")).build());
			case SPEECH_STARTED -> this.input.speechStarted(event);
			case SPEECH_STOPPED -> this.input.speechStopped(event);
			case BUFFER_TIMEOUT -> this.input.timedOut(event);
			case MCP_LIST_FAILED -> List.of(Signals.builder(kind.type(), event, "item_id")
				.error(new StreamingException("The tools of an MCP server could not be listed"))
				.build());
			case MCP_CALL_FAILED -> this.responses.callOfMcpFailed(event);
			case RESPONSE_CREATED -> none(() -> this.responses.created(event));
			case RESPONSE_DONE -> this.responses.responseDone(event);
			case ARGUMENTS_DELTA -> none(() -> this.responses.argumentsDelta(event));
			case ARGUMENTS_DONE -> none(() -> this.responses.argumentsDone(event));
			case AUDIO_DELTA -> this.responses.audio(event);
			case TRANSCRIPT_DELTA -> this.responses.delta(event, true);
			case TEXT_DELTA -> this.responses.delta(event, false);
			case TRANSCRIPT_DONE -> this.responses.done(event, "transcript", true);
			case TEXT_DONE -> this.responses.done(event, "text", false);
			case OUTPUT_ITEM_ADDED -> none(() -> this.responses.itemAdded(event));
			case OUTPUT_ITEM_DONE -> this.responses.itemDone(event);
			case PART_ADDED -> none(() -> this.responses.begun(event));
			case CONVERSATION_CREATED, MCP_LIST_COMPLETED, MCP_LIST_IN_PROGRESS, OUTPUT_BUFFER_CLEARED,
					OUTPUT_BUFFER_STARTED, OUTPUT_BUFFER_STOPPED, RATE_LIMITS, PART_DONE, MCP_CALL_COMPLETED,
					MCP_CALL_IN_PROGRESS, MCP_ARGUMENTS_DELTA, MCP_ARGUMENTS_DONE, AUDIO_DONE ->
				List.of();
		};
	}

	private static List<StreamChunk> none(Runnable inside) {
		inside.run();
		return List.of();
	}

	private void updated(JsonNode session) {
		JsonNode changed = this.settingUp ? null : this.changes.confirmed();
		if (changed != null) {
			// The provider may confirm without repeating
			settings(changed);
		}
		settings(session);
	}

	/**
	 * The provider tells the session's settings, which may differ from those requested.
	 * @param session its settings
	 */
	private void settings(JsonNode session) {
		this.turns.told(session);
		this.turns.heard().told(session);
		JsonNode told = session.path("audio").path("output").path("format");
		String name = told.isString() ? told.stringValue() : OpenAiJson.text(told, "type");
		OpenAiAudioFormat format = OpenAiAudioFormat
			.named(name.isEmpty() ? OpenAiJson.text(session, "output_audio_format") : name);
		if (format != null) {
			this.spoken.format(format, OpenAiJson.number(told, "rate"));
		}
	}

	private void item(JsonNode event) {
		JsonNode item = event.path("item");
		this.conversation.seen(event);
		switch (OpenAiJson.text(item, "type")) {
			case "function_call_output" -> {
				String callId = OpenAiJson.text(item, "call_id");
				this.turns.accept((machine, now) -> machine.calls().resultConfirmed(callId));
			}
			case "function_call" ->
				this.turns.accept((machine, now) -> machine.calls().itemTold(CallEvent.ofItem(item)));
			case "mcp_approval_response" -> {
				String id = OpenAiJson.text(item, "approval_request_id");
				this.turns.accept((machine, now) -> machine.calls().approvalOver(id));
			}
			default -> {
				// The history is all that it concerns
			}
		}
	}

	private List<StreamChunk> itemDone(JsonNode event) {
		item(event);
		JsonNode item = event.path("item");
		return "mcp_call".equals(OpenAiJson.text(item, "type")) ? this.responses.callOfMcp(item) : List.of();
	}

	private void deleted(String itemId) {
		this.conversation.deleted(itemId);
		this.turns.accept((machine, now) -> machine.deleted(itemId));
	}

	private void truncated(JsonNode event) {
		String itemId = OpenAiJson.text(event, "item_id");
		Duration heard = Duration.ofMillis(OpenAiJson.number(event, "audio_end_ms"));
		this.conversation.truncated(itemId, this.spoken.share(itemId, heard));
	}

	private List<StreamChunk> error(JsonNode event) {
		OpenAiErrorException error = this.turns.errorOf(event);
		if (OpenAiErrors.isFatal(error)) {
			throw OpenAiErrors.permanent(error);
		}
		if (OpenAiErrors.isExpiry(error)) {
			this.expiryListener.run();
		}
		if (error.eventId() != null) {
			this.conversation.refused(error.eventId());
		}
		boolean update = this.changes.refused(error);
		boolean told = update || this.turns.apply((machine, now) -> machine.error(error, now));
		return told ? List.of(StreamChunk.failure(error)) : List.of();
	}

}
