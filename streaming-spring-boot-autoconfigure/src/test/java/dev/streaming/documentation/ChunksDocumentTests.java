package dev.streaming.documentation;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import dev.streaming.FinishReason;
import dev.streaming.StreamChunk;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The reference of chunks names every field, kind and reason.
 */
class ChunksDocumentTests {

	private static final Path DOCUMENT = Documents.ROOT.resolve("docs/reference/chunks.md");

	@Test
	void everyFieldIsDocumented() {
		List<String> fields = Arrays.stream(StreamChunk.Builder.class.getMethods())
			.filter((method) -> method.getReturnType() == StreamChunk.Builder.class)
			.filter((method) -> !Modifier.isStatic(method.getModifiers()))
			.map(Method::getName)
			.distinct()
			.toList();
		assertThat(rows("| field | meaning |")).containsExactlyInAnyOrderElementsOf(fields);
	}

	@Test
	void everyKindIsDocumentedInTheOrderInWhichItIsChosen() {
		assertThat(rows("| kind | when |")).containsExactlyElementsOf(names(StreamChunk.Kind.values()));
	}

	@Test
	void everyFinishReasonIsDocumentedWithItsFinality() {
		assertThat(rows("| `finishReason` | meaning |")).containsExactlyElementsOf(names(FinishReason.values()));
		for (FinishReason reason : FinishReason.values()) {
			assertThat(
					table("| `finishReason` | meaning |").filter((row) -> row.startsWith("| `" + reason.name() + "`")))
				.singleElement()
				.asString()
				.endsWith(reason.isFinal() ? "| yes |" : "| no |");
		}
	}

	private static List<String> names(Enum<?>[] values) {
		return Arrays.stream(values).map(Enum::name).toList();
	}

	private static List<String> rows(String header) {
		return table(header).map((row) -> row.substring(3, row.indexOf('`', 3))).toList();
	}

	private static Stream<String> table(String header) {
		return Documents.read(DOCUMENT)
			.lines()
			.dropWhile((line) -> !line.startsWith(header))
			.skip(2)
			.takeWhile((line) -> line.startsWith("|"));
	}

}
