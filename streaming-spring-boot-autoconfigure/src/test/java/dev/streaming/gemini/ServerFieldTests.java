package dev.streaming.gemini;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

import dev.streaming.StreamChunk;
import dev.streaming.gemini.ServerField.Use;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds the table of fields against Google's list, the documentation and the code.
 */
class ServerFieldTests {

	private static final Path DOCS = Path.of("..", "docs", "providers.md");

	private static final String REASON = "TurnCompleteReason.";

	/** Fields that show only together with another, here in front of them. */
	private static final Set<ServerField> NEED_TEXT = Set.of(ServerField.PART_THOUGHT,
			ServerField.TRANSCRIPTION_LANGUAGE, ServerField.TRANSCRIPTION_SPEAKER, ServerField.TRANSCRIPTION_WORDS,
			ServerField.TRANSCRIPTION_START, ServerField.TRANSCRIPTION_END);

	@Test
	void tableHoldsExactlyTheFieldsOfTheProtocol() throws IOException {
		List<String> listed = list().filter((line) -> !line.startsWith(REASON)).toList();
		assertThat(listed).hasSize(84);
		assertThat(Arrays.stream(ServerField.values()).map((field) -> field.object() + "." + field.field()))
			.containsExactlyInAnyOrderElementsOf(listed);
	}

	@Test
	void everyReasonForTheEndOfATurnIsTranslatedOnPurpose() throws IOException {
		List<String> listed = list().filter((line) -> line.startsWith(REASON))
			.map((line) -> line.substring(REASON.length()))
			.toList();
		assertThat(Arrays.stream(TurnCompleteReason.values()).map(Enum::name))
			.containsExactlyInAnyOrderElementsOf(listed);
	}

	private static Stream<String> list() throws IOException {
		return new ClassPathResource("gemini/live-server-fields.txt").getContentAsString(StandardCharsets.UTF_8)
			.lines()
			.filter((line) -> !line.isBlank() && !line.startsWith("#"));
	}

	@Test
	void documentationRepeatsTheTable() throws IOException {
		List<String> documented = Files.readAllLines(DOCS);
		assertThat(ServerField.values()).allSatisfy((field) -> assertThat(documented).contains(rowOf(field)));
		assertThat(TurnCompleteReason.values()).allSatisfy(
				(reason) -> assertThat(documented).anyMatch((line) -> line.startsWith("| `" + reason.name() + "`")
						&& line.contains("`" + reason.finishReason() + "`")));
	}

	static String rowOf(ServerField field) {
		return "| `" + field.object() + "` | `" + field.field() + "` | " + field.use().name().toLowerCase(Locale.ROOT)
				+ " | " + field.what() + " |";
	}

