package dev.streaming.openai;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Events of the provider, and their handling: the single table of both. The documentation
 * repeats it, and a test holds it against the provider's list.
 */
enum OpenAiServerEvent {

	/** An error, most of which leave the session as it is. */
	ERROR("error", Use.CHUNK,
			"`error`; fatal codes end the session; one that answers our own `response.create`"
					+ " or `response.cancel` and needs nobody is used inside"),

	/** The session is there. */
	SESSION_CREATED("session.created", Use.INSIDE, "the setup waits for it before it sends `session.update`"),

	/** The session is set up. */
	SESSION_UPDATED("session.updated", Use.INSIDE,
			"the setup waits for it; tells turn detection and the format of output audio"),

	/** The conversation is there. */
	CONVERSATION_CREATED("conversation.created", Use.INSIDE,
			"the setup goes on if no `session.created` follows within a second, as compatible endpoints do"),

	/** An item has joined the conversation. */
	ITEM_ADDED("conversation.item.added", Use.INSIDE, "history; results of tools"),

	/** As {@link #ITEM_ADDED}, before it was split from {@link #ITEM_DONE}. */
	ITEM_CREATED("conversation.item.created", Use.INSIDE, "history; results of tools"),

	/** An item is complete. */
	ITEM_DONE("conversation.item.done", Use.INSIDE, "history; results of tools"),

	/** An item has gone. */
	ITEM_DELETED("conversation.item.deleted", Use.INSIDE, "history"),

	/** An item that was requested. */
	ITEM_RETRIEVED("conversation.item.retrieved", Use.CHUNK, "metadata `event`, `item` (raw JSON)"),

	/** An item was cut to what was heard. */
	ITEM_TRUNCATED("conversation.item.truncated", Use.INSIDE, "history: the text is cut to the share that was heard"),

	/** A part of the speech of the user. */
	TRANSCRIPTION_DELTA("conversation.item.input_audio_transcription.delta", Use.CHUNK,
			"`delta` and `content`, `source` `input`"),

	/** Speech of the user. */
	TRANSCRIPTION_COMPLETED("conversation.item.input_audio_transcription.completed", Use.CHUNK,
			"`content`, `delta` (what no delta brought), `source` `input`, `usage`; history"),

	/** Speech of one of several speakers. */
	TRANSCRIPTION_SEGMENT("conversation.item.input_audio_transcription.segment", Use.CHUNK,
			"`content`, `source` `input`, metadata `speaker`, `start`, `end`"),

	/** The speech of the user could not be transcribed. */
	TRANSCRIPTION_FAILED("conversation.item.input_audio_transcription.failed", Use.CHUNK, "`error`, `source` `input`"),

	/** The speech of the user is an item. */
	BUFFER_COMMITTED("input_audio_buffer.committed", Use.INSIDE, "history: keeps the place of the transcript"),

	/** The speech of the user was dropped. */
	BUFFER_CLEARED("input_audio_buffer.cleared", Use.INSIDE, "the user's turn is over"),

	/** A telephone's key. */
	DTMF_RECEIVED("input_audio_buffer.dtmf_event_received", Use.CHUNK, "metadata `event`, `key`"),

	/** The user speaks. */
	SPEECH_STARTED("input_audio_buffer.speech_started", Use.CHUNK,
			"metadata `event`, `audio_start_ms`; `interrupted` during a response"),

	/** The user is silent. */
	SPEECH_STOPPED("input_audio_buffer.speech_stopped", Use.CHUNK, "metadata `event`, `audio_end_ms`"),

	/** The user has been silent for long. */
	BUFFER_TIMEOUT("input_audio_buffer.timeout_triggered", Use.CHUNK,
			"metadata `event`, `audio_start_ms`, `audio_end_ms`"),

	/** An MCP server's tools are known. */
	MCP_LIST_COMPLETED("mcp_list_tools.completed", Use.IGNORED, "the provider itself talks to MCP servers"),

	/** An MCP server's tools are not known. */
	MCP_LIST_FAILED("mcp_list_tools.failed", Use.CHUNK, "`error`"),

	/** An MCP server is asked for its tools. */
	MCP_LIST_IN_PROGRESS("mcp_list_tools.in_progress", Use.IGNORED, "the provider itself talks to MCP servers"),

	/** Playing has been cut off. */
	OUTPUT_BUFFER_CLEARED("output_audio_buffer.cleared", Use.IGNORED, "WebRTC and SIP: here the client plays"),

	/** Playing has started. */
	OUTPUT_BUFFER_STARTED("output_audio_buffer.started", Use.IGNORED, "WebRTC and SIP: here the client plays"),

	/** Playing has ended. */
	OUTPUT_BUFFER_STOPPED("output_audio_buffer.stopped", Use.IGNORED, "WebRTC and SIP: here the client plays"),

	/** Rate limits that are left. */
	RATE_LIMITS("rate_limits.updated", Use.IGNORED, "who meets a limit gets an error"),

