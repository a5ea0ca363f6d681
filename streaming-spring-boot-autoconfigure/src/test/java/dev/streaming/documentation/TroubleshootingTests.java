package dev.streaming.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The messages in the troubleshooting guide are those of the code.
 */
class TroubleshootingTests {

	private static final Path DOCUMENT = Documents.ROOT.resolve("docs/troubleshooting.md");

	private static final Path SOURCES = Path.of("src", "main", "java");

	@Test
	void messagesAreThoseOfTheCode() {
		String code = code();
		List<String> messages = Documents.read(DOCUMENT)
			.lines()
			.dropWhile((line) -> !line.startsWith("| message |"))
			.skip(2)
			.takeWhile((line) -> line.startsWith("|"))
			.map((line) -> line.substring(3, line.indexOf('`', 3)))
			.toList();
		assertThat(messages).hasSizeGreaterThan(20);
		assertThat(messages.stream().flatMap(TroubleshootingTests::fragments)).isNotEmpty()
			.allSatisfy((fragment) -> assertThat(code).contains(fragment));
	}

	private static Stream<String> fragments(String message) {
		return Arrays.stream(message.split("…")).map(String::strip).filter((fragment) -> fragment.length() > 1);
	}

	// With literals that are concatenated put together
	private static String code() {
		try (Stream<Path> files = Files.walk(SOURCES)) {
			return files.filter((file) -> file.toString().endsWith(".java"))
				.map(Documents::read)
				.map((source) -> source.replaceAll("\"\\s*\\+\\s*\"", ""))
				.collect(Collectors.joining("\n"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
