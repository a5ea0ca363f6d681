package dev.streaming.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.streaming.AnswerTimeoutAction;
import dev.streaming.ConnConfig;
import dev.streaming.OutagePolicy;
import dev.streaming.SessionConfig;
import dev.streaming.TransportType;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Reads the metadata that IDEs read, as Spring Boot's own build does with its modules.
 */
class ConfigurationMetadataTests {

	private static final JsonNode METADATA = read("META-INF/spring-configuration-metadata.json");

	private static final JsonNode ADDITIONAL = read("META-INF/additional-spring-configuration-metadata.json");

	@Test
	void everySettingOfTheContractIsThere() {
		List<String> conn = List.of("url", "headers", "subprotocols", "transport", "dial-timeout", "write-wait",
				"max-message-size", "max-retries", "retry-backoff-base", "retry-backoff-max", "close-grace-period",
				"heartbeat-interval", "pong-timeout", "ssl-bundle", "compression", "proxy.type", "proxy.host",
				"proxy.port", "proxy.username", "proxy.password", "proxy.non-proxy-hosts");
		List<String> session = List.of("response-channel-size", "read-ahead", "max-reconnect-attempts",
				"reconnect-stable-after", "reconnect-hook-timeout", "send-while-reconnecting", "send-buffer-size",
				"max-connection-age", "planned-change-max-wait", "tool-timeout", "tool-concurrency", "tool-rounds",
				"tool-result-size", "max-duration", "idle-timeout", "max-tokens", "max-audio", "answer-timeout",
				"answer-timeout-action", "goodbye");
		assertThat(names(METADATA.get("properties")).filter((name) -> name.startsWith("streaming.conn.")))
			.containsExactlyInAnyOrderElementsOf(conn.stream().map("streaming.conn."::concat).toList());
		assertThat(names(METADATA.get("properties")).filter((name) -> name.startsWith("streaming.session.")))
			.containsExactlyInAnyOrderElementsOf(session.stream().map("streaming.session."::concat).toList());
		assertThat(names(METADATA.get("properties"))).contains("streaming.enabled", "streaming.connections",
				"streaming.keep-alive", "streaming.max-sessions", "streaming.connections.*.max-sessions");
	}

	@Test
	void everyPropertyIsDescribedAsSpringBootDoes() {
		assertThat(METADATA.get("properties")).isNotEmpty();
		METADATA.get("properties").forEach((property) -> {
			String name = property.get("name").asString();
			String description = property.path("description").asString("");
			assertThat(name).matches("(streaming|management\\.[a-z.]+\\.streaming)\\..*");
			assertThat(description).as("description of %s", name)
				.endsWith(".")
				.doesNotContain("\n", "{@", "<")
				.doesNotMatch("(?i)(the|an?) .*");
			if (property.get("type").asString().equals(Boolean.class.getName())) {
				assertThat(description).as("description of %s", name).matches("(Whether|Enable) .*");
			}
		});
	}

	@Test
	void everySettingHasItsDefault() {
		Map<String, Object> expected = new TreeMap<>();
		ConnConfig conn = ConnConfig.builder("ws://localhost").build();
		expected.put("streaming.conn.dial-timeout", ConnConfig.DEFAULT_DIAL_TIMEOUT);
		expected.put("streaming.conn.write-wait", ConnConfig.DEFAULT_WRITE_WAIT);
		expected.put("streaming.conn.max-message-size", ConnConfig.DEFAULT_MAX_MESSAGE_SIZE);
		expected.put("streaming.conn.max-retries", ConnConfig.DEFAULT_MAX_RETRIES);
		expected.put("streaming.conn.retry-backoff-base", ConnConfig.DEFAULT_RETRY_BACKOFF_BASE);
		expected.put("streaming.conn.retry-backoff-max", ConnConfig.DEFAULT_RETRY_BACKOFF_MAX);
		expected.put("streaming.conn.close-grace-period", ConnConfig.DEFAULT_CLOSE_GRACE_PERIOD);
		expected.put("streaming.conn.heartbeat-interval", conn.heartbeatInterval());
		expected.put("streaming.conn.pong-timeout", ConnConfig.DEFAULT_PONG_TIMEOUT);
		expected.put("streaming.session.response-channel-size", SessionConfig.DEFAULT_RESPONSE_CHANNEL_SIZE);
		expected.put("streaming.session.read-ahead", SessionConfig.DEFAULT_READ_AHEAD);
		expected.put("streaming.session.max-reconnect-attempts", 0);
		expected.put("streaming.session.reconnect-stable-after", SessionConfig.DEFAULT_RECONNECT_STABLE_AFTER);
		expected.put("streaming.session.reconnect-hook-timeout", SessionConfig.DEFAULT_RECONNECT_HOOK_TIMEOUT);
		expected.put("streaming.session.send-while-reconnecting", OutagePolicy.FAIL);
		expected.put("streaming.session.send-buffer-size", SessionConfig.DEFAULT_SEND_BUFFER_SIZE);
		expected.put("streaming.conn.compression", false);
		expected.put("streaming.conn.transport", TransportType.STANDARD);
		expected.put("streaming.session.max-connection-age", Duration.ZERO);
		expected.put("streaming.session.planned-change-max-wait", SessionConfig.DEFAULT_PLANNED_CHANGE_MAX_WAIT);
		expected.put("streaming.session.tool-timeout", SessionConfig.DEFAULT_TOOL_TIMEOUT);
		expected.put("streaming.session.tool-concurrency", SessionConfig.DEFAULT_TOOL_CONCURRENCY);
		expected.put("streaming.session.tool-rounds", SessionConfig.DEFAULT_TOOL_ROUNDS);
		expected.put("streaming.session.tool-result-size", SessionConfig.DEFAULT_TOOL_RESULT_SIZE);
		expected.put("streaming.session.max-duration", Duration.ZERO);
		expected.put("streaming.session.idle-timeout", Duration.ZERO);
		expected.put("streaming.session.max-tokens", 0L);
		expected.put("streaming.session.max-audio", Duration.ZERO);
		expected.put("streaming.session.answer-timeout", Duration.ZERO);
		expected.put("streaming.session.answer-timeout-action", AnswerTimeoutAction.REPORT);
		Map<String, Object> documented = new TreeMap<>();
		METADATA.get("properties").forEach((property) -> {
			String name = property.get("name").asString();
			if (name.startsWith("streaming.conn.") || name.startsWith("streaming.session.")) {
				Object value = defaultValue(property);
				if (value != null) {
					documented.put(name, value);
				}
			}
		});
		assertThat(documented).isEqualTo(expected);
	}

