package dev.streaming;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;

import org.springframework.core.annotation.AnnotatedElementUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tables of rules and races in {@code docs/lifecycle.md} name tests that exist, for
 * every rule.
 */
class LifecycleDocumentTests {

	private static final List<String> RACES = List.of("ConnRaceTests", "SessionRaceTests", "SessionSendRaceTests",
			"SessionOpeningRaceTests", "TomcatRaceTests");

	private static final Path DOCUMENT = Path.of("..", "docs", "lifecycle.md");

	private static final Pattern ROW = Pattern.compile("\\| ([CS]\\d+) [^|]+\\| (.+) \\|");

	private static final Pattern RACE = Pattern
		.compile("\\| ([^|]+ against [^|]+|[^|]+ that closes[^|]*|two closers) \\| (`.+) \\|");

	private static final Pattern NAME = Pattern.compile("`(\\w+)`");

	private static List<Matcher> rows() throws IOException {
		return rows(ROW);
	}

	private static List<Matcher> rows(Pattern row) throws IOException {
		return Files.readAllLines(DOCUMENT).stream().map(row::matcher).filter(Matcher::matches).toList();
	}

	@Test
	void everyRuleHasARow() throws IOException {
		List<String> rules = Stream
			.concat(IntStream.rangeClosed(1, 10).mapToObj((i) -> "C" + i),
					IntStream.rangeClosed(1, 15).mapToObj((i) -> "S" + i))
			.toList();
		assertThat(rows()).extracting((row) -> row.group(1)).containsExactlyElementsOf(rules);
	}

	@Test
	void everyNamedTestExists() throws IOException {
		assertNamedTestsExist(rows());
	}

	@Test
	void everyNamedRaceExistsAndEveryRaceIsNamed() throws IOException {
		List<Matcher> races = rows(RACE);
		assertNamedTestsExist(races);
		String named = races.stream().map((row) -> row.group(2)).collect(Collectors.joining());
		for (String type : RACES) {
			assertThat(Arrays.stream(load(type).getDeclaredMethods()).filter(LifecycleDocumentTests::isTestable))
				.allSatisfy((race) -> assertThat(named).contains('`' + race.getName() + '`'));
		}
	}

	private static void assertNamedTestsExist(List<Matcher> rows) {
		for (Matcher row : rows) {
			int tests = 0;
			Class<?> type = null;
			Matcher names = NAME.matcher(row.group(2));
			while (names.find()) {
				String name = names.group(1);
				if (Character.isUpperCase(name.charAt(0))) {
					type = load(name);
				}
				else {
					assertThat(isTest(type, name)).as("%s: %s of %s", row.group(1), name, type).isTrue();
					tests++;
				}
			}
			assertThat(tests).as(row.group(1)).isPositive();
		}
	}

	private static Class<?> load(String name) {
		Path root = Path.of("target", "test-classes");
		try (Stream<Path> files = Files.walk(root)) {
			String file = files.filter((path) -> path.getFileName().toString().equals(name + ".class"))
				.findFirst()
				.map((path) -> root.relativize(path).toString())
				.orElseThrow(() -> new AssertionError("docs/lifecycle.md names a class that does not exist: " + name));
			return Class.forName(file.substring(0, file.length() - ".class".length()).replace('/', '.'));
		}
		catch (IOException | ClassNotFoundException ex) {
			throw new AssertionError("docs/lifecycle.md names a class that cannot be loaded: " + name, ex);
		}
	}

	private static boolean isTest(Class<?> type, String name) {
		assertThat(type).as("a class before %s", name).isNotNull();
		return Arrays.stream(type.getDeclaredMethods())
			.filter((method) -> method.getName().equals(name))
			.anyMatch(LifecycleDocumentTests::isTestable);
	}

	private static boolean isTestable(Method method) {
		return AnnotatedElementUtils.isAnnotated(method, Testable.class);
	}

}
