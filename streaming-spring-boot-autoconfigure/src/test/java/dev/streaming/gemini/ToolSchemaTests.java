package dev.streaming.gemini;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * JSON schemas in the words of the Live API.
 */
class ToolSchemaTests {

	@Test
	void whatIsUnderstoodStays() {
		String schema = """
				{"type":"object","description":"A","properties":{
				"city":{"type":"string","minLength":1,"maxLength":9,"pattern":"x","enum":["a","b"]},
				"at":{"type":"string","format":"date-time"},
				"days":{"type":"integer","minimum":1,"maximum":7,"format":"int32"},
				"tags":{"type":"array","minItems":1,"maxItems":2,"items":{"type":"string"}},
				"inner":{"type":"object","properties":{"a":{"type":"boolean"}},"required":["a"]}},
				"required":["city"]}""";
		assertThat(ToolSchema.translate(schema)).isEqualTo(GeminiJson.MAPPER.readTree(schema));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{}", "{\"type\":\"object\"}", "{\"type\":\"object\",\"properties\":{}}",
			"{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}" })
	void toolWithoutArgumentsHasNoSchema(String schema) {
		assertThat(ToolSchema.translate(schema)).isNull();
	}

	@Test
	void whatIsNotUnderstoodIsLeftOut() {
		assertThat(property("""
				{"type":"string","$comment":"x","contentEncoding":"base64","examples":["a"],"readOnly":true}"""))
			.isEqualTo(json("{'type':'string'}"));
		assertThat(property("""
				{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}"""))
			.isEqualTo(json("{'type':'object','properties':{'a':{'type':'string'}}}"));
		assertThat(property("{\"type\":\"integer\",\"enum\":[1,2]}")).isEqualTo(json("{'type':'integer'}"));
	}

	@Test
	void formatThatIsNotUnderstoodIsDescribed() {
		assertThat(property("{\"type\":\"string\",\"format\":\"uuid\"}"))
			.isEqualTo(json("{'type':'string','description':'(uuid)'}"));
		assertThat(property("{\"type\":\"string\",\"format\":\"date\",\"description\":\"When\"}"))
			.isEqualTo(json("{'type':'string','description':'When (date)'}"));
	}

	@Test
	void nullIsNullable() {
		assertThat(property("{\"type\":[\"string\",\"null\"]}")).isEqualTo(json("{'type':'string','nullable':true}"));
		assertThat(property("{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}"))
			.isEqualTo(json("{'type':'string','nullable':true}"));
	}

	@Test
	void alternativesAreAnyOf() {
		JsonNode expected = json("{'anyOf':[{'type':'string'},{'type':'integer'}]}");
		assertThat(property("{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}")).isEqualTo(expected);
		assertThat(property("{\"type\":[\"string\",\"integer\"]}")).isEqualTo(expected);
	}

	@Test
	void constantIsTheOnlyChoice() {
		assertThat(property("{\"const\":\"a\"}")).isEqualTo(json("{'enum':['a'],'type':'string'}"));
	}

	@Test
	void exclusiveLimitsAreLimits() {
		assertThat(property("{\"type\":\"number\",\"exclusiveMinimum\":0,\"exclusiveMaximum\":1}"))
			.isEqualTo(json("{'type':'number','minimum':0,'maximum':1}"));
	}

	@Test
	void arrayHasItems() {
		assertThat(property("{\"type\":\"array\"}")).isEqualTo(json("{'type':'array','items':{'type':'string'}}"));
	}

	@Test
	void referencesArePutInPlace() {
		JsonNode schema = ToolSchema.translate("""
				{"type":"object","properties":{"a":{"$ref":"#/$defs/place","description":"Here"}},
				"$defs":{"place":{"$ref":"#/$defs/city"},
				"city":{"type":"object","description":"A city","properties":{"name":{"type":"string"}}}}}""");
		assertThat(schema.path("properties").path("a"))
			.isEqualTo(json("{'type':'object','description':'Here','properties':{'name':{'type':'string'}}}"));
	}

	@Test
	void allOfIsMerged() {
		assertThat(property("""
				{"allOf":[{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]},
				{"properties":{"b":{"type":"string"}},"required":["b"]}]}"""))
			.isEqualTo(json("{'type':'object','required':['a','b'],"
					+ "'properties':{'a':{'type':'string'},'b':{'type':'string'}}}"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"$ref\":\"#/properties/x\"}", "{\"$ref\":\"#\"}", "{\"$ref\":\"elsewhere.json\"}",
			"{\"allOf\":[{\"$ref\":\"#\"}]}",
			"{\"allOf\":[{\"$ref\":\"#/properties/x\"},{\"$ref\":\"#/properties/x\"}]}",
			"{\"properties\":{\"a\":{\"$ref\":\"#\"},\"b\":{\"$ref\":\"#\"},\"c\":{\"$ref\":\"#\"}}}" })
	void schemaThatContainsItselfHasAnEnd(String property) {
		assertThat(property(property).toString().length()).isLessThan(1_000_000);
	}

	private static JsonNode property(String schema) {
		return ToolSchema.translate("{\"type\":\"object\",\"properties\":{\"x\":" + schema + "}}")
			.path("properties")
			.path("x");
	}

	private static JsonNode json(String text) {
		return GeminiJson.MAPPER.readTree(text.replace('\'', '"'));
	}

}