	@ParameterizedTest
	@EnumSource(ServerField.class)
	void fieldDoesWhatTheTableSays(ServerField field) {
		LiveFixture fixture = new LiveFixture();
		List<StreamChunk> chunks = fixture.read(message(field));
		assertThat(fixture.unknownFields).hasValue(0);
		if (field.use() == Use.CHUNK) {
			assertThat(chunks).isNotEmpty();
		}
		else {
			assertThat(chunks).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource(value = ServerField.class,
			names = { "PART_THOUGHT", "TRANSCRIPTION_.*", "PART_THOUGHT_SIGNATURE", "BLOB_.*", "CALL_ARGS", "CALL_ID",
					"CALL_PARTIAL_ARGS", "VOICE_ACTIVITY_OFFSET", ".*_TOKENS", ".*_DETAILS", "TRAFFIC_TYPE",
					"SERVICE_TIER", "TURN_COMPLETE_REASON" },
			mode = EnumSource.Mode.MATCH_ANY)
	void chunkIsNotTheSameWithoutIt(ServerField field) {
		String with = message(field);
		String name = "'" + field.field() + "':";
		String without = with.replaceFirst(name, "'otherwise':");
		assertThat(without).isNotEqualTo(with);
		assertThat(new LiveFixture().read(with)).isNotEqualTo(new LiveFixture().read(without));
	}

	private static String message(ServerField field) {
		String own = "'" + field.field() + "':" + value(field);
		return switch (field.object()) {
			case "LiveServerMessage" -> "{" + own + "}";
			case "LiveServerSetupComplete" -> "{'setupComplete':{" + own + "}}";
			case "LiveServerContent" -> content(field, own);
			case "LiveServerToolCall" -> "{'toolCall':{" + own + "}}";
			case "LiveServerToolCallCancellation" -> "{'toolCallCancellation':{" + own + "}}";
			case "LiveServerGoAway" -> "{'goAway':{" + own + "}}";
			case "LiveServerSessionResumptionUpdate" -> "{'sessionResumptionUpdate':{" + own + "}}";
			case "UsageMetadata" -> "{'usageMetadata':{" + own + "}}";
			case "VoiceActivityDetectionSignal" -> "{'voiceActivityDetectionSignal':{" + own + "}}";
			case "VoiceActivity" -> "{'voiceActivity':{"
					+ ((field == ServerField.VOICE_ACTIVITY_OFFSET) ? "'voiceActivityType':'ACTIVITY_START'," : "")
					+ own + "}}";
			case "Transcription" -> "{'serverContent':{'inputTranscription':{"
					+ (NEED_TEXT.contains(field) ? "'text':'a'," : "") + own + "}}}";
			case "Content" -> "{'serverContent':{'modelTurn':{" + own + "}}}";
			case "Part" -> part((NEED_TEXT.contains(field) ? "'text':'a'," : "") + own);
			case "FunctionCall" ->
				part("'functionCall':{" + ((field == ServerField.CALL_NAME) ? "" : "'name':'n',") + own + "}");
			case "FunctionResponse" -> part("'functionResponse':{" + own + "}");
			case "Blob_2" ->
				part("'inlineData':{" + ((field == ServerField.BLOB_DATA) ? "" : "'data':'AQI=',") + own + "}");
			default -> throw new AssertionError(field.object());
		};
	}

	private static String content(ServerField field, String own) {
		boolean reason = field == ServerField.TURN_COMPLETE_REASON;
		return "{'serverContent':{" + (reason ? "'turnComplete':true," : "") + own + "}}";
	}

	private static String part(String fields) {
		return "{'serverContent':{'modelTurn':{'parts':[{" + fields + "}]}}}";
	}

	private static String value(ServerField field) {
		return switch (field) {
			case SETUP_COMPLETE -> "{}";
			case SERVER_CONTENT -> "{'modelTurn':{'parts':[{'text':'a'}]}}";
			case TOOL_CALL -> "{'functionCalls':[{'id':'f1','name':'n','args':{}}]}";
			case TOOL_CALL_CANCELLATION -> "{'ids':['f1']}";
			case USAGE_METADATA -> "{'totalTokenCount':3}";
			case GO_AWAY -> "{'timeLeft':'10s'}";
			case SESSION_RESUMPTION_UPDATE -> "{'newHandle':'h','resumable':true}";
			case VOICE_ACTIVITY_DETECTION_SIGNAL -> "{'vadSignalType':'VAD_SIGNAL_TYPE_SOS'}";
			case VOICE_ACTIVITY -> "{'voiceActivityType':'ACTIVITY_END'}";
			case MODEL_TURN -> "{'parts':[{'text':'a'}]}";
			case INPUT_TRANSCRIPTION, OUTPUT_TRANSCRIPTION, INTERIM_INPUT_TRANSCRIPTION, PART_AUDIO_TRANSCRIPTION ->
				"{'text':'a'}";
			case FUNCTION_CALLS -> "[{'id':'f1','name':'n'}]";
			case CANCELLED_IDS -> "['f1']";
			case CONTENT_PARTS -> "[{'text':'a'}]";
			case PART_INLINE_DATA -> "{'mimeType':'audio/pcm','data':'AQI='}";
			case PART_FUNCTION_CALL -> "{'name':'n'}";
			case CALL_ARGS -> "{'a':1}";
			case CALL_PARTIAL_ARGS -> "[{'jsonPath':'$.a','numberValue':1}]";
			case VAD_SIGNAL_TYPE -> "'VAD_SIGNAL_TYPE_SOS'";
			case VOICE_ACTIVITY_TYPE -> "'ACTIVITY_START'";
			case TURN_COMPLETE, INTERRUPTED, GENERATION_COMPLETE, WAITING_FOR_INPUT, RESUMABLE, TRANSCRIPTION_FINISHED,
					PART_THOUGHT, CALL_WILL_CONTINUE, RESPONSE_WILL_CONTINUE ->
				"true";
			case TURN_COMPLETE_REASON -> "'RESPONSE_REJECTED'";
			case BLOB_DATA -> "'AQI='";
			case BLOB_MIME_TYPE -> "'audio/pcm;rate=8000'";
			case PROMPT_TOKENS, TOOL_USE_PROMPT_TOKENS, RESPONSE_TOKENS, THOUGHTS_TOKENS, TOTAL_TOKENS,
					CACHED_CONTENT_TOKENS ->
				"3";
			default -> (field.object().equals("Part") && field != ServerField.PART_TEXT) ? "{'x':'y'}" : "'x'";
		};
	}

}
