package dev.streaming.openai;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Events of the provider, and their use.
 */
enum OpenAiServerEvent {

	/** An error, most of which leave the session as it is. */
	ERROR("error", Use.CHUNK),

	/** The session is there. */
	SESSION_CREATED("session.created", Use.INSIDE),

	/** The session is set up. */
	SESSION_UPDATED("session.updated", Use.INSIDE),

	/** The conversation is there. */
	CONVERSATION_CREATED("conversation.created", Use.INSIDE),

	/** An item has joined the conversation. */
	ITEM_ADDED("conversation.item.added", Use.INSIDE),

	/** As {@link #ITEM_ADDED}, before it was split from {@link #ITEM_DONE}. */
	ITEM_CREATED("conversation.item.created", Use.INSIDE),

	/** An item is complete. */
	ITEM_DONE("conversation.item.done", Use.INSIDE),

	/** An item has gone. */
	ITEM_DELETED("conversation.item.deleted", Use.INSIDE),

	/** An item that was requested. */
	ITEM_RETRIEVED("conversation.item.retrieved", Use.CHUNK),

	/** An item was cut to what was heard. */
	ITEM_TRUNCATED("conversation.item.truncated", Use.INSIDE),

	/** A part of the speech of the user. */
	TRANSCRIPTION_DELTA("conversation.item.input_audio_transcription.delta", Use.CHUNK),

	/** Speech of the user. */
	TRANSCRIPTION_COMPLETED("conversation.item.input_audio_transcription.completed", Use.CHUNK),

	/** Speech of one of several speakers. */
	TRANSCRIPTION_SEGMENT("conversation.item.input_audio_transcription.segment", Use.CHUNK),

	/** The speech of the user could not be transcribed. */
	TRANSCRIPTION_FAILED("conversation.item.input_audio_transcription.failed", Use.CHUNK),

	/** The speech of the user is an item. */
	BUFFER_COMMITTED("input_audio_buffer.committed", Use.INSIDE),

	/** The speech of the user was dropped. */
	BUFFER_CLEARED("input_audio_buffer.cleared", Use.INSIDE),

	/** A telephone's key. */
	DTMF_RECEIVED("input_audio_buffer.dtmf_event_received", Use.CHUNK),

	/** The user speaks. */
	SPEECH_STARTED("input_audio_buffer.speech_started", Use.CHUNK),

	/** The user is silent. */
	SPEECH_STOPPED("input_audio_buffer.speech_stopped", Use.CHUNK),

	/** The user has been silent for long. */
	BUFFER_TIMEOUT("input_audio_buffer.timeout_triggered", Use.CHUNK),

	/** An MCP server's tools are known. */
	MCP_LIST_COMPLETED("mcp_list_tools.completed", Use.IGNORED),

	/** An MCP server's tools are not known. */
	MCP_LIST_FAILED("mcp_list_tools.failed", Use.CHUNK),

	/** An MCP server is asked for its tools. */
	MCP_LIST_IN_PROGRESS("mcp_list_tools.in_progress", Use.IGNORED),

	/** Playing has been cut off. */
	OUTPUT_BUFFER_CLEARED("output_audio_buffer.cleared", Use.IGNORED),

	/** Playing has started. */
	OUTPUT_BUFFER_STARTED("output_audio_buffer.started", Use.IGNORED),

	/** Playing has ended. */
	OUTPUT_BUFFER_STOPPED("output_audio_buffer.stopped", Use.IGNORED),

	/** Rate limits that are left. */
	RATE_LIMITS("rate_limits.updated", Use.IGNORED),

	/** A part of an item begins. */
	PART_ADDED("response.content_part.added", Use.IGNORED),

	/** A part of an item is complete. */
	PART_DONE("response.content_part.done", Use.IGNORED),

	/** A response begins. */
	RESPONSE_CREATED("response.created", Use.INSIDE),

	/** A response has ended. */
	RESPONSE_DONE("response.done", Use.CHUNK),

	/** The arguments of a tool call, in pieces. */
	ARGUMENTS_DELTA("response.function_call_arguments.delta", Use.IGNORED),

	/** The arguments of a tool call. */
	ARGUMENTS_DONE("response.function_call_arguments.done", Use.CHUNK),

	/** The provider has called an MCP tool. */
	MCP_CALL_COMPLETED("response.mcp_call.completed", Use.IGNORED),

	/** The provider could not call an MCP tool. */
	MCP_CALL_FAILED("response.mcp_call.failed", Use.CHUNK),

	/** The provider calls an MCP tool. */
	MCP_CALL_IN_PROGRESS("response.mcp_call.in_progress", Use.IGNORED),

	/** The arguments of an MCP call, in pieces. */
	MCP_ARGUMENTS_DELTA("response.mcp_call_arguments.delta", Use.IGNORED),

	/** The arguments of an MCP call. */
	MCP_ARGUMENTS_DONE("response.mcp_call_arguments.done", Use.IGNORED),

	/** A piece of speech. */
	AUDIO_DELTA("response.output_audio.delta", Use.CHUNK, "response.audio.delta"),

	/** The speech is complete. */
	AUDIO_DONE("response.output_audio.done", Use.IGNORED, "response.audio.done"),

	/** A piece of the transcript. */
	TRANSCRIPT_DELTA("response.output_audio_transcript.delta", Use.CHUNK, "response.audio_transcript.delta"),

	/** Spoken audio of the model. */
	TRANSCRIPT_DONE("response.output_audio_transcript.done", Use.CHUNK, "response.audio_transcript.done"),

	/** An item of a response begins. */
	OUTPUT_ITEM_ADDED("response.output_item.added", Use.INSIDE),

	/** An item of a response is complete. */
	OUTPUT_ITEM_DONE("response.output_item.done", Use.CHUNK),

	/** A piece of text. */
	TEXT_DELTA("response.output_text.delta", Use.CHUNK, "response.text.delta"),

	/** A text. */
	TEXT_DONE("response.output_text.done", Use.CHUNK, "response.text.done");

	private static final Map<String, OpenAiServerEvent> BY_TYPE = byType();

	private final String type;

	private final Use use;

	private final List<String> betaTypes;

	OpenAiServerEvent(String type, Use use, String... betaTypes) {
		this.type = type;
		this.use = use;
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
