package dev.streaming.realtime;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of {@link RealtimeTool} and the schemas of its arguments.
 */
class RealtimeToolTests {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static JsonNode schema(Class<?> type) {
		return JSON.readTree(RealtimeTool.of("tool", "A tool", type, (input) -> input).inputSchema());
	}

	@Test
	void recordIsAnObjectOfItsComponents() {
		assertThat(schema(Simple.class)).isEqualTo(JSON.readTree("""
				{"type":"object","properties":{
				"text":{"type":"string"},"whole":{"type":"integer"},"real":{"type":"number"},
				"exact":{"type":"number"},"yes":{"type":"boolean"},"unit":{"type":"string","enum":["C","fahrenheit"]}},
				"required":["text","whole","real","exact","yes","unit"]}"""));
	}

	@Test
	void namesAndDescriptionsAreTakenOver() {
		assertThat(schema(Described.class)).isEqualTo(JSON.readTree("""
				{"type":"object","description":"A place","properties":{
				"city_name":{"type":"string","description":"A city, such as Oslo"}},
				"required":["city_name"]}"""));
	}

	@Test
	void optionalComponentsAreNotRequired() {
		JsonNode schema = schema(Optionals.class);
		assertThat(schema.path("required")).extracting(JsonNode::asString).containsExactly("must", "needed");
		assertThat(schema.at("/properties/may/type").asString()).isEqualTo("string");
		assertThat(schema.at("/properties/count/type").asString()).isEqualTo("integer");
	}

	@Test
	void structuresNest() {
		assertThat(schema(Nested.class)).isEqualTo(JSON.readTree(
				"""
						{"type":"object","properties":{
						"all":{"type":"array","items":{"type":"object","properties":{"of":{"type":"string"}},"required":["of"]}},
						"set":{"type":"array","items":{"type":"integer"}},
						"array":{"type":"array","items":{"type":"number"}},
						"map":{"type":"object","additionalProperties":{"type":"boolean"}},
						"any":{}},
						"required":["all","set","array","map","any"]}"""));
	}

	@Test
	void timesAndIdsAreStringsWithAFormat() {
		JsonNode properties = schema(Times.class).path("properties");
		assertThat(properties.at("/at/format").asString()).isEqualTo("date-time");
		assertThat(properties.at("/on/format").asString()).isEqualTo("date");
		assertThat(properties.at("/takes/format").asString()).isEqualTo("duration");
		assertThat(properties.at("/id/format").asString()).isEqualTo("uuid");
	}

	@Test
	void sameRecordMayComeTwiceButNotInItself() {
		assertThat(schema(Twice.class).at("/properties/second/properties/of/type").asString()).isEqualTo("string");
		assertThatIllegalArgumentException().isThrownBy(() -> schema(Recursive.class))
			.withMessageContaining("Recursive.next");
	}

	@Test
	void typeWithoutASchemaIsRefusedByName() {
		assertThatIllegalArgumentException().isThrownBy(() -> schema(Unknown.class))
			.withMessageContaining("Thread")
			.withMessageContaining("Unknown.thread");
		assertThatIllegalArgumentException().isThrownBy(() -> schema(String.class))
			.withMessageContaining("record or a Map");
	}

	@Test
	void mapTakesAnything() {
		assertThat(schema(Map.class)).isEqualTo(JSON.readTree("{\"type\":\"object\"}"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "with space", "1st", "ä", "a.b" })
	void badNameIsRefused(String name) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> RealtimeTool.of(name, "A tool", Map.class, (input) -> input))
			.withMessageContaining("'" + name + "'");
	}

	@Test
	void argumentsAreDecodedAndTheResultEncoded() throws Exception {
		RealtimeTool tool = RealtimeTool.of("tool", "A tool", Described.class,
				(place) -> Map.of("in", place.city().toUpperCase(Locale.ROOT)));
		assertThat(tool.call("{\"city_name\":\"Oslo\",\"unknown\":1}")).isEqualTo("{\"in\":\"OSLO\"}");
		assertThat(RealtimeTool.of("tool", "A tool", Map::size).call("")).isEqualTo("0");
		assertThat(RealtimeTool.of("tool", "A tool", Map.class, (input) -> null).call("{}")).isEqualTo("null");
		assertThat(RealtimeTool.of("tool", "A tool", Map.class, (input) -> "text").call("{}")).isEqualTo("\"text\"");
		assertThatExceptionOfType(JacksonException.class).isThrownBy(() -> tool.call("{"));
	}

	enum Unit {

		C, @JsonProperty("fahrenheit")
		F

	}

	record Simple(String text, int whole, double real, BigDecimal exact, Boolean yes, Unit unit) {

	}

	@JsonClassDescription("A place")
	record Described(@JsonProperty("city_name") @JsonPropertyDescription("A city, such as Oslo") String city,
			@JsonIgnore String ignored) {

	}

	record Optionals(String must, Optional<String> may, OptionalInt count, @Nullable String perhaps,
			@JsonProperty(required = true) Optional<String> needed) {

	}

	record Part(String of) {

	}

	record Nested(List<Part> all, Set<Long> set, double[] array, Map<String, Boolean> map, Object any) {

	}

	record Times(Instant at, LocalDate on, Duration takes, UUID id) {

	}

	record Twice(Part first, Part second) {

	}

	record Recursive(String value, Recursive next) {

	}

	record Unknown(Thread thread) {

	}

}
