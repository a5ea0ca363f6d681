package dev.streaming.test;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ScriptBook}: which line answers a request, and what fails a test.
 */
class ScriptBookTests {

	private final ScriptedProviders providers = new ScriptedProviders(Map.of("a", "openai-realtime"), Set.of(), true);

	private final ScriptedProvider provider = this.providers.get("a");

	private final Set<Integer> live = new HashSet<>();

	@AfterEach
	void close() {
		this.providers.close();
	}

	@Test
	void predicateIsNotAskedAboutSpeechWithoutATranscript() {
		this.provider.whenAsked((text) -> true).reply("1");
		assertThat(isAnswered(Request.Kind.SPEECH, "", 1)).isFalse();
		assertThat(isAnswered(Request.Kind.SPEECH, "Noon?", 1)).isTrue();
	}

	@Test
	void lineForSpeechDoesNotAnswerTexts() {
		this.provider.onSpeech().reply("1");
		assertThat(isAnswered(Request.Kind.TEXT, "hello", 1)).isFalse();
		assertThat(isAnswered(Request.Kind.SPEECH, "hello", 1)).isTrue();
	}

	@Test
	void partIsNotForAnotherQuestionOnTheNextConnection() {
		this.provider.onText("one").reply("1").thenReply("2");
		assertThat(isAnswered(Request.Kind.TEXT, "one", 1)).isTrue();
		assertThat(isAnswered(Request.Kind.TEXT, "two", 2)).isFalse();
		assertThat(isAnswered(Request.Kind.TEXT, "one", 2)).isTrue();
	}

	@Test
	void partIsNotForTheSameQuestionOfAnotherSession() {
		this.provider.onText("one").reply("1").thenReply("2").times(2);
		this.live.add(1);
		assertThat(parts("one", 1)).isEqualTo("part 1");
		this.live.add(2);
		assertThat(parts("one", 2)).as("the first session has not lost its connection").isEqualTo("part 1");
		assertThat(parts("one", 1)).isEqualTo("part 2");
		this.live.remove(2);
		assertThat(parts("one", 3)).as("the second session has").isEqualTo("part 2");
	}

	private String parts(String text, int connection) {
		ScriptBook.Part part = take(Request.Kind.TEXT, text, connection);
		return "part " + ((part != null) ? part.exchange().taken() : 0);
	}

	@Test
	void lineForAnyNumberOfRequestsMustBeUsedOnce() {
		this.provider.onText("one").reply("1").always();
		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.provider::verify)
			.withMessageContaining("No request for onText(\"one\") always (not used)");
		assertThat(isAnswered(Request.Kind.TEXT, "one", 1)).isTrue();
		this.provider.verify();
	}

	@Test
	void restOfAnOptionalLineMayBeUnused() {
		this.provider.onText("one").reply("1").thenReply("2").optional();
		assertThat(isAnswered(Request.Kind.TEXT, "one", 1)).isTrue();
		this.provider.verify();
	}

	@Test
	void lenienceEndsWithTheTest() {
		this.provider.lenient();
		this.provider.onText("one").reply("1");
		this.provider.verify();
		this.provider.reset();
		this.provider.onText("one").reply("1");
		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.provider::verify);
	}

	private boolean isAnswered(Request.Kind kind, String text, int connection) {
		return take(kind, text, connection) != null;
	}

	private ScriptBook.@Nullable Part take(Request.Kind kind, String text, int connection) {
		Request request = new Request(kind, text, List.of());
		return this.provider.core().book().take(request, connection, this.live::contains);
	}

}
