package dev.streaming.documentation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.streaming.realtime.Answer;
import dev.streaming.realtime.RealtimeClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tables of what is sent: each message of the provider's list, and each call of the
 * client.
 */
class ClientMessagesDocumentTests {

	private static final Pattern CALL = Pattern.compile("`(?:Answer\\.)?(\\w+)`");

	/** They send nothing, or what others send. */
	private static final Set<String> LOCAL = Set.of("of", "inputFormat", "outputFormat", "capabilities");

	private static List<String[]> table(String resource) throws IOException {
		return new ClassPathResource(resource).getContentAsString(StandardCharsets.UTF_8)
			.lines()
			.filter((line) -> !line.isBlank() && !line.startsWith("#"))
			.map((line) -> Arrays.copyOf((line + " ").split("\t"), 3))
			.toList();
	}

	@ParameterizedTest
	@CsvSource({ "openai/client-events.tsv, openai-realtime.md, 11",
			"openai/live-client-events.tsv, openai-live.md, 15",
			"gemini/live-client-messages.tsv, gemini-live.md, 11" })
	void documentationHasTheTable(String resource, String page, int size) throws IOException {
		List<String> documented = Documents.read(Documents.ROOT.resolve("docs/providers").resolve(page))
			.lines()
			.toList();
		assertThat(table(resource)).hasSize(size)
			.allSatisfy((row) -> assertThat(documented)
				.contains("| `" + row[0] + "` | " + row[1] + " | " + row[2].strip() + " |"));
	}

	@ParameterizedTest
	@CsvSource({ "openai/client-events.tsv", "openai/live-client-events.tsv", "gemini/live-client-messages.tsv" })
	void namedCallsAreThere(String resource) throws IOException {
		Set<String> methods = Stream.of(RealtimeClient.class, Answer.class)
			.flatMap((type) -> Arrays.stream(type.getMethods()))
			.map((method) -> method.getName())
			.collect(Collectors.toSet());
		assertThat(table(resource)).flatExtracting((row) -> calls(row[1])).isNotEmpty().isSubsetOf(methods);
	}

	@Test
	void everyCallOfTheClientSendsAnEvent() throws IOException {
		Set<String> methods = Arrays.stream(RealtimeClient.class.getMethods())
			.map((method) -> method.getName())
			.filter((name) -> !LOCAL.contains(name))
			.collect(Collectors.toSet());
		assertThat(table("openai/client-events.tsv")).flatExtracting((row) -> calls(row[1])).containsAll(methods);
	}

	private static List<String> calls(String cell) {
		return CALL.matcher(cell).results().map((match) -> match.group(1)).toList();
	}

}
