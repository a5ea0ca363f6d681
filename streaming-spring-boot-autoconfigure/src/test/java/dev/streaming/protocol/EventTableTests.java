package dev.streaming.protocol;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.streaming.protocol.EventScript.Event;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tables of the documentation say of every event of a server what the scripts show.
 */
class EventTableTests {

	private static final Path DOCS = Path.of("..", "docs", "providers");

	private static final Pattern ROW = Pattern
		.compile("\\| (`[^|]+`\\)?) \\|(?: (`[^|]+`) \\|)? (chunk|inside|ignored) \\| (.*) \\|");

	private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

	/** The objects of the Live API, by the fields that hold them. */
	private static final Map<String, String> OBJECTS = Map.ofEntries(
			Map.entry("LiveServerMessage.setupComplete", "LiveServerSetupComplete"),
			Map.entry("LiveServerMessage.serverContent", "LiveServerContent"),
			Map.entry("LiveServerMessage.toolCall", "LiveServerToolCall"),
			Map.entry("LiveServerMessage.toolCallCancellation", "LiveServerToolCallCancellation"),
			Map.entry("LiveServerMessage.usageMetadata", "UsageMetadata"),
			Map.entry("LiveServerMessage.goAway", "LiveServerGoAway"),
			Map.entry("LiveServerMessage.sessionResumptionUpdate", "LiveServerSessionResumptionUpdate"),
			Map.entry("LiveServerMessage.voiceActivityDetectionSignal", "VoiceActivityDetectionSignal"),
			Map.entry("LiveServerMessage.voiceActivity", "VoiceActivity"),
			Map.entry("LiveServerContent.modelTurn", "Content"), Map.entry("Content.parts", "Part"),
			Map.entry("LiveServerContent.inputTranscription", "Transcription"),
			Map.entry("LiveServerContent.interimInputTranscription", "Transcription"),
			Map.entry("LiveServerContent.outputTranscription", "Transcription"),
			Map.entry("LiveServerToolCall.functionCalls", "FunctionCall"),
			Map.entry("Part.functionCall", "FunctionCall"), Map.entry("Part.functionResponse", "FunctionResponse"),
			Map.entry("Part.inlineData", "Blob_2"));

	private static List<Row> table(String page) throws IOException {
		return Files.readAllLines(DOCS.resolve(page))
			.stream()
			.map(ROW::matcher)
			.filter(Matcher::matches)
			.map((row) -> (row.group(2) != null)
					? new Row(List.of(quoted(row.group(1)).get(0) + "." + quoted(row.group(2)).get(0)), row.group(3),
							row.group(4))
					: new Row(quoted(row.group(1)), row.group(3), row.group(4)))
			.toList();
	}

	private static List<String> quoted(String cell) {
		return QUOTED.matcher(cell).results().map((match) -> match.group(1)).toList();
	}

	private static JsonNode read(Event event) {
		return JsonMapper.shared().readTree(event.message().replace("$in_an_hour", "1"));
	}

	private static List<Event> withType(Protocol protocol, List<String> names) {
		return new EventScript(protocol).events()
			.stream()
			.filter((event) -> names.contains(read(event).path("type").asString()))
			.toList();
	}

	// A message has several fields, and others may make the chunk
	private static List<Event> withField(Row row) {
		List<Event> all = new EventScript(Protocol.GEMINI_LIVE).events()
			.stream()
			.filter((event) -> fields("LiveServerMessage", read(event), new ArrayList<>()).contains(row.names().get(0)))
			.toList();
		return row.use().equals("chunk") ? all : all.stream().filter((event) -> !event.isChunk()).toList();
	}

	private static List<String> fields(String object, JsonNode node, List<String> found) {
		node.properties().forEach((property) -> {
			String name = object + "." + property.getKey();
			found.add(name);
			String inner = OBJECTS.get(name);
			if (inner != null) {
				JsonNode value = property.getValue();
				(value.isArray() ? value.values() : List.of(value)).forEach((each) -> fields(inner, each, found));
			}
		});
		return found;
	}

	private static void check(SoftAssertions softly, Row row, List<Event> events) {
		String name = row.names().get(0);
		softly.assertThat(events).as("%s in the script", name).isNotEmpty();
		List<Event> own = events.stream().filter((event) -> !event.greeting()).toList();
		String outcome = events.stream().flatMap((event) -> event.outcome().stream()).collect(Collectors.joining("\n"));
		switch (row.use()) {
			case "chunk" -> {
				softly.assertThat(events).as("%s becomes a chunk", name).anyMatch(Event::isChunk);
				softly.assertThat(row.fields()).as("%s has, by its row: %s", name, outcome).allMatch(outcome::contains);
			}
			case "inside" -> softly.assertThat(own).as("%s becomes no chunk", name).noneMatch(Event::isChunk);
			default -> softly.assertThat(own).as("nothing becomes of %s", name).allMatch(Event::isIgnored);
		}
	}

	@Test
	void realtimeEventsBecomeWhatTheTableSays() throws IOException {
		List<Row> table = table("openai-realtime.md");
		assertThat(table).hasSize(46);
		SoftAssertions.assertSoftly((softly) -> table
			.forEach((row) -> check(softly, row, withType(Protocol.OPENAI_REALTIME, row.names()))));
	}

	@Test
	void everyEventIsFedToASessionThatOnlyTranscribes() throws IOException {
		assertThat(table("openai-realtime.md"))
			.allSatisfy((row) -> assertThat(withType(Protocol.OPENAI_TRANSCRIPTION, row.names())).isNotEmpty());
	}

	@Test
	void liveEventsBecomeWhatTheTableSays() throws IOException {
		List<Row> table = table("openai-live.md");
		assertThat(table).hasSize(28);
		SoftAssertions.assertSoftly(
				(softly) -> table.forEach((row) -> check(softly, row, withType(Protocol.OPENAI_LIVE, row.names()))));
	}

	@Test
	void geminiFieldsBecomeWhatTheTableSays() throws IOException {
		List<Row> table = table("gemini-live.md");
		assertThat(table).hasSize(84);
		SoftAssertions.assertSoftly((softly) -> table.forEach((row) -> check(softly, row, withField(row))));
	}

	/**
	 * A row of a table.
	 *
	 * @param names the event, also in the beta
	 * @param use the use that is made of it
	 * @param what what becomes of it
	 */
	private record Row(List<String> names, String use, String what) {

		// The rest of the cell describes exceptions
		List<String> fields() {
			return quoted(this.what.split(";")[0]).stream().flatMap((name) -> Stream.of(name.split("\\."))).toList();
		}

	}

}