	/** A part of an item begins. */
	PART_ADDED("response.content_part.added", Use.IGNORED, "empty; its content comes as deltas"),

	/** A part of an item is complete. */
	PART_DONE("response.content_part.done", Use.IGNORED, "repeats what the deltas brought"),

	/** A response begins. */
	RESPONSE_CREATED("response.created", Use.INSIDE, "one response at a time"),

	/** A response has ended. */
	RESPONSE_DONE("response.done", Use.CHUNK,
			"`finishReason`, `content`, `usage`, `error` if it failed, metadata `status`, `reason`;"
					+ " tool calls that came no other way; sends a `response.create` that waits"),

	/** The arguments of a tool call, in pieces. */
	ARGUMENTS_DELTA("response.function_call_arguments.delta", Use.IGNORED, "a tool call is delivered whole"),

	/** The arguments of a tool call. */
	ARGUMENTS_DONE("response.function_call_arguments.done", Use.CHUNK, "`toolCalls`, once for each call"),

	/** The provider has called an MCP tool. */
	MCP_CALL_COMPLETED("response.mcp_call.completed", Use.IGNORED, "the provider calls MCP tools and uses the result"),

	/** The provider could not call an MCP tool. */
	MCP_CALL_FAILED("response.mcp_call.failed", Use.CHUNK, "`error`"),

	/** The provider calls an MCP tool. */
	MCP_CALL_IN_PROGRESS("response.mcp_call.in_progress", Use.IGNORED,
			"the provider calls MCP tools and uses the result"),

	/** The arguments of an MCP call, in pieces. */
	MCP_ARGUMENTS_DELTA("response.mcp_call_arguments.delta", Use.IGNORED,
			"the provider calls MCP tools and uses the result"),

	/** The arguments of an MCP call. */
	MCP_ARGUMENTS_DONE("response.mcp_call_arguments.done", Use.IGNORED,
			"the provider calls MCP tools and uses the result"),

	/** A piece of speech. */
	AUDIO_DELTA("response.output_audio.delta", Use.CHUNK, "`media`, raw; none after it was truncated",
			"response.audio.delta"),

	/** The speech is complete. */
	AUDIO_DONE("response.output_audio.done", Use.IGNORED, "carries no audio; `response.done` ends the turn",
			"response.audio.done"),

	/** A piece of the transcript. */
	TRANSCRIPT_DELTA("response.output_audio_transcript.delta", Use.CHUNK, "`delta` and `content`",
			"response.audio_transcript.delta"),

	/** Spoken audio of the model. */
	TRANSCRIPT_DONE("response.output_audio_transcript.done", Use.CHUNK,
			"`delta` and `content` of what no delta brought, if anything; history", "response.audio_transcript.done"),

	/** An item of a response begins. */
	OUTPUT_ITEM_ADDED("response.output_item.added", Use.INSIDE, "name and id of a tool call"),

	/** An item of a response is complete. */
	OUTPUT_ITEM_DONE("response.output_item.done", Use.CHUNK,
			"`toolCalls`, once for each call; metadata `event` `mcp_approval_request`, `id`, `name`, `arguments`,"
					+ " `server_label`"),

	/** A piece of text. */
	TEXT_DELTA("response.output_text.delta", Use.CHUNK, "`delta` and `content`", "response.text.delta"),

	/** A text. */
	TEXT_DONE("response.output_text.done", Use.CHUNK,
			"`delta` and `content` of what no delta brought, if anything; history", "response.text.done");

	private static final Map<String, OpenAiServerEvent> BY_TYPE = byType();

	private final String type;

	private final Use use;

	private final String what;

	private final List<String> betaTypes;

	OpenAiServerEvent(String type, Use use, String what, String... betaTypes) {
		this.type = type;
		this.use = use;
		this.what = what;
		this.betaTypes = List.of(betaTypes);
	}

	private static Map<String, OpenAiServerEvent> byType() {
		Map<String, OpenAiServerEvent> events = new HashMap<>();
		Arrays.stream(values()).forEach((event) -> {
			events.put(event.type, event);
			event.betaTypes.forEach((betaType) -> events.put(betaType, event));
		});
		return Map.copyOf(events);
	}

	/**
	 * Return the event of a type, as it is now or was in the beta.
	 * @param type the type
	 * @return the event, or {@code null} for one that is not known
	 */
	static @Nullable OpenAiServerEvent of(String type) {
		return BY_TYPE.get(type);
	}

	String type() {
		return this.type;
	}

	Use use() {
		return this.use;
	}

	String what() {
		return this.what;
	}

	List<String> betaTypes() {
		return this.betaTypes;
	}

	/**
	 * Purpose of an event.
	 */
	enum Use {

		/** It becomes a chunk. */
		CHUNK,

		/** The handler itself needs it. */
		INSIDE,

		/** Nobody needs it. */
		IGNORED

	}

}
