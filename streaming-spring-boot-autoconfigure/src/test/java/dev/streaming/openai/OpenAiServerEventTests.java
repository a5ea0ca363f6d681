package dev.streaming.openai;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.streaming.Message;
import dev.streaming.testsupport.RecordingContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds the table of events against the provider's list, the documentation and the code.
 */
class OpenAiServerEventTests {

	private static final Path DOCS = Path.of("..", "docs", "providers.md");

	@Test
	void tableHoldsExactlyTheEventsOfTheProvider() throws IOException {
		List<String> listed = new ClassPathResource("openai/server-events.txt")
			.getContentAsString(StandardCharsets.UTF_8)
			.lines()
			.filter((line) -> !line.isBlank())
			.toList();
		assertThat(listed).hasSize(46);
		assertThat(Arrays.stream(OpenAiServerEvent.values()).map(OpenAiServerEvent::type))
			.containsExactlyInAnyOrderElementsOf(listed);
	}

	@Test
	void documentationRepeatsTheTable() throws IOException {
		List<String> documented = Files.readAllLines(DOCS);
		assertThat(OpenAiServerEvent.values()).allSatisfy((event) -> assertThat(documented).contains(rowOf(event)));
	}

	private static String rowOf(OpenAiServerEvent event) {
		String betaNames = event.betaTypes().isEmpty() ? "" : " (`" + String.join("`, `", event.betaTypes()) + "`)";
		return "| `" + event.type() + "`" + betaNames + " | " + event.use().name().toLowerCase(Locale.ROOT) + " | "
				+ event.what() + " |";
	}

	@Test
	void everyEventSaysWhatItIsForOrWhyNot() {
		assertThat(OpenAiServerEvent.values()).allSatisfy((event) -> assertThat(event.what()).isNotBlank());
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
		var chunks = handler
			.handle(Message.text(ScriptedOpenAi.MAPPER.writeValueAsString(Map.of("type", event.type()))), context);
		if (event.use() != OpenAiServerEvent.Use.CHUNK) {
			assertThat(chunks).isEmpty();
		}
		assertThat(context.emitted).isEmpty();
		assertThat(handler.unknownEvents()).isZero();
	}

}
