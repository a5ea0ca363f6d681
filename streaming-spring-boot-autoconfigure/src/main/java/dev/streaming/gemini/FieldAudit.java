package dev.streaming.gemini;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Counts the fields of a message that are not in the table, so that it shows when the
 * service has moved on.
 */
final class FieldAudit {

	/**
	 * Which of the table's objects is in which field. What is not here is not looked
	 * into.
	 */
	private static final Map<ServerField, String> OBJECTS = Map.ofEntries(
			Map.entry(ServerField.SETUP_COMPLETE, "LiveServerSetupComplete"),
			Map.entry(ServerField.SERVER_CONTENT, "LiveServerContent"),
			Map.entry(ServerField.TOOL_CALL, "LiveServerToolCall"),
			Map.entry(ServerField.TOOL_CALL_CANCELLATION, "LiveServerToolCallCancellation"),
			Map.entry(ServerField.USAGE_METADATA, "UsageMetadata"), Map.entry(ServerField.GO_AWAY, "LiveServerGoAway"),
			Map.entry(ServerField.SESSION_RESUMPTION_UPDATE, "LiveServerSessionResumptionUpdate"),
			Map.entry(ServerField.VOICE_ACTIVITY_DETECTION_SIGNAL, "VoiceActivityDetectionSignal"),
			Map.entry(ServerField.VOICE_ACTIVITY, "VoiceActivity"), Map.entry(ServerField.MODEL_TURN, "Content"),
			Map.entry(ServerField.INPUT_TRANSCRIPTION, "Transcription"),
			Map.entry(ServerField.INTERIM_INPUT_TRANSCRIPTION, "Transcription"),
			Map.entry(ServerField.OUTPUT_TRANSCRIPTION, "Transcription"),
			Map.entry(ServerField.FUNCTION_CALLS, "FunctionCall"), Map.entry(ServerField.CONTENT_PARTS, "Part"),
			Map.entry(ServerField.PART_INLINE_DATA, "Blob_2"),
			Map.entry(ServerField.PART_FUNCTION_CALL, "FunctionCall"),
			Map.entry(ServerField.PART_AUDIO_TRANSCRIPTION, "Transcription"));

	private FieldAudit() {
	}

	/**
	 * Count the unknown fields.
	 * @param message a server message
	 * @return how many there are, at any depth
	 */
	static int unknownFields(JsonNode message) {
		return unknownFields("LiveServerMessage", message);
	}

	private static int unknownFields(@Nullable String object, JsonNode node) {
		if (object == null) {
			return 0;
		}
		int unknown = 0;
		if (node.isArray()) {
			for (JsonNode element : node) {
				unknown += unknownFields(object, element);
			}
		}
		else if (node.isObject()) {
			for (Map.Entry<String, JsonNode> property : node.properties()) {
				ServerField field = ServerField.find(object, property.getKey());
				unknown += (field != null) ? unknownFields(OBJECTS.get(field), property.getValue()) : 1;
			}
		}
		return unknown;
	}

}
