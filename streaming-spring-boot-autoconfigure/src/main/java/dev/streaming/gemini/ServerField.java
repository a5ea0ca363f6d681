package dev.streaming.gemini;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Every field that a server message of the Live API may have, and what becomes of it: the
 * one table behind the documentation, and what tells a known field from an unknown one.
 */
enum ServerField {

	// One object a line, one field a row; a row's text is the documentation's

	SETUP_COMPLETE("LiveServerMessage", "setupComplete", Use.INSIDE, "ends the setup; sends are held back until then"),
	SERVER_CONTENT("LiveServerMessage", "serverContent", Use.CHUNK, "see LiveServerContent"),
	TOOL_CALL("LiveServerMessage", "toolCall", Use.CHUNK, "see LiveServerToolCall"),
	TOOL_CALL_CANCELLATION("LiveServerMessage", "toolCallCancellation", Use.CHUNK,
			"see LiveServerToolCallCancellation"),
	USAGE_METADATA("LiveServerMessage", "usageMetadata", Use.CHUNK,
			"`usage`, and all counts as metadata `usageMetadata`; on the finishing chunk if it comes with `turnComplete`"),
	GO_AWAY("LiveServerMessage", "goAway", Use.INSIDE, "a planned change of connection"),
	SESSION_RESUMPTION_UPDATE("LiveServerMessage", "sessionResumptionUpdate", Use.INSIDE,
			"see LiveServerSessionResumptionUpdate"),
	VOICE_ACTIVITY_DETECTION_SIGNAL("LiveServerMessage", "voiceActivityDetectionSignal", Use.CHUNK,
			"see VoiceActivityDetectionSignal"),
	VOICE_ACTIVITY("LiveServerMessage", "voiceActivity", Use.CHUNK, "see VoiceActivity"),

	SETUP_SESSION_ID("LiveServerSetupComplete", "sessionId", Use.IGNORED,
			"nothing takes it: a session is resumed by its handle"),
	SETUP_VOICE_CONSENT("LiveServerSetupComplete", "voiceConsentSignature", Use.IGNORED,
			"for custom voices, which the settings do not offer"),

	MODEL_TURN("LiveServerContent", "modelTurn", Use.CHUNK, "see Content"),
	TURN_COMPLETE("LiveServerContent", "turnComplete", Use.CHUNK, "`finishReason`, and the whole answer as `content`"),
	INTERRUPTED("LiveServerContent", "interrupted", Use.CHUNK, "`interrupted`; the turn then ends with `CANCELLED`"),
	GROUNDING_METADATA("LiveServerContent", "groundingMetadata", Use.CHUNK, "metadata `groundingMetadata`"),
	GENERATION_COMPLETE("LiveServerContent", "generationComplete", Use.CHUNK,
			"metadata `generationComplete`; the end of the turn comes later, when the audio would have been played"),
	INPUT_TRANSCRIPTION("LiveServerContent", "inputTranscription", Use.CHUNK,
			"`delta` and `content` with source `input`; see Transcription"),
	INTERIM_INPUT_TRANSCRIPTION("LiveServerContent", "interimInputTranscription", Use.CHUNK,
			"`content` with source `input` and metadata `interim`, to be replaced by what follows"),
	OUTPUT_TRANSCRIPTION("LiveServerContent", "outputTranscription", Use.CHUNK,
			"`delta` and `content` with metadata `transcript`; see Transcription"),
	URL_CONTEXT_METADATA("LiveServerContent", "urlContextMetadata", Use.CHUNK, "metadata `urlContextMetadata`"),
	TURN_COMPLETE_REASON("LiveServerContent", "turnCompleteReason", Use.CHUNK,
			"decides on `finishReason`, and is metadata `reason` of the finishing chunk"),
	WAITING_FOR_INPUT("LiveServerContent", "waitingForInput", Use.CHUNK, "metadata `waitingForInput`"),
	INTERACTION_STATUS("LiveServerContent", "interactionStatus", Use.CHUNK, "metadata `interactionStatus`"),

	FUNCTION_CALLS("LiveServerToolCall", "functionCalls", Use.CHUNK,
			"`toolCalls`; metadata `handled` if the session calls the tools itself"),

	CANCELLED_IDS("LiveServerToolCallCancellation", "ids", Use.CHUNK,
			"metadata `event` `tool_calls_cancelled` and `ids`; tools that run are cancelled, their results not sent"),

	TIME_LEFT("LiveServerGoAway", "timeLeft", Use.INSIDE, "how long a turn may hold up the change of connection"),