	@Test
	void streamingIsEnabledByDefault() {
		assertThat(METADATA.get("properties")).filteredOn((property) -> isNamed(property, "streaming.enabled"))
			.singleElement()
			.satisfies((property) -> assertThat(property.get("defaultValue").asBoolean()).isTrue());
	}

	@Test
	void additionalMetadataIsSorted() {
		assertThat(names(ADDITIONAL.get("properties"))).isSorted();
		assertThat(names(ADDITIONAL.get("hints"))).isSorted();
	}

	@Test
	void additionalMetadataNamesNothingElse() {
		assertThat(METADATA.get("properties").size())
			.isEqualTo((int) names(METADATA.get("properties")).distinct().count());
		assertThat(METADATA.get("properties")).allSatisfy((property) -> assertThat(property.has("type")).isTrue());
	}

	@Test
	void everyOutagePolicyIsHinted() {
		List<String> policies = Arrays.stream(OutagePolicy.values())
			.map((policy) -> policy.name().toLowerCase(Locale.ROOT))
			.toList();
		for (String name : List.of("streaming.session.send-while-reconnecting",
				"streaming.connections.*.session.send-while-reconnecting")) {
			assertThat(hint(name).get("values")).extracting((value) -> value.get("value").asString())
				.containsExactlyElementsOf(policies);
		}
	}

	@Test
	void handlersAndProvidersAreHinted() {
		JsonNode provider = hint("streaming.connections.*.handler").get("providers").get(0);
		assertThat(provider.get("name").asString()).isEqualTo("spring-bean-reference");
		assertThat(provider.get("parameters").get("target").asString()).isEqualTo("dev.streaming.SessionHandler");
		assertThat(hint("streaming.connections.*.provider").get("values"))
			.extracting((value) -> value.get("value").asString())
			.containsExactly("gemini-live", "openai-live", "openai-realtime", "openai-transcription");
	}

	private static JsonNode hint(String name) {
		List<JsonNode> found = new ArrayList<>();
		METADATA.get("hints").forEach((hint) -> {
			if (isNamed(hint, name)) {
				found.add(hint);
			}
		});
		assertThat(found).as(name).hasSize(1);
		return found.get(0);
	}

	private static Object defaultValue(JsonNode property) {
		JsonNode value = property.get("defaultValue");
		if (value == null) {
			return null;
		}
		Map<String, Function<JsonNode, Object>> types = Map.of(Duration.class.getName(),
				(node) -> DurationStyle.SIMPLE.parse(node.asString()), DataSize.class.getName(),
				(node) -> DataSize.parse(node.asString()), Integer.class.getName(), JsonNode::asInt,
				Boolean.class.getName(), JsonNode::asBoolean, Long.class.getName(), JsonNode::asLong,
				AnswerTimeoutAction.class.getName(),
				(node) -> AnswerTimeoutAction.valueOf(node.asString().toUpperCase(Locale.ROOT)),
				OutagePolicy.class.getName(), (node) -> OutagePolicy.valueOf(node.asString().toUpperCase(Locale.ROOT)),
				TransportType.class.getName(),
				(node) -> TransportType.valueOf(node.asString().toUpperCase(Locale.ROOT)));
		return types.get(property.get("type").asString()).apply(value);
	}

	private static boolean isNamed(JsonNode node, String name) {
		return node.get("name").asString().equals(name);
	}

	private static Stream<String> names(JsonNode items) {
		List<String> names = new ArrayList<>();
		items.forEach((item) -> names.add(item.get("name").asString()));
		return names.stream();
	}

	private static JsonNode read(String resource) {
		try (InputStream in = StreamingProperties.class.getClassLoader().getResourceAsStream(resource)) {
			return JsonMapper.shared().readTree(in);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
