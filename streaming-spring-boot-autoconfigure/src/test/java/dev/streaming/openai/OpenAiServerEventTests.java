package dev.streaming.openai;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import dev.streaming.Message;
import dev.streaming.testsupport.RecordingContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Holds the table of events against the provider's list, the documentation and the code.
 */
class OpenAiServerEventTests {

	private static final Path DOCS = Path.of("..", "docs", "providers", "openai-realtime.md");

	private static final String HEAD = "| event (beta name) | use | what becomes of it |";

	private static List<Row> table() throws IOException {
		return lines("openai/server-events.tsv").map((line) -> line.split("\t"))
			.map((row) -> new Row(row[0], row[1].equals("-") ? List.of() : List.of(row[1].split(",")), row[2], row[3]))
			.toList();
	}

	private static Stream<String> lines(String resource) throws IOException {
		return new ClassPathResource(resource).getContentAsString(StandardCharsets.UTF_8)
			.lines()
			.filter((line) -> !line.isBlank() && !line.startsWith("#"));
	}

	@Test
	void tableHoldsExactlyTheEventsOfTheProvider() throws IOException {
		List<String> listed = lines("openai/server-events.txt").toList();
		assertThat(listed).hasSize(46);
		assertThat(table()).extracting(Row::type).containsExactlyInAnyOrderElementsOf(listed);
	}

	@Test
	void codeUsesTheEventsAsTheTableSays() throws IOException {
		assertThat(Arrays.stream(OpenAiServerEvent.values()))
			.extracting(OpenAiServerEvent::type, OpenAiServerEvent::betaTypes,
					(event) -> event.use().name().toLowerCase(Locale.ROOT))
			.containsExactlyElementsOf(
					table().stream().map((row) -> tuple(row.type(), row.betaNames(), row.use())).toList());
	}

	@Test
	void documentationRepeatsTheTable() throws IOException {
		List<String> lines = Files.readAllLines(DOCS);
		int begin = lines.indexOf("<!-- openai events -->");
		List<String> documented = lines.subList(begin + 1, lines.size());
		assertThat(documented.subList(0, documented.indexOf("<!-- end -->"))).startsWith(HEAD, "| --- | --- | --- |")
			.endsWith(table().stream().map(Row::markdown).toArray(String[]::new))
			.hasSize(table().size() + 2);
	}

	@ParameterizedTest
	@CsvSource({ "response.text.delta,response.output_text.delta", "response.text.done,response.output_text.done",
			"response.audio.delta,response.output_audio.delta", "response.audio.done,response.output_audio.done",
			"response.audio_transcript.delta,response.output_audio_transcript.delta",
			"response.audio_transcript.done,response.output_audio_transcript.done" })
	void betaNameIsTheSameEvent(String betaName, String name) {
		assertThat(OpenAiServerEvent.of(betaName)).isNotNull().isSameAs(OpenAiServerEvent.of(name));
	}

	@Test
	void unknownNameIsNoEvent() {
		assertThat(OpenAiServerEvent.of("response.telepathy.delta")).isNull();
	}

	@ParameterizedTest
	@EnumSource(value = OpenAiServerEvent.class, mode = EnumSource.Mode.EXCLUDE, names = "ERROR")
	void bareEventDoesNoHarmAndAnUnusedOneMakesNoChunk(OpenAiServerEvent event) {
		RecordingContext context = new RecordingContext();
		OpenAiRealtimeHandler handler = new OpenAiRealtimeHandler(OpenAiRealtimeOptions.builder().build());
		var chunks = handler.handle(Message.text(OpenAiFixture.MAPPER.writeValueAsString(Map.of("type", event.type()))),
				context);
		if (event.use() != OpenAiServerEvent.Use.CHUNK) {
			assertThat(chunks).isEmpty();
		}
		assertThat(context.emitted).isEmpty();
		assertThat(handler.unknownEvents()).isZero();
	}

	record Row(String type, List<String> betaNames, String use, String what) {

		String markdown() {
			String beta = this.betaNames.isEmpty() ? "" : " (`" + String.join("`, `", this.betaNames) + "`)";
			return "| `" + this.type + "`" + beta + " | " + this.use + " | " + this.what + " |";
		}

	}

}
