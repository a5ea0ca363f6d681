package dev.streaming.documentation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tables of settings are those of the configuration metadata.
 */
class SettingsDocumentTests {

	private static final Path DOCUMENT = Documents.ROOT.resolve("docs/reference/settings.md");

	private static final List<String> GROUPS = List.of("streaming.conn", "streaming.session", "streaming.connections.*",
			"streaming.threads", "streaming.relay");

	@ParameterizedTest
	@ValueSource(strings = { "streaming.conn", "streaming.session", "streaming.connections.*", "streaming.threads",
			"streaming.relay" })
	void tableOfGroupIsGenerated(String group) {
		assertTable(group, group + ".", isDirectlyIn(group));
	}

	@Test
	void tableOfOtherSettingsIsGenerated() {
		assertTable("other", "", SettingsDocumentTests::isOther);
	}

	private static void assertTable(String marker, String prefix, Predicate<String> included) {
		List<String> lines = new ArrayList<>(
				List.of("| setting | type | default | meaning |", "| --- | --- | --- | --- |"));
		Documents.properties()
			.stream()
			.filter((property) -> included.test(name(property)))
			.forEach((property) -> lines.add(row(property, prefix)));
		assertThat(lines).hasSizeGreaterThan(2);
		Documents.assertGenerated(DOCUMENT, "<!-- settings " + marker + " -->", lines);
	}

	private static String row(JsonNode property, String prefix) {
		JsonNode value = property.path("defaultValue");
		String shown = value.isMissingNode() ? "–" : "`" + value.asString() + "`";
		return "| `%s` | %s | %s | %s |".formatted(name(property).substring(prefix.length()), type(property), shown,
				property.path("description").asString(""));
	}

	private static String type(JsonNode property) {
		String type = property.get("type").asString();
		if (type.contains("<")) {
			return type.startsWith("java.util.Map") ? "map" : "list";
		}
		return ClassUtils.getShortName(type).replaceAll(".*\\.", "");
	}

	private static String name(JsonNode property) {
		return property.get("name").asString();
	}

	private static Predicate<String> isDirectlyIn(String group) {
		return (name) -> name.startsWith(group + ".") && !isOfConnection(name);
	}

	/**
	 * Settings that are documented once, for all connections, or with their provider.
	 */
	private static boolean isOfConnection(String name) {
		return name.matches("streaming\\.connections\\.\\*\\.[a-z-]+\\..*");
	}

	private static boolean isOther(String name) {
		return GROUPS.stream().noneMatch((group) -> name.startsWith(group + "."))
				&& !name.equals("streaming.connections");
	}

}