	NEW_HANDLE("LiveServerSessionResumptionUpdate", "newHandle", Use.INSIDE,
			"resumes the session on the next connection; one that comes in mid-turn counts when the turn has ended"),
	RESUMABLE("LiveServerSessionResumptionUpdate", "resumable", Use.INSIDE, "a handle is kept only if it is true"),
	LAST_CONSUMED_INDEX("LiveServerSessionResumptionUpdate", "lastConsumedClientMessageIndex", Use.IGNORED,
			"sent messages are not kept to be sent again"),

	PROMPT_TOKENS("UsageMetadata", "promptTokenCount", Use.CHUNK, "`usage.inputTokens`"),
	TOOL_USE_PROMPT_TOKENS("UsageMetadata", "toolUsePromptTokenCount", Use.CHUNK, "added to `usage.inputTokens`"),
	RESPONSE_TOKENS("UsageMetadata", "responseTokenCount", Use.CHUNK, "`usage.outputTokens`"),
	THOUGHTS_TOKENS("UsageMetadata", "thoughtsTokenCount", Use.CHUNK, "added to `usage.outputTokens`"),
	TOTAL_TOKENS("UsageMetadata", "totalTokenCount", Use.CHUNK, "`usage.totalTokens`"),
	CACHED_CONTENT_TOKENS("UsageMetadata", "cachedContentTokenCount", Use.CHUNK, "in metadata `usageMetadata`"),
	PROMPT_DETAILS("UsageMetadata", "promptTokensDetails", Use.CHUNK, "in metadata `usageMetadata`"),
	RESPONSE_DETAILS("UsageMetadata", "responseTokensDetails", Use.CHUNK, "in metadata `usageMetadata`"),
	CACHE_DETAILS("UsageMetadata", "cacheTokensDetails", Use.CHUNK, "in metadata `usageMetadata`"),
	TOOL_USE_DETAILS("UsageMetadata", "toolUsePromptTokensDetails", Use.CHUNK, "in metadata `usageMetadata`"),
	TRAFFIC_TYPE("UsageMetadata", "trafficType", Use.CHUNK, "in metadata `usageMetadata`"),
	SERVICE_TIER("UsageMetadata", "serviceTier", Use.CHUNK, "in metadata `usageMetadata`"),

	VAD_SIGNAL_TYPE("VoiceActivityDetectionSignal", "vadSignalType", Use.CHUNK,
			"metadata `event` `activity_start` or `activity_end`, with source `input`"),

	VOICE_ACTIVITY_TYPE("VoiceActivity", "voiceActivityType", Use.CHUNK,
			"metadata `event` `activity_start` or `activity_end`, with source `input`"),
	VOICE_ACTIVITY_OFFSET("VoiceActivity", "audioOffset", Use.CHUNK, "metadata `audioOffset`"),

	TRANSCRIPTION_TEXT("Transcription", "text", Use.CHUNK, "`delta`"),
	TRANSCRIPTION_FINISHED("Transcription", "finished", Use.CHUNK, "metadata `final`"),
	TRANSCRIPTION_LANGUAGE("Transcription", "languageCode", Use.CHUNK, "metadata `languageCode`"),
	TRANSCRIPTION_SPEAKER("Transcription", "speakerLabel", Use.CHUNK, "metadata `speakerLabel`"),
	TRANSCRIPTION_WORDS("Transcription", "words", Use.CHUNK, "metadata `words`"),
	TRANSCRIPTION_START("Transcription", "startOffset", Use.CHUNK, "metadata `startOffset`"),
	TRANSCRIPTION_END("Transcription", "endOffset", Use.CHUNK, "metadata `endOffset`"),

	CONTENT_PARTS("Content", "parts", Use.CHUNK, "a chunk for each part; see Part"),
	CONTENT_ROLE("Content", "role", Use.IGNORED, "always the model's"),

