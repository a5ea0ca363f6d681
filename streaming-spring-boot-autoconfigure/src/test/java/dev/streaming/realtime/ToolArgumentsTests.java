package dev.streaming.realtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.streaming.ToolCall;
import dev.streaming.testsupport.RecordingContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for arguments that violate the schema, which are reported to the model (V1).
 */
class ToolArgumentsTests {

	private static final String SCHEMA = """
			{"type":"object","required":["city"],"properties":{
			"city":{"type":"string"},"days":{"type":"integer"},"share":{"type":"number"},"exact":{"type":"boolean"},
			"tags":{"type":"array","items":{"type":"string"}},"any":{},"maybe":{"type":["string","null"]},
			"old":{"type":"STRING","nullable":true},
			"inner":{"type":"object","required":["a"],"properties":{"a":{"type":"string"}}},
			"map":{"type":"object","additionalProperties":{"type":"integer"}}}}""";

	@ParameterizedTest
	@ValueSource(strings = { "{'city':'Oslo'}", "{'city':'Oslo','days':5}", "{'city':'Oslo','days':5.0}",
			"{'city':'Oslo','share':5}", "{'city':'Oslo','share':0.5,'exact':true,'tags':['a'],'any':[{}]}",
			"{'city':'Oslo','maybe':null,'old':null,'days':null}", "{'city':'Oslo','unknown':{'x':1}}",
			"{'city':'','inner':{'a':'b'},'map':{'a':1}}" })
	void argumentsThatFitAreHandedOver(String arguments) {
		assertThat(problem(SCHEMA, arguments)).isNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			{                                        | not valid JSON
			{'city':'Oslo'                           | not valid JSON
			{'city':'Oslo'}}                         | not valid JSON
			not JSON                                 | not valid JSON
			{}                                       | 'city' is missing
			{'city':null}                            | 'city' is missing
			{'town':'Oslo'}                          | 'city' is missing
			{'city':1}                               | 'city' must be of type string
			{'city':['Oslo']}                        | 'city' must be of type string
			{'city':'Oslo','days':'5'}               | 'days' must be of type integer
			{'city':'Oslo','days':5.5}               | 'days' must be of type integer
			{'city':'Oslo','share':'x'}              | 'share' must be of type number
			{'city':'Oslo','exact':'true'}           | 'exact' must be of type boolean
			{'city':'Oslo','tags':'a'}               | 'tags' must be of type array
			{'city':'Oslo','tags':['a',1]}           | 'tags[1]' must be of type string
			{'city':'Oslo','old':1}                  | 'old' must be of type string or null
			{'city':'Oslo','inner':{}}               | 'inner.a' is missing
			{'city':'Oslo','inner':'a'}              | 'inner' must be of type object
			{'city':'Oslo','map':{'a':'b'}}          | 'map.a' must be of type integer
			['Oslo']                                 | the arguments must be of type object
			""")
	void argumentsThatDoNotFitAreReported(String arguments, String problem) {
		assertThat(problem(SCHEMA, arguments)).contains(problem);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "", "{}", "no schema", "[]", "{\"type\":5,\"required\":\"city\"}", "{\"required\":[1,{}]}" })
	void emptySchemaChecksNothing(String schema) {
		assertThat(problem(schema, "{'city':1}")).isNull();
	}

	@Test
	void onlySomeOfManyProblemsAreReported() {
		StringBuilder given = new StringBuilder("{'city':'Oslo','tags':[1");
		String problem = problem(SCHEMA, given.append(",1".repeat(1000)).append("]}").toString());
		assertThat(problem).contains("tags[4]").doesNotContain("tags[5]");
		assertThat(problem(SCHEMA, "{'city':'Oslo','map':{'" + "x".repeat(100_000) + "':'a'}}")).hasSizeLessThan(300);
	}

	@Test
	void toolIsNotCalledWithArgumentsThatDoNotFit() {
		List<String> calls = new ArrayList<>();
		List<String> results = new ArrayList<>();
		TestTool tool = new TestTool("a", SCHEMA, (arguments) -> {
			calls.add(arguments);
			return "1";
		});
		ToolRunner runner = new ToolRunner(List.of(tool), Runnable::run, new RecordingContext(),
				(call, result) -> results.add(result));
		runner.run(new ToolCall("c1", "a", "{\"city\":1}"));
		runner.run(new ToolCall("c2", "a", "{\"city\":\"Os"));
		runner.run(new ToolCall("c3", "a", ""));
		assertThat(calls).isEmpty();
		assertThat(results).containsExactly("{\"error\":\"Invalid arguments: 'city' must be of type string\"}",
				"{\"error\":\"The arguments are not valid JSON\"}",
				"{\"error\":\"Invalid arguments: 'city' is missing\"}");
	}

	@Test
	void schemaThatWasSentDecides() {
		List<String> results = new ArrayList<>();
		ToolRunner runner = new ToolRunner(List.of(new TestTool("a", SCHEMA, (arguments) -> arguments)), Runnable::run,
				new RecordingContext(), (call, result) -> results.add(result), (tool) -> null);
		runner.run(new ToolCall("c1", "a", "{\"city\":1}"));
		runner.run(new ToolCall("c2", "a", ""));
		assertThat(results).containsExactly("{\"city\":1}", "{}");
	}

	@Test
	void wholeNumberWithAFractionReachesAFunction() throws Exception {
		assertThat(RealtimeTool.of("a", "A", Days.class, (input) -> input.days() + 1).call("{\"days\":5.0}"))
			.isEqualTo("6");
	}

	private static @Nullable String problem(String schema, String arguments) {
		return Optional.ofNullable(ToolArguments.of(schema).problem(arguments.replace('\'', '"')))
			.map((problem) -> problem.replace('"', '\''))
			.orElse(null);
	}

	record Days(int days) {

	}

}
