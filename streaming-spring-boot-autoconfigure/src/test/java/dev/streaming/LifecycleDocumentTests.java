package dev.streaming;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaMethod;
import dev.streaming.race.RaceTest;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tables of rules and races in {@code docs/lifecycle.md}. The first cells of a row
 * are written by hand: they are the list of what has to be tested. The last two, the
 * number of tests and their classes, come from {@link Rule} and {@link RaceTest}:
 * {@code -Drules.write=true} writes them.
 */
class LifecycleDocumentTests {

	private static final Path DOCUMENT = Path.of("..", "docs", "lifecycle.md");

	private static final String RULES = "| rule | what holds | tests | in |";

	private static final String RACES = "| race | tests | in |";

	@Test
	void everyRuleHasTestsAndTheTableIsUpToDate() throws IOException {
		assertTable(RULES, Pattern.compile("\\| (\\w+) [^|]*\\| [^|]+\\|"), LifecycleDocumentTests::rulesOf);
	}

	@Test
	void everyRaceHasTestsAndTheTableIsUpToDate() throws IOException {
		assertTable(RACES, Pattern.compile("\\| ([^|]+) \\|"), LifecycleDocumentTests::racesOf);
	}

	@Test
	void everyTestInTheRacePackageNamesItsRace() {
		assertThat(TestTree.tests().filter((test) -> test.getOwner().getPackageName().equals("dev.streaming.race")))
			.isNotEmpty()
			.allSatisfy((test) -> assertThat(racesOf(test)).as(test.getFullName()).hasSize(1));
	}

	private static void assertTable(String header, Pattern key, Function<JavaMethod, List<String>> keysOf)
			throws IOException {
		Map<String, Map<String, Integer>> found = new TreeMap<>();
		TestTree.tests()
			.forEach((test) -> keysOf.apply(test)
				.forEach((name) -> found.computeIfAbsent(name, (ignored) -> new TreeMap<>())
					.merge(test.getOwner().getSimpleName(), 1, Integer::sum)));
		List<String> document = Files.readAllLines(DOCUMENT);
		int first = document.indexOf(header) + 2;
		assertThat(first).as("the table %s", header).isGreaterThan(1);
		List<String> expected = new ArrayList<>(document);
		List<String> keys = new ArrayList<>();
		for (int i = first; i < document.size() && document.get(i).startsWith("|"); i++) {
			Matcher row = key.matcher(document.get(i));
			assertThat(row.lookingAt()).as(document.get(i)).isTrue();
			keys.add(row.group(1));
			expected.set(i, row.group() + cells(found.getOrDefault(row.group(1), Map.of())));
		}
		assertThat(keys).doesNotHaveDuplicates();
		assertThat(found.keySet()).as("the names in the table, each with a test")
			.containsExactlyInAnyOrderElementsOf(keys);
		if (Boolean.getBoolean("rules.write")) {
			Files.write(DOCUMENT, expected);
		}
		else {
			assertThat(document).as("docs/lifecycle.md, which -Drules.write=true brings up to date")
				.isEqualTo(expected);
		}
	}

	private static String cells(Map<String, Integer> classes) {
		int tests = classes.values().stream().mapToInt(Integer::intValue).sum();
		return " " + tests + " | "
				+ classes.keySet().stream().map((name) -> '`' + name + '`').collect(Collectors.joining(", ")) + " |";
	}

	private static List<String> rulesOf(JavaMethod test) {
		return Stream
			.concat(test.tryGetAnnotationOfType(Rule.class).stream(),
					test.getOwner().tryGetAnnotationOfType(Rule.class).stream())
			.flatMap((rule) -> Arrays.stream(rule.value()))
			.distinct()
			.toList();
	}

	private static List<String> racesOf(JavaMethod test) {
		return test.tryGetAnnotationOfType(RaceTest.class).map(RaceTest::value).stream().toList();
	}

}
