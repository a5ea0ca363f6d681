package dev.streaming.realtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.streaming.SessionConfig;
import dev.streaming.ToolCall;
import dev.streaming.testsupport.RecordingContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for results of calls as they are sent to the model (B5).
 */
class ToolResultTests {

	private static final String FAILED = "{\"error\":\"The tool failed\"}";

	private final RecordingContext context = new RecordingContext();

	private String resultOf(TestTool.Body body) {
		List<String> results = new ArrayList<>();
		new ToolRunner(List.of(new TestTool("a", "{}", body)), Runnable::run, this.context,
				(call, result) -> results.add(result))
			.run(new ToolCall("c1", "a", "{}"));
		assertThat(results).as("every call is answered, once").hasSize(1);
		return results.get(0);
	}

	@Test
	void modelLearnsNothingOfAnException() {
		assertThat(resultOf((arguments) -> {
			throw new IllegalStateException("jdbc:postgresql://db?password=MARKPW failed");
		})).isEqualTo(FAILED);
		assertThat(resultOf((arguments) -> {
			throw new Exception(new ToolException("Inside"));
		})).isEqualTo(FAILED);
	}

	@Test
	void modelReceivesTheMessageOfAToolException() {
		assertThat(resultOf((arguments) -> {
			throw new ToolException("There is no \"Oslo\"", new IllegalStateException("MARKPW"));
		})).isEqualTo("{\"error\":\"There is no \\\"Oslo\\\"\"}");
	}

	@Test
	void errorIsAnsweredToo() {
		for (Error error : List.of(new OutOfMemoryError("MARK"), new StackOverflowError(), new LinkageError("MARK"),
				new AssertionError("MARK"), new Error("MARK"))) {
			assertThat(resultOf((arguments) -> {
				throw error;
			})).as("%s", error).isEqualTo(FAILED);
		}
	}

	@Test
	void nullIsAnEmptyText() {
		assertThat(resultOf((arguments) -> null)).isEmpty();
		RealtimeTool function = RealtimeTool.of("a", "A", Map.class, (input) -> null);
		assertThat(resultOf(function::call)).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "a, 1024, true", "a, 1025, false", "é, 512, true", "é, 513, false", "€, 341, true", "€, 342, false" })
	void resultThatIsTooLargeIsNotSent(String letter, int count, boolean sent) {
		this.context.config = config(DataSize.ofKilobytes(1));
		String result = letter.repeat(count);
		if (sent) {
			assertThat(resultOf((arguments) -> result)).isEqualTo(result);
		}
		else {
			assertThat(resultOf((arguments) -> result)).contains("error", "too large", "1024")
				.doesNotContain(letter + letter + letter);
			assertThat(resultOf((arguments) -> {
				throw new ToolException(result);
			})).contains("too large");
		}
	}

	@Test
	void resultMayHave256KilobytesByDefault() {
		String largest = "x".repeat(256 * 1024);
		assertThat(resultOf((arguments) -> largest)).isSameAs(largest);
		assertThat(resultOf((arguments) -> largest + "x")).contains("too large").hasSizeLessThan(200);
	}

	private static Optional<SessionConfig> config(DataSize size) {
		return Optional.of(RecordingContext.config((session) -> session.toolResultSize(size)));
	}

}
