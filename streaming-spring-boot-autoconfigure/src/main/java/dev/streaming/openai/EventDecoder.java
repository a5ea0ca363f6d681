package dev.streaming.openai;

import java.time.Duration;
import java.util.List;

import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import tools.jackson.databind.JsonNode;

/**
 * Dispatches each event to the components it concerns. Confined to the session's task.
 */
final class EventDecoder {

	private final OpenAiTurns turns;

	private final SpokenAudio spoken;

	private final OpenAiConversation conversation;

	private final SessionChanges changes;

	private final SessionExpiry expiry;

	private final ResponseDecoder responses;

	private final InputDecoder input;

	// Whether the connection is being set up, so that session.updated confirms the setup
	private boolean settingUp;

	/**
	 * Create a decoder.
	 * @param turns the state of the conversation
	 * @param spoken the audio of the newest answer
	 * @param conversation the history
	 * @param changes the changes of the settings
	 * @param responses decodes the parts of responses
	 * @param expiry the expiry of the session at the provider
	 */
	EventDecoder(OpenAiTurns turns, SpokenAudio spoken, OpenAiConversation conversation, SessionChanges changes,
			ResponseDecoder responses, SessionExpiry expiry) {
		this.turns = turns;
		this.spoken = spoken;
		this.conversation = conversation;
		this.changes = changes;
		this.responses = responses;
		this.expiry = expiry;
		this.input = new InputDecoder(turns, conversation);
	}

	/**
	 * Reset the state of incomplete responses and transcripts, because the connection has
	 * ended.
	 */
	void reset() {
		this.responses.reset();
		this.input.reset();
	}

	void settingUp(boolean settingUp) {
		this.settingUp = settingUp;
	}

	/**
	 * Convert an event to chunks.
	 * @param kind the kind of the event
	 * @param event the event
	 * @return the chunks, in order
	 */
	List<StreamChunk> decode(OpenAiServerEvent kind, JsonNode event) {
		return switch (kind) {
			case ERROR -> error(event);
			case SESSION_CREATED -> created(event.path("session"));
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
			case BUFFER_CLEARED -> none(this.input::cleared);
			case DTMF_RECEIVED ->
				List.of(Signals.builder(kind.type(), event).metadata("key", OpenAiJson.text(event, "event")).build());
			case SPEECH_STARTED -> this.input.speechStarted(event);
			case SPEECH_STOPPED -> this.input.speechStopped(event);
			case BUFFER_TIMEOUT -> this.input.timedOut(event);
			case MCP_LIST_FAILED -> List.of(Signals.builder(kind.type(), event, "item_id")
				.error(new StreamingException("The tools of an MCP server could not be listed"))
				.build());
			case MCP_CALL_FAILED -> this.responses.callOfMcpFailed(event);
			case RATE_LIMITS -> List.of(Signals.of(kind.type(), event, "rate_limits"));
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
			case OUTPUT_BUFFER_CLEARED, OUTPUT_BUFFER_STARTED, OUTPUT_BUFFER_STOPPED ->
				List.of(Signals.of(kind.type(), event, "response_id"));
			case PART_DONE, MCP_CALL_COMPLETED, MCP_CALL_IN_PROGRESS, MCP_ARGUMENTS_DELTA, MCP_ARGUMENTS_DONE,
					AUDIO_DONE ->
				none(() -> this.responses.goesOn(event));
			case CONVERSATION_CREATED, MCP_LIST_COMPLETED, MCP_LIST_IN_PROGRESS -> List.of();
		};
	}

	private static List<StreamChunk> none(Runnable inside) {
		inside.run();
		return List.of();
	}

	// Only a provider that reports the session's expiry reports its other settings
	private List<StreamChunk> created(JsonNode session) {
		settings(session);
		if (OpenAiJson.number(session, "expires_at") <= 0) {
			return List.of();
		}
		StreamChunk.Builder chunk = Signals.builder(OpenAiServerEvent.SESSION_CREATED.type(), session, "expires_at",
				"model");
		String id = OpenAiJson.text(session, "id");
		return List.of((id.isEmpty() ? chunk : chunk.metadata("session_id", id)).build());
	}

	private void updated(JsonNode session) {
		JsonNode changed = this.settingUp ? null : this.changes.confirmed();
		if (changed != null) {
			// The provider may confirm a change without repeating the settings
			settings(changed);
		}
		settings(session);
	}

	/**
	 * Apply the session's settings as the provider reports them, which may differ from
	 * those requested.
	 * @param session its settings
	 */
	private void settings(JsonNode session) {
		this.turns.reported(session);
		this.turns.heard().settings(session);
		this.expiry.announced(OpenAiJson.number(session, "expires_at"));
		JsonNode reported = session.path("audio").path("output").path("format");
		String name = reported.isString() ? reported.stringValue() : OpenAiJson.text(reported, "type");
		OpenAiAudioFormat format = OpenAiAudioFormat
			.named(name.isEmpty() ? OpenAiJson.text(session, "output_audio_format") : name);
		if (format != null) {
			this.spoken.format(format, OpenAiJson.number(reported, "rate"));
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
				this.turns.accept((machine, now) -> machine.calls().itemUpdated(CallEvent.ofItem(item)));
			case "mcp_approval_response" -> {
				String id = OpenAiJson.text(item, "approval_request_id");
				this.turns.accept((machine, now) -> machine.calls().approvalOver(id));
			}
			default -> {
				// Relevant for the history only
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
			this.expiry.passed();
		}
		if (error.eventId() != null) {
			this.conversation.refused(error.eventId());
		}
		boolean update = this.changes.refused(error);
		boolean reported = update || this.turns.apply((machine, now) -> machine.error(error, now));
		return reported ? List.of(StreamChunk.failure(error)) : List.of();
	}

}
