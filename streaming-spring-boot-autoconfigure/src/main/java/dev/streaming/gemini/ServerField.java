package dev.streaming.gemini;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Fields of a server message of the Live API that are read. The objects are named as in
 * Google's SDKs.
 */
enum ServerField {

	// One paragraph for each object

	SETUP_COMPLETE("LiveServerMessage", "setupComplete"), SERVER_CONTENT("LiveServerMessage", "serverContent"),
	TOOL_CALL("LiveServerMessage", "toolCall"), TOOL_CALL_CANCELLATION("LiveServerMessage", "toolCallCancellation"),
	USAGE_METADATA("LiveServerMessage", "usageMetadata"), GO_AWAY("LiveServerMessage", "goAway"),
	SESSION_RESUMPTION_UPDATE("LiveServerMessage", "sessionResumptionUpdate"),
	VOICE_ACTIVITY_DETECTION_SIGNAL("LiveServerMessage", "voiceActivityDetectionSignal"),
	VOICE_ACTIVITY("LiveServerMessage", "voiceActivity"),

	SESSION_ID("LiveServerSetupComplete", "sessionId"),

	MODEL_TURN("LiveServerContent", "modelTurn"), TURN_COMPLETE("LiveServerContent", "turnComplete"),
	INTERRUPTED("LiveServerContent", "interrupted"), GROUNDING_METADATA("LiveServerContent", "groundingMetadata"),
	GENERATION_COMPLETE("LiveServerContent", "generationComplete"),
	INPUT_TRANSCRIPTION("LiveServerContent", "inputTranscription"),
	INTERIM_INPUT_TRANSCRIPTION("LiveServerContent", "interimInputTranscription"),
	OUTPUT_TRANSCRIPTION("LiveServerContent", "outputTranscription"),
	URL_CONTEXT_METADATA("LiveServerContent", "urlContextMetadata"),
	TURN_COMPLETE_REASON("LiveServerContent", "turnCompleteReason"),
	WAITING_FOR_INPUT("LiveServerContent", "waitingForInput"),
	INTERACTION_STATUS("LiveServerContent", "interactionStatus"),

	FUNCTION_CALLS("LiveServerToolCall", "functionCalls"),

	CANCELLED_IDS("LiveServerToolCallCancellation", "ids"),

	TIME_LEFT("LiveServerGoAway", "timeLeft"),

	NEW_HANDLE("LiveServerSessionResumptionUpdate", "newHandle"),
	RESUMABLE("LiveServerSessionResumptionUpdate", "resumable"),

	PROMPT_TOKENS("UsageMetadata", "promptTokenCount"),
	TOOL_USE_PROMPT_TOKENS("UsageMetadata", "toolUsePromptTokenCount"),
	RESPONSE_TOKENS("UsageMetadata", "responseTokenCount"), THOUGHTS_TOKENS("UsageMetadata", "thoughtsTokenCount"),
	TOTAL_TOKENS("UsageMetadata", "totalTokenCount"), CACHED_TOKENS("UsageMetadata", "cachedContentTokenCount"),
	PROMPT_TOKENS_DETAILS("UsageMetadata", "promptTokensDetails"),
	RESPONSE_TOKENS_DETAILS("UsageMetadata", "responseTokensDetails"),

	VAD_SIGNAL_TYPE("VoiceActivityDetectionSignal", "vadSignalType"),

	VOICE_ACTIVITY_TYPE("VoiceActivity", "voiceActivityType"), VOICE_ACTIVITY_OFFSET("VoiceActivity", "audioOffset"),

	TRANSCRIPTION_TEXT("Transcription", "text"), TRANSCRIPTION_FINISHED("Transcription", "finished"),
	TRANSCRIPTION_LANGUAGE("Transcription", "languageCode"), TRANSCRIPTION_SPEAKER("Transcription", "speakerLabel"),
	TRANSCRIPTION_WORDS("Transcription", "words"), TRANSCRIPTION_START("Transcription", "startOffset"),
	TRANSCRIPTION_END("Transcription", "endOffset"),

	CONTENT_PARTS("Content", "parts"),

	PART_TEXT("Part", "text"), PART_THOUGHT("Part", "thought"), PART_INLINE_DATA("Part", "inlineData"),
	PART_FUNCTION_CALL("Part", "functionCall"), PART_EXECUTABLE_CODE("Part", "executableCode"),
	PART_CODE_RESULT("Part", "codeExecutionResult"), PART_TOOL_CALL("Part", "toolCall"),
	PART_TOOL_RESPONSE("Part", "toolResponse"), PART_FILE_DATA("Part", "fileData"),
	PART_AUDIO_TRANSCRIPTION("Part", "audioTranscription"), PART_THOUGHT_SIGNATURE("Part", "thoughtSignature"),
	PART_METADATA("Part", "partMetadata"), PART_SPEECH_METADATA("Part", "speechMetadata"),

	BLOB_DISPLAY_NAME("Blob_2", "displayName");

	private static final String MESSAGE = "LiveServerMessage";

	/** Fields of the message itself, including one that gateways add. */
	private static final Set<String> OF_MESSAGE = Stream
		.concat(Stream.of("error"),
				Arrays.stream(values()).filter((field) -> field.object.equals(MESSAGE)).map(ServerField::field))
		.collect(Collectors.toUnmodifiableSet());

	private final String object;

	private final String field;

	ServerField(String object, String field) {
		this.object = object;
		this.field = field;
	}

	/**
	 * Return whether a field of a message is known.
	 * @param field the name of the field on the wire
	 * @return {@code false} if the field was added to the protocol later
	 */
	static boolean isOfMessage(String field) {
		return OF_MESSAGE.contains(field);
	}

	String object() {
		return this.object;
	}

	String field() {
		return this.field;
	}

}
