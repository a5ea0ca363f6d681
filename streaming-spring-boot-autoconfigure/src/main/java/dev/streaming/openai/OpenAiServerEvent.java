package dev.streaming.openai;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Events of the provider, and their purpose.
 */
enum OpenAiServerEvent {

	/** An error, most of which do not affect the session. */
	ERROR("error", Use.CHUNK),

	/** The session was created. */
	SESSION_CREATED("session.created", Use.CHUNK),

	/** The settings of the session were updated. */
	SESSION_UPDATED("session.updated", Use.INSIDE),

	/** The conversation was created. */
	CONVERSATION_CREATED("conversation.created", Use.INSIDE),

	/** An item was added to the conversation. */
	ITEM_ADDED("conversation.item.added", Use.INSIDE),

	/** As {@link #ITEM_ADDED}, before it was split from {@link #ITEM_DONE}. */
	ITEM_CREATED("conversation.item.created", Use.INSIDE),

	/** An item is complete. */
	ITEM_DONE("conversation.item.done", Use.CHUNK),

	/** An item was deleted. */
	ITEM_DELETED("conversation.item.deleted", Use.INSIDE),

	/** An item that was requested. */
	ITEM_RETRIEVED("conversation.item.retrieved", Use.CHUNK),

	/** An item was truncated to the audio that was heard. */
	ITEM_TRUNCATED("conversation.item.truncated", Use.INSIDE),

	/** A part of the speech of the user. */
	TRANSCRIPTION_DELTA("conversation.item.input_audio_transcription.delta", Use.CHUNK),

	/** Speech of the user. */
	TRANSCRIPTION_COMPLETED("conversation.item.input_audio_transcription.completed", Use.CHUNK),

	/** Speech of one of several speakers. */
	TRANSCRIPTION_SEGMENT("conversation.item.input_audio_transcription.segment", Use.CHUNK),

	/** The speech of the user could not be transcribed. */
	TRANSCRIPTION_FAILED("conversation.item.input_audio_transcription.failed", Use.CHUNK),

	/** The speech of the user became an item. */
	BUFFER_COMMITTED("input_audio_buffer.committed", Use.INSIDE),

	/** The audio buffer was cleared. */
	BUFFER_CLEARED("input_audio_buffer.cleared", Use.INSIDE),

	/** A key of a telephone. */
	DTMF_RECEIVED("input_audio_buffer.dtmf_event_received", Use.CHUNK),

	/** The user started to speak. */
	SPEECH_STARTED("input_audio_buffer.speech_started", Use.CHUNK),

	/** The user stopped speaking. */
	SPEECH_STOPPED("input_audio_buffer.speech_stopped", Use.CHUNK),

	/** The user was silent for the idle timeout. */
	BUFFER_TIMEOUT("input_audio_buffer.timeout_triggered", Use.CHUNK),

	/** The tools of an MCP server were listed. */
	MCP_LIST_COMPLETED("mcp_list_tools.completed", Use.IGNORED),

	/** The tools of an MCP server could not be listed. */
	MCP_LIST_FAILED("mcp_list_tools.failed", Use.CHUNK),

	/** The tools of an MCP server are being listed. */
	MCP_LIST_IN_PROGRESS("mcp_list_tools.in_progress", Use.IGNORED),

	/** Playback was cut off. */
	OUTPUT_BUFFER_CLEARED("output_audio_buffer.cleared", Use.CHUNK),

	/** Playback has started. */
	OUTPUT_BUFFER_STARTED("output_audio_buffer.started", Use.CHUNK),

	/** Playback has ended. */
	OUTPUT_BUFFER_STOPPED("output_audio_buffer.stopped", Use.CHUNK),

	/** The remaining rate limits. */
	RATE_LIMITS("rate_limits.updated", Use.CHUNK),

	/** A part of an item begins. */
	PART_ADDED("response.content_part.added", Use.INSIDE),

	/** A part of an item is complete. */
	PART_DONE("response.content_part.done", Use.IGNORED),

	/** A response begins. */
	RESPONSE_CREATED("response.created", Use.INSIDE),

	/** A response has ended. */
	RESPONSE_DONE("response.done", Use.CHUNK),

	/** The arguments of a tool call, in pieces. */
	ARGUMENTS_DELTA("response.function_call_arguments.delta", Use.INSIDE),

	/** The arguments of a tool call. */
	ARGUMENTS_DONE("response.function_call_arguments.done", Use.INSIDE),

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

	/** A piece of audio. */
	AUDIO_DELTA("response.output_audio.delta", Use.CHUNK, "response.audio.delta"),

	/** The audio is complete. */
	AUDIO_DONE("response.output_audio.done", Use.IGNORED, "response.audio.done"),

	/** A piece of the transcript. */
	TRANSCRIPT_DELTA("response.output_audio_transcript.delta", Use.CHUNK, "response.audio_transcript.delta"),

	/** The transcript is complete. */
	TRANSCRIPT_DONE("response.output_audio_transcript.done", Use.CHUNK, "response.audio_transcript.done"),

	/** An item of a response begins. */
	OUTPUT_ITEM_ADDED("response.output_item.added", Use.INSIDE),

	/** An item of a response is complete. */
	OUTPUT_ITEM_DONE("response.output_item.done", Use.CHUNK),

	/** A piece of text. */
	TEXT_DELTA("response.output_text.delta", Use.CHUNK, "response.text.delta"),

	/** The text is complete. */
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
	 * Return the event of a current type, or of one of the beta.
	 * @param type the type
	 * @return the event, or {@code null} if the type is unknown
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

		/** The event becomes a chunk. */
		CHUNK,

		/** The handler uses the event internally. */
		INSIDE,

		/** The event is ignored. */
		IGNORED

	}

}