	PART_TEXT("Part", "text", Use.CHUNK, "`delta` and `content`, or `reasoning` of a thought"),
	PART_THOUGHT("Part", "thought", Use.CHUNK, "makes the text `reasoning`"),
	PART_INLINE_DATA("Part", "inlineData", Use.CHUNK, "`media`; see Blob_2"),
	PART_FUNCTION_CALL("Part", "functionCall", Use.CHUNK, "`toolCalls`; see FunctionCall"),
	PART_EXECUTABLE_CODE("Part", "executableCode", Use.CHUNK, "metadata `executableCode`; the provider runs it"),
	PART_CODE_RESULT("Part", "codeExecutionResult", Use.CHUNK, "metadata `codeExecutionResult`"),
	PART_TOOL_CALL("Part", "toolCall", Use.CHUNK, "metadata `toolCall`; the provider runs it"),
	PART_TOOL_RESPONSE("Part", "toolResponse", Use.CHUNK, "metadata `toolResponse`"),
	PART_FILE_DATA("Part", "fileData", Use.CHUNK, "metadata `fileData`; the file is not fetched"),
	PART_AUDIO_TRANSCRIPTION("Part", "audioTranscription", Use.CHUNK,
			"metadata `audioTranscription`; the text of an answer is in `outputTranscription`"),
	PART_THOUGHT_SIGNATURE("Part", "thoughtSignature", Use.CHUNK, "metadata `thoughtSignature`"),
	PART_METADATA("Part", "partMetadata", Use.CHUNK, "metadata `partMetadata`"),
	PART_SPEECH_METADATA("Part", "speechMetadata", Use.CHUNK, "metadata `speechMetadata`"),
	PART_FUNCTION_RESPONSE("Part", "functionResponse", Use.IGNORED, "an echo of a result that we sent"),
	PART_MEDIA_RESOLUTION("Part", "mediaResolution", Use.IGNORED,
			"says how input is to be read, not what an answer is"),
	PART_VIDEO_METADATA("Part", "videoMetadata", Use.IGNORED, "says how input is to be read, not what an answer is"),
	PART_MEDIA_PROCESSING("Part", "mediaProcessing", Use.IGNORED,
			"says how input is to be read, not what an answer is"),

	CALL_ID("FunctionCall", "id", Use.CHUNK, "`id`; one of ours if there is none, as on Vertex AI"),
	CALL_NAME("FunctionCall", "name", Use.CHUNK, "`name`"),
	CALL_ARGS("FunctionCall", "args", Use.CHUNK, "`arguments`, as JSON"),
	CALL_PARTIAL_ARGS("FunctionCall", "partialArgs", Use.CHUNK, "put together, so that a call is delivered whole"),
	CALL_WILL_CONTINUE("FunctionCall", "willContinue", Use.INSIDE, "the call is held back until it is whole"),

	RESPONSE_ID("FunctionResponse", "id", Use.IGNORED, "an echo of a result that we sent"),
	RESPONSE_NAME("FunctionResponse", "name", Use.IGNORED, "an echo of a result that we sent"),
	RESPONSE_PARTS("FunctionResponse", "parts", Use.IGNORED, "an echo of a result that we sent"),
	RESPONSE_RESPONSE("FunctionResponse", "response", Use.IGNORED, "an echo of a result that we sent"),
	RESPONSE_SCHEDULING("FunctionResponse", "scheduling", Use.IGNORED, "an echo of a result that we sent"),
	RESPONSE_WILL_CONTINUE("FunctionResponse", "willContinue", Use.IGNORED, "an echo of a result that we sent"),

	BLOB_DATA("Blob_2", "data", Use.CHUNK, "`media.data`, decoded"),
	BLOB_MIME_TYPE("Blob_2", "mimeType", Use.CHUNK,
			"`media.mimeType`, with rate and channels taken from its parameters; PCM of 24 kHz if there is none"),
	BLOB_DISPLAY_NAME("Blob_2", "displayName", Use.CHUNK, "metadata `displayName`");

	private static final Map<String, Map<String, ServerField>> TABLE = Arrays.stream(values())
		.collect(Collectors.groupingBy(ServerField::object,
				Collectors.toUnmodifiableMap(ServerField::field, Function.identity())));

	private final String object;

	private final String field;

	private final Use use;

	private final String what;

	ServerField(String object, String field, Use use, String what) {
		this.object = object;
		this.field = field;
		this.use = use;
		this.what = what;
	}

	/**
	 * Find the row of a field.
	 * @param object the type of the object, named as in Google's SDKs
	 * @param field the field's name on the wire
	 * @return the row, or {@code null} for a field that is not known
	 */
	static @Nullable ServerField find(String object, String field) {
		Map<String, ServerField> fields = TABLE.get(object);
		return (fields != null) ? fields.get(field) : null;
	}

	String object() {
		return this.object;
	}

	String field() {
		return this.field;
	}

	Use use() {
		return this.use;
	}

	String what() {
		return this.what;
	}

	/**
	 * What becomes of a field.
	 */
	enum Use {

		/** It shows in a chunk. */
		CHUNK,

		/** The handler acts on it. */
		INSIDE,

		/** It is passed over, for the reason given. */
		IGNORED

	}

}
