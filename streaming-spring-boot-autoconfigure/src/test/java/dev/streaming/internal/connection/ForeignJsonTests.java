package dev.streaming.internal.connection;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of {@link ForeignJson} by way of {@link JsonEncoder}.
 */
class ForeignJsonTests {

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	static List<Object> madeForJackson2() {
		return List.of(new Named("a"), new Converted("a"), new WithGetter(), new Inheriting(),
				JsonNodeFactory.instance.objectNode().put("secretValue", "a"),
				Map.of("inner", List.of(new Named("a"))));
	}

	@ParameterizedTest
	@MethodSource("madeForJackson2")
	void typeThatOnlyJackson2UnderstandsIsRefused(Object message) {
		assertThatIllegalArgumentException().isThrownBy(() -> JsonEncoder.encode(MAPPER, message))
			.withMessageContaining("is made for Jackson 2")
			.withMessageContaining("sendRaw(String)")
			.withMessageEndingWith("nothing was sent")
			.withMessageNotContaining("secretValue");
	}

	@Test
	void refusalNamesTheTypeInside() {
		assertThatIllegalArgumentException().isThrownBy(() -> JsonEncoder.encode(MAPPER, Map.of("a", new Named("a"))))
			.withMessageContaining(Named.class.getName());
	}

	@Test
	void annotationsThatBothUnderstandAreNoReason() {
		assertThat(JsonEncoder.encode(MAPPER, new Shared("a")).text()).isEqualTo("{\"event_id\":\"a\"}");
		assertThat(JsonEncoder.encode(MAPPER, new ForBoth("a")).text()).isEqualTo("{\"event_id\":\"a\"}");
	}

	@Test
	void serializerOfTheApplicationGoesBefore() {
		JsonMapper own = MAPPER.rebuild()
			.addModule(new SimpleModule().addSerializer(Named.class, new ValueSerializer<Named>() {

				@Override
				public void serialize(Named value, JsonGenerator generator, SerializationContext context) {
					generator.writeString("own");
				}

			}))
			.build();
		assertThat(JsonEncoder.encode(own, new Named("a")).text()).isEqualTo("\"own\"");
	}

	@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
	record Named(String eventId) {

	}

	record Converted(@JsonSerialize(using = ToStringSerializer.class) Object eventId) {

	}

	static class WithGetter {

		@JsonProperty("eventId")
		@JsonSerialize(using = ToStringSerializer.class)
		Object getEventId() {
			return "a";
		}

	}

	static class Inheriting extends WithGetter {

	}

	record Shared(@JsonProperty("event_id") String eventId) {

	}

	@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
	@tools.jackson.databind.annotation.JsonNaming(tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy.class)
	record ForBoth(String eventId) {

	}

}
