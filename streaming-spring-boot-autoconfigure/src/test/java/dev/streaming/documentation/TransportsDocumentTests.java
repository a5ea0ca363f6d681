package dev.streaming.documentation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The table of differences between the transports names rules that there are, and tests
 * that there are.
 */
class TransportsDocumentTests {

	private static final Path DOCUMENT = Documents.ROOT.resolve("docs/how-to/transport.md");

	private static final Path TESTS = Path.of("src", "test", "java");

	@Test
	void everyDifferenceHasARuleAndATest() throws Exception {
		String rules = Documents.read(Documents.ROOT.resolve("docs/lifecycle.md"));
		List<String> sources;
		try (var files = Files.walk(TESTS)) {
			sources = files.filter((file) -> file.toString().endsWith(".java"))
				.map((file) -> file.getFileName() + "\n" + Documents.read(file))
				.toList();
		}
		List<List<String>> rows = rows();
		assertThat(rows).hasSizeGreaterThan(10);
		assertThat(rows).allSatisfy((row) -> {
			assertThat(row).hasSize(6).doesNotContain("");
			assertThat(rules).contains("\n| " + row.get(0) + " ");
			String[] test = row.get(5).replace("`", "").split("\\.");
			assertThat(sources).as("%s", row.get(5))
				.anyMatch(
						(source) -> source.startsWith(test[0] + ".java\n") && source.contains("void " + test[1] + "("));
		});
	}

	private static List<List<String>> rows() {
		return Documents.read(DOCUMENT)
			.lines()
			.dropWhile((line) -> !line.equals("<!-- transports -->"))
			.skip(3)
			.takeWhile((line) -> line.startsWith("|"))
			.map((line) -> Arrays.stream(line.substring(1, line.length() - 1).split("\\|")).map(String::strip).toList())
			.toList();
	}

}
