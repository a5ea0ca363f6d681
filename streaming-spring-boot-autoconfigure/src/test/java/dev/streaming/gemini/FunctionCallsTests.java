package dev.streaming.gemini;

import java.util.List;
import java.util.stream.Stream;

import dev.streaming.ToolCall;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for calls in several pieces, or without an id.
 */
class FunctionCallsTests {

	private final FunctionCalls calls = new FunctionCalls();

	@Test
	void streamedCallIsDeliveredWhole() {
		List<ToolCall> read = read("""
				{"id":"f1","name":"book","willContinue":true}""", """
				{"id":"f1","partialArgs":[{"jsonPath":"$.city","stringValue":"New ","willContinue":true}],
				"willContinue":true}""", """
				{"partialArgs":[{"jsonPath":"$.city","stringValue":"York"},
				{"jsonPath":"$.guests[0].age","numberValue":7},{"jsonPath":"$.guests[1][\\"age\\"]","numberValue":8.5},
				{"jsonPath":"$['late']","boolValue":true},{"jsonPath":"$.note","nullValue":"NULL_VALUE"}],
				"willContinue":true}""", "{}");
		assertThat(read).singleElement().satisfies((call) -> {
			assertThat(call.id()).isEqualTo("f1");
			assertThat(call.name()).isEqualTo("book");
			assertThat(GeminiJson.MAPPER.readTree(call.arguments())).isEqualTo(GeminiJson.MAPPER.readTree("""
					{"city":"New York","guests":[{"age":7},{"age":8.5}],"late":true,"note":null}"""));
		});
	}

	@Test
	void nextCallDoesNotContinueTheLastOne() {
		List<ToolCall> read = read("{\"id\":\"f1\",\"name\":\"one\",\"willContinue\":true}",
				"{\"id\":\"f2\",\"name\":\"two\",\"args\":{\"a\":1}}");
		assertThat(read).containsExactly(new ToolCall("f2", "two", "{\"a\":1}"));
	}

	@Test
	void callThatDidNotBecomeWholeIsForgottenWithItsTurn() {
		read("{\"id\":\"f1\",\"name\":\"one\",\"willContinue\":true}");
		this.calls.reset();
		assertThat(read("{}")).isEmpty();
	}

	@Test
	void pieceCannotMakeMoreOfItselfThanItIs() {
		String deep = "$.a" + "[0]".repeat(100_000);
		assertThat(read("{\"name\":\"n\",\"partialArgs\":[{\"jsonPath\":\"" + deep + "\",\"numberValue\":1}]}"))
			.singleElement()
			.extracting(ToolCall::arguments)
			.isEqualTo("{}");
		assertThat(read("{\"name\":\"n\",\"partialArgs\":[{\"jsonPath\":\"$.a[9999][9999]\",\"numberValue\":1}]}"))
			.singleElement()
			.extracting(ToolCall::arguments)
			.isEqualTo("{\"a\":[]}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "$", "city", "$..city", "$.a[", "$.a[x]", "$[0]", "$.a[99999999999]", "$.a b[0" })
	void pieceWhosePathIsNotUnderstoodIsLeftOut(String path) {
		assertThat(read("{\"name\":\"n\",\"partialArgs\":[{\"jsonPath\":\"" + path + "\",\"numberValue\":1}]}"))
			.singleElement()
			.extracting(ToolCall::arguments)
			.isEqualTo("{}");
	}

	@Test
	void callsWithoutAnIdAreDistinguished() {
		List<ToolCall> read = read("{\"name\":\"n\"}", "{\"name\":\"n\"}");
		assertThat(read).extracting(ToolCall::id).doesNotHaveDuplicates().doesNotContain("");
		assertThat(FunctionCalls.wireId(read.get(0).id())).isNull();
		assertThat(FunctionCalls.wireId("f1")).isEqualTo("f1");
	}

	private List<ToolCall> read(String... calls) {
		List<JsonNode> nodes = Stream.of(calls).map(GeminiJson.MAPPER::readTree).toList();
		return this.calls.read(nodes);
	}

}
