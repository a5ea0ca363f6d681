package dev.streaming.documentation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Links between documents lead to a file, and to a heading where they have an anchor.
 */
class DocumentationLinksTests {

	private static final Pattern LINK = Pattern.compile("(?<!!)\\[[^\\]]*\\]\\(([^)\\s]+)\\)");

	private static final Pattern CODE = Pattern.compile("(?s)```.*?```|`[^`\\n]*`");

	static List<Path> documents() {
		return Documents.all();
	}

	@ParameterizedTest
	@MethodSource("documents")
	void relativeLinksResolve(Path document) {
		Map<String, String> broken = new LinkedHashMap<>();
		Matcher links = LINK.matcher(withoutCode(Documents.read(document)));
		while (links.find()) {
			String target = links.group(1);
			if (!target.matches("[a-z]+:.*") && !resolves(document, target)) {
				broken.put(target, document.toString());
			}
		}
		assertThat(broken).isEmpty();
	}

	@Test
	void everyPageIsReachedFromTheReadme() {
		String readme = Documents.read(Documents.ROOT.resolve("README.md"));
		assertThat(Documents.all()).filteredOn((document) -> !document.endsWith("README.md"))
			.allSatisfy((document) -> assertThat(readme)
				.contains("(" + Documents.ROOT.relativize(document).toString().replace('\\', '/') + ")"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "A heading, with `code`|a-heading-with-code",
					"One session's own settings|one-sessions-own-settings",
					"Jetty's client instead of Tomcat's|jettys-client-instead-of-tomcats" })
	void anchorsAreThoseOfGitHub(String heading, String anchor) {
		assertThat(anchor(heading)).isEqualTo(anchor);
	}

	private static boolean resolves(Path document, String target) {
		int hash = target.indexOf('#');
		String file = (hash < 0) ? target : target.substring(0, hash);
		Path path = file.isEmpty() ? document : document.resolveSibling(file).normalize();
		return Files.exists(path) && (hash < 0 || anchors(path).contains(target.substring(hash + 1)));
	}

	private static Set<String> anchors(Path document) {
		return Documents.read(document)
			.replaceAll("(?s)```.*?```", "")
			.lines()
			.filter((line) -> line.matches("#+ .*"))
			.map((line) -> anchor(line.replaceFirst("#+ ", "")))
			.collect(Collectors.toSet());
	}

	private static String anchor(String heading) {
		return heading.strip().toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-');
	}

	private static String withoutCode(String text) {
		return CODE.matcher(text).replaceAll("");
	}

}
