package dev.streaming.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nothing that users copy names a model that its provider is about to switch off.
 */
class RetiredModelsTests {

	/**
	 * {@code gpt-realtime} and {@code gpt-realtime-mini} end on 2027-01-20, the
	 * transcription models on 2027-02-26; older ones are gone.
	 */
	private static final Pattern RETIRED = Pattern.compile("gpt-realtime(?!-(?:2\\b|2\\.|whisper|translate))"
			+ "(?:-mini)?(?![\\w.])|gpt-4o[\\w-]*|\\bwhisper-1\\b|gemini-(?:live-)?2\\.\\d[\\w.-]*");

	/** The profiles, which know the names that sessions may still use. */
	private static final List<String> PROFILES = List.of("OpenAiModels.java", "GeminiModels.java");

	static Stream<Path> files() throws IOException {
		return Stream
			.concat(Documents.all().stream(),
					Stream.of("streaming-spring-boot-autoconfigure", "sample-app")
						.map((module) -> Documents.ROOT.resolve(module).resolve("src/main"))
						.flatMap(RetiredModelsTests::walk))
			.filter((path) -> !path.endsWith("CHANGELOG.md"));
	}

	private static Stream<Path> walk(Path directory) {
		try (Stream<Path> files = Files.walk(directory)) {
			return files
				.filter((path) -> Stream.of(".java", ".json", ".yml", ".properties", ".html", ".js")
					.anyMatch(path.toString()::endsWith))
				.filter((path) -> PROFILES.stream().noneMatch(path::endsWith))
				.toList()
				.stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void noFileNamesARetiredModel() throws IOException {
		assertThat(files().toList()).hasSizeGreaterThan(100).allSatisfy((file) -> {
			List<String> found = RETIRED.matcher(Documents.read(file)).results().map((match) -> match.group()).toList();
			assertThat(found).as("%s", file).isEmpty();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "gpt-realtime", "gpt-realtime-mini", "gpt-4o-transcribe", "gpt-4o-mini-transcribe",
			"whisper-1", "gemini-2.5-flash-native-audio-latest", "gemini-live-2.5-flash-preview" })
	void retiredNameIsFound(String name) {
		assertThat(RETIRED.matcher("model: " + name + "\n").find()).isTrue();
	}

	@ParameterizedTest
	@MethodSource("current")
	void currentNameIsNot(String name) {
		assertThat(RETIRED.matcher("model: " + name + "\n").find()).isFalse();
	}

	static Stream<String> current() {
		return Stream.of("gpt-realtime-2.1", "gpt-realtime-2.1-mini", "gpt-realtime-whisper", "gpt-live-transcribe",
				"gemini-3.8-live", "gpt-live-1");
	}

}
