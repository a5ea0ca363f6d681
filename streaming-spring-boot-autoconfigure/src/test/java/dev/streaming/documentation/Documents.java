package dev.streaming.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The documents of the project, and the parts of them that are generated.
 */
public final class Documents {

	public static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	static final String END = "<!-- end -->";

	private Documents() {
	}

	/**
	 * Return all documents for users and maintainers.
	 * @return the files
	 */
	static List<Path> all() {
		try (Stream<Path> docs = Files.walk(ROOT.resolve("docs")); Stream<Path> root = Files.list(ROOT)) {
			List<Path> documents = Stream.concat(root, docs)
				.filter((path) -> path.toString().endsWith(".md"))
				.sorted()
				.toList();
			assertThat(documents).contains(ROOT.resolve("README.md"), ROOT.resolve("docs/getting-started.md"));
			return documents;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static String read(Path document) {
		try {
			return Files.readString(document);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the configuration metadata that the build has made.
	 * @return the properties
	 */
	static List<JsonNode> properties() {
		return JsonMapper.shared()
			.readTree(read(Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json")))
			.get("properties")
			.valueStream()
			.toList();
	}

	/**
	 * Check the part of a document behind a marker against what is generated, or write it
	 * with {@code -Ddocs.write=true}.
	 * @param document the document
	 * @param marker the comment before the part
	 * @param lines the generated lines
	 */
	public static void assertGenerated(Path document, String marker, List<String> lines) {
		String text = read(document);
		int from = text.indexOf(marker + "\n");
		assertThat(from).as("%s in %s", marker, document).isNotNegative();
		int start = from + marker.length() + 1;
		String expected = text.substring(0, start) + String.join("\n", lines) + "\n"
				+ text.substring(text.indexOf(END, start));
		if (Boolean.getBoolean("docs.write")) {
			try {
				Files.writeString(document, expected);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
		else {
			assertThat(text).as("%s, which -Ddocs.write=true brings up to date", document).isEqualTo(expected);
		}
	}

}
