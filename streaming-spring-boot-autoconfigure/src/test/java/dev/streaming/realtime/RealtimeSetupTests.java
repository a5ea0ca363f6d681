package dev.streaming.realtime;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link RealtimeSetup}.
 */
class RealtimeSetupTests {

	private static final Map<String, Object> LOOKUP = Map.of("type", "function", "name", "lookup");

	private static final Map<String, Object> DOCS = Map.of("type", "mcp", "server_label", "docs");

	@Test
	void objectsAreMergedAndAllElseIsReplaced() {
		Map<String, Object> setup = setup(
				Map.of("audio", Map.of("input", Map.of("a", 1)), "tools", List.of(LOOKUP), "voice", "x"));
		RealtimeSetup.merge(setup,
				Map.of("audio", Map.of("input", Map.of("b", 2)), "tools", List.of(DOCS), "voice", Map.of("id", "y")));
		assertThat(setup).isEqualTo(Map.of("audio", Map.of("input", Map.of("a", 1, "b", 2)), "tools", List.of(DOCS),
				"voice", Map.of("id", "y")));
	}

	@Test
	void toolsOfSettingsAreAdded() {
		Map<String, Object> setup = setup(Map.of("tools", List.of(LOOKUP), "other", List.of(1)));
		RealtimeSetup.add(setup, Map.of("tools", List.of(DOCS), "other", List.of(2)));
		assertThat(setup).isEqualTo(Map.of("tools", List.of(LOOKUP, DOCS), "other", List.of(2)));
	}

	@Test
	void toolReplacesOneOfItsTypeAndName() {
		Map<String, Object> other = Map.of("type", "function", "name", "lookup", "description", "Mine");
		Map<String, Object> server = Map.of("type", "mcp", "server_label", "docs", "server_url", "u");
		Map<String, Object> setup = setup(Map.of("tools", List.of(LOOKUP, DOCS)));
		RealtimeSetup.add(setup, Map.of("tools", List.of(server, other, Map.of("type", "mcp", "name", "lookup"))));
		assertThat(setup.get("tools")).isEqualTo(List.of(server, other, Map.of("type", "mcp", "name", "lookup")));
	}

	@Test
	void sameToolIsNotAddedTwice() {
		Map<String, Object> search = Map.of("googleSearch", Map.of());
		Map<String, Object> setup = setup(Map.of("tools", List.of(search)));
		RealtimeSetup.add(setup, Map.of("tools", List.of(Map.of("googleSearch", Map.of()))));
		assertThat(setup.get("tools")).isEqualTo(List.of(search));
	}

	@Test
	void nullIsAValue() {
		Map<String, Object> settings = new LinkedHashMap<>();
		settings.put("turn_detection", null);
		settings.put("tools", null);
		Map<String, Object> setup = setup(Map.of("turn_detection", Map.of("type", "x"), "tools", List.of(LOOKUP)));
		RealtimeSetup.add(setup, settings);
		assertThat(setup).containsEntry("turn_detection", null).containsEntry("tools", null);
	}

	private static Map<String, Object> setup(Map<String, Object> setup) {
		return new LinkedHashMap<>(setup);
	}

}
