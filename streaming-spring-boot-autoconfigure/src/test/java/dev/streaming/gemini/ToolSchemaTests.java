package dev.streaming.gemini;

import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for JSON schemas in the format of the Live API.
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
	void unknownKeywordsAreOmitted() {
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
	void requiredPropertyThatIsNotThereIsOmitted() {
		assertThat(ToolSchema.translate("""
				{"type":"object","properties":{"q":{"type":"string"}},"required":["q","nope",1]}"""))
			.isEqualTo(json("{'type':'object','required':['q'],'properties':{'q':{'type':'string'}}}"));
		assertThat(ToolSchema.translate("""
				{"type":"object","properties":{"q":{"type":"string"}},"required":["nope"]}"""))
			.isEqualTo(json("{'type':'object','properties':{'q':{'type':'string'}}}"));
		assertThat(property("{\"type\":\"object\",\"required\":[\"a\"]}")).isEqualTo(json("{'type':'object'}"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			{'type':'string','properties':{'a':{'type':'string'}},'required':['a']} | {'type':'string'}
			{'type':'string','items':{'type':'string'},'minItems':1,'minimum':2}    | {'type':'string'}
			{'enum':[1,2]}                             | {'type':'integer'}
			{'enum':[1.5]}                             | {'type':'number'}
			{'enum':[true]}                            | {'type':'boolean'}
			{'enum':['','a']}                          | {'type':'string','enum':['a']}
			{'enum':['']}                              | {'type':'string'}
			{'enum':[]}                                | {'type':'string'}
			{'enum':['a','a',null]}                    | {'type':'string','nullable':true,'enum':['a']}
			{'enum':['a',1]}                           | {'type':'string'}
			{'type':'integer','enum':['1']}            | {'type':'integer'}
			{}                                         | {'type':'string'}
			{'description':'Any'}                      | {'type':'string','description':'Any'}
			{'description':5,'title':{},'default':{}}  | {'type':'string'}
			{'minimum':1}                              | {'type':'number','minimum':1}
			{'type':'array','minItems':-1,'maxItems':1.5} | {'type':'array','items':{'type':'string'}}
			{'type':'null'}                            | {'nullable':true,'type':'string'}
			{'type':['null']}                          | {'nullable':true,'type':'string'}
			{'type':[]}                                | {'type':'string'}
			{'type':'STRING'}                          | {'type':'string'}
			{'type':'file'}                            | {'type':'string'}
			{'type':5}                                 | {'type':'string'}
			{'type':'string','format':'int32'}         | {'type':'string','description':'(int32)'}
			{'type':'integer','format':'date-time'}    | {'type':'integer','description':'(date-time)'}
			{'type':'string','format':'enum'}          | {'type':'string'}
			{'type':'array','items':{}}                | {'type':'array','items':{'type':'string'}}
			{'type':'array','items':[{'type':'integer'}]} | {'type':'array','items':{'type':'string'}}
			{'$ref':'elsewhere.json'}                  | {'type':'object'}
			{'anyOf':[]}                               | {'type':'string'}
			{'type':'string','anyOf':[{'format':'date'},{'pattern':'x'}]} | {'type':'string'}
			true                                       | {'type':'string'}
			""")
	void schemaIsOneThatTheServiceAccepts(String given, String expected) {
		assertThat(property(given.replace('\'', '"'))).isEqualTo(json(expected));
	}

	@Test
	void alternativesAreTranslatedOneByOne() {
		assertThat(property(json("{'type':'array','items':{'type':'string'},'properties':{'a':{}}}").toString()))
			.isEqualTo(json("{'type':'array','items':{'type':'string'}}"));
		assertThat(property(json("{'maxItems':3}").toString()))
			.isEqualTo(json("{'type':'array','maxItems':3,'items':{'type':'string'}}"));
		assertThat(property(json("{'description':'Both','anyOf':[{'type':'string'},{}]}").toString()))
			.isEqualTo(json("{'anyOf':[{'type':'string','description':'Both'},{'type':'string'}]}"));
		assertThat(property(json("{'anyOf':[{'type':'string'},{'type':'integer'},{'type':'null'}]}").toString()))
			.isEqualTo(json("{'anyOf':[{'type':'string','nullable':true},{'type':'integer','nullable':true}]}"));
		assertThat(
				property(json("{'properties':{'a':{'type':'string'}},'anyOf':[{'required':['a']},{'required':['b']}]}")
					.toString()))
			.isEqualTo(json("{'type':'object','properties':{'a':{'type':'string'}}}"));
		assertThat(property(json("{'type':'object','anyOf':[{'properties':{'a':{}}},{'type':'null'}]}").toString()))
			.isEqualTo(json("{'type':'object','properties':{'a':{'type':'string'}},'nullable':true}"));
	}

	@Test
	void alternativesOfTheArgumentsAreOneObject() {
		assertThat(ToolSchema.translate("""
				{"oneOf":[{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]},
				{"type":"object","properties":{"b":{"type":"integer"}},"required":["b"]}]}"""))
			.isEqualTo(json("{'type':'object','properties':{'a':{'type':'string'},'b':{'type':'integer'}}}"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"type\":\"string\"}", "{\"type\":\"null\"}", "{\"enum\":[1]}" })
	void argumentsThatAreNoObjectHaveNoSchema(String schema) {
		assertThat(ToolSchema.translate(schema)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{", "[]", "5", "not JSON" })
	void whatIsNoSchemaIsRefused(String schema) {
		assertThatIllegalArgumentException().isThrownBy(() -> ToolSchema.translate(schema))
			.withMessageContaining("input schema of a tool");
	}

	/**
	 * Tests with random schemas, against all known restrictions of the service.
	 */
	@Test
	void nothingThatTheServiceRefusesIsSent() {
		long seed = new Random().nextLong();
		Random random = new Random(seed);
		for (int i = 0; i < 5_000; i++) {
			String schema = RandomSchemas.object(random, 3).toString();
			JsonNode translated = ToolSchema.translate(schema);
			if (translated != null) {
				assertThat(RandomSchemas.refusal(translated)).as("seed %s, schema %s", seed, schema).isEmpty();
			}
		}
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
