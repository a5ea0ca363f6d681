package dev.streaming.gemini;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import dev.streaming.StreamChunk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the documentation and the code with the table of fields, and the table with
 * Google's list.
 */
class ServerFieldTests {

	private static final Path DOCS = Path.of("..", "docs", "providers", "gemini-live.md");

	private static final String REASON = "TurnCompleteReason.";

	/** Fields that show only together with another, here in front of them. */
	private static final Set<String> NEED_TEXT = Set.of("Part.thought", "Transcription.languageCode",
			"Transcription.speakerLabel", "Transcription.words", "Transcription.startOffset",
			"Transcription.endOffset");

	/** Fields without which a chunk is another one. */
	private static final Set<String> DECISIVE = Set.of("Part.thought", "Part.thoughtSignature",
			"LiveServerContent.turnCompleteReason", "VoiceActivity.audioOffset", "FunctionCall.args", "FunctionCall.id",
			"FunctionCall.partialArgs");

	static List<Field> table() {
		return lines("gemini/live-server-fields.tsv").map((line) -> line.split("\t"))
			.map((row) -> new Field(row[0], row[1], row[2], row[3]))
			.toList();
	}

	static List<Field> decisive() {
		return table().stream()
			.filter((field) -> DECISIVE.contains(field.name())
					|| Set.of("Transcription", "Blob_2", "UsageMetadata").contains(field.object()))
			.toList();
	}

	@Test
	void tableHoldsExactlyTheFieldsOfTheProtocol() {
		List<String> listed = list().filter((line) -> !line.startsWith(REASON)).toList();
		assertThat(listed).hasSize(84);
		assertThat(table()).extracting(Field::name).containsExactlyInAnyOrderElementsOf(listed);
	}

	@Test
	void fieldsThatAreReadByNameAreInTheTable() {
		List<String> used = table().stream()
			.filter((field) -> !field.use().equals("ignored"))
			.map(Field::name)
			.toList();
		assertThat(Arrays.stream(ServerField.values()).map((field) -> field.object() + "." + field.field()))
			.isSubsetOf(used);
	}

	@Test
	void everyReasonForTheEndOfATurnIsTranslatedOnPurpose() {
		List<String> listed = list().filter((line) -> line.startsWith(REASON))
			.map((line) -> line.substring(REASON.length()))
			.toList();
		assertThat(Arrays.stream(TurnCompleteReason.values()).map(Enum::name))
			.containsExactlyInAnyOrderElementsOf(listed);
	}

	private static Stream<String> list() {
		return lines("gemini/live-server-fields.txt");
	}

	private static Stream<String> lines(String resource) {
		try {
			return new ClassPathResource(resource).getContentAsString(StandardCharsets.UTF_8)
				.lines()
				.filter((line) -> !line.isBlank() && !line.startsWith("#"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void documentationRepeatsTheTable() throws IOException {
		List<String> documented = Files.readAllLines(DOCS);
		assertThat(table()).allSatisfy((field) -> assertThat(documented).contains(field.row()));
		assertThat(TurnCompleteReason.values()).allSatisfy(
				(reason) -> assertThat(documented).anyMatch((line) -> line.startsWith("| `" + reason.name() + "`")
						&& line.contains("`" + reason.finishReason() + "`")));
	}

	@ParameterizedTest
	@MethodSource("table")
	void fieldIsHandledAsTheTableStates(Field field) {
		GeminiSessionFixture fixture = new GeminiSessionFixture();
		List<StreamChunk> chunks = fixture.read(message(field));
		assertThat(fixture.unknownFields).hasValue(0);
		if (field.use().equals("chunk")) {
			assertThat(chunks).isNotEmpty();
		}
		else {
			assertThat(chunks).isEmpty();
		}
	}

	@ParameterizedTest
	@MethodSource("decisive")
	void chunkIsNotTheSameWithoutIt(Field field) {
		String with = message(field);
		String name = "'" + field.field() + "':";
		String without = with.replaceFirst(name, "'otherwise':");
		assertThat(without).isNotEqualTo(with);
		assertThat(new GeminiSessionFixture().read(with)).isNotEqualTo(new GeminiSessionFixture().read(without));
	}

	private static String message(Field field) {
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
					+ (field.field().equals("audioOffset") ? "'voiceActivityType':'ACTIVITY_START'," : "") + own + "}}";
			case "Transcription" -> "{'serverContent':{'inputTranscription':{"
					+ (NEED_TEXT.contains(field.name()) ? "'text':'a'," : "") + own + "}}}";
			case "Content" -> "{'serverContent':{'modelTurn':{" + own + "}}}";
			case "Part" -> part((NEED_TEXT.contains(field.name()) ? "'text':'a'," : "") + own);
			case "FunctionCall" ->
				part("'functionCall':{" + (field.field().equals("name") ? "" : "'name':'n',") + own + "}");
			case "FunctionResponse" -> part("'functionResponse':{" + own + "}");
			case "Blob_2" ->
				part("'inlineData':{" + (field.field().equals("data") ? "" : "'data':'AQI=',") + own + "}");
			default -> throw new AssertionError(field.object());
		};
	}

	private static String content(Field field, String own) {
		boolean reason = field.field().equals("turnCompleteReason");
		return "{'serverContent':{" + (reason ? "'turnComplete':true," : "") + own + "}}";
	}

	private static String part(String fields) {
		return "{'serverContent':{'modelTurn':{'parts':[{" + fields + "}]}}}";
	}

	private static String value(Field field) {
		return switch (field.name()) {
			case "LiveServerMessage.setupComplete" -> "{}";
			case "LiveServerMessage.serverContent" -> "{'modelTurn':{'parts':[{'text':'a'}]}}";
			case "LiveServerMessage.toolCall" -> "{'functionCalls':[{'id':'f1','name':'n','args':{}}]}";
			case "LiveServerMessage.toolCallCancellation" -> "{'ids':['f1']}";
			case "LiveServerMessage.usageMetadata" -> "{'totalTokenCount':3}";
			case "LiveServerMessage.goAway" -> "{'timeLeft':'10s'}";
			case "LiveServerMessage.sessionResumptionUpdate" -> "{'newHandle':'h','resumable':true}";
			case "LiveServerMessage.voiceActivityDetectionSignal" -> "{'vadSignalType':'VAD_SIGNAL_TYPE_SOS'}";
			case "LiveServerMessage.voiceActivity" -> "{'voiceActivityType':'ACTIVITY_END'}";
			case "LiveServerContent.modelTurn" -> "{'parts':[{'text':'a'}]}";
			case "LiveServerContent.inputTranscription", "LiveServerContent.outputTranscription",
					"LiveServerContent.interimInputTranscription", "Part.audioTranscription" ->
				"{'text':'a'}";
			case "LiveServerToolCall.functionCalls" -> "[{'id':'f1','name':'n'}]";
			case "LiveServerToolCallCancellation.ids" -> "['f1']";
			case "Content.parts" -> "[{'text':'a'}]";
			case "Part.inlineData" -> "{'mimeType':'audio/pcm','data':'AQI='}";
			case "Part.functionCall" -> "{'name':'n'}";
			case "FunctionCall.args" -> "{'a':1}";
			case "FunctionCall.partialArgs" -> "[{'jsonPath':'$.a','numberValue':1}]";
			case "VoiceActivityDetectionSignal.vadSignalType" -> "'VAD_SIGNAL_TYPE_SOS'";
			case "VoiceActivity.voiceActivityType" -> "'ACTIVITY_START'";
			case "LiveServerContent.turnCompleteReason" -> "'RESPONSE_REJECTED'";
			case "Blob_2.data" -> "'AQI='";
			case "Blob_2.mimeType" -> "'audio/pcm;rate=8000'";
			default -> otherValue(field);
		};
	}

	private static String otherValue(Field field) {
		return switch (field.field()) {
			case "turnComplete", "interrupted", "generationComplete", "waitingForInput", "resumable", "finished",
					"thought", "willContinue" ->
				"true";
			case "promptTokenCount", "toolUsePromptTokenCount", "responseTokenCount", "thoughtsTokenCount",
					"totalTokenCount", "cachedContentTokenCount" ->
				"3";
			default -> (field.object().equals("Part") && !field.field().equals("text")) ? "{'x':'y'}" : "'x'";
		};
	}

	record Field(String object, String field, String use, String what) {

		String name() {
			return this.object + "." + this.field;
		}

		String row() {
			return "| `" + this.object + "` | `" + this.field + "` | " + this.use + " | " + this.what + " |";
		}

	}

}
