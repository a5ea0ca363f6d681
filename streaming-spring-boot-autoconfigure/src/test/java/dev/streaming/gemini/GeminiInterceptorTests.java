package dev.streaming.gemini;

import java.util.Base64;

import dev.streaming.realtime.RealtimeAnswerException;
import dev.streaming.realtime.Role;
import dev.streaming.testsupport.InputInterceptor;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for L3 with input of the user: interceptors process the messages of Gemini's
 * client.
 */
@Rule("L3")
@Timeout(30)
class GeminiInterceptorTests {

	private final InputInterceptor interceptor = new InputInterceptor();

	private final GeminiFixture gemini = new GeminiFixture().virtualTime()
		.session((session) -> session.interceptor(this.interceptor));

	@AfterEach
	void close() {
		this.gemini.close();
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
	void textsAreSeenChangedAndDropped(TextInput input) throws Exception {
		this.gemini.options((options) -> options.textInput(input)).open();
		this.gemini.client().sendText("drop this");
		this.gemini.client().sendText("my secret");
		this.gemini.client().respond();
		this.gemini.takeUntilMarker();
		assertThat(this.gemini.sent(1).toString()).contains("my ***").doesNotContain("secret", "drop this");
		assertThat(this.interceptor.texts).containsExactly("user:drop this", "user:my secret");
	}

	@Test
	void textOfTheModelIsSeenToo() throws Exception {
		this.gemini.options((options) -> options.textInput(TextInput.TURNS)).open();
		this.gemini.client().sendText("a secret", Role.ASSISTANT);
		this.gemini.client().sendText("drop this", Role.ASSISTANT);
		this.gemini.takeUntilMarker();
		assertThat(this.gemini.sent(1).toString()).contains("a ***").doesNotContain("drop this");
		assertThat(this.interceptor.texts).containsExactly("assistant:a secret", "assistant:drop this");
	}

	@Test
	void questionIsSeenOnceAndAnswered() throws Exception {
		this.gemini.options((options) -> options.textInput(TextInput.TURNS)).open();
		try (var answer = this.gemini.client().ask("my secret?")) {
			this.gemini.awaitSent(1, 2);
			this.gemini.sayTurn("Yes");
			assertThat(answer.text()).isEqualTo("Yes");
		}
		assertThat(this.gemini.sent(1).toString()).contains("my ***?");
		assertThat(this.interceptor.texts).containsExactly("user:my secret?");
	}

	@Test
	void questionThatIsDroppedIsRefused() throws Exception {
		this.gemini.open();
		assertThatExceptionOfType(RealtimeAnswerException.class).isThrownBy(() -> this.gemini.client().ask("drop this"))
			.withMessageContaining("SessionInterceptor");
		this.gemini.takeUntilMarker();
		assertThat(this.gemini.sent(1)).hasSize(1);
	}

	@Test
	void audioIsSeenChangedAndDropped() throws Exception {
		this.gemini.open();
		this.gemini.client().sendAudio(new byte[] { 1, 2 });
		this.gemini.client().sendAudio(new byte[] { 0, 2 });
		this.gemini.takeUntilMarker();
		assertThat(this.gemini.sent(1)).hasSize(2)
			.last()
			.satisfies((message) -> assertThat(message.toString())
				.contains(Base64.getEncoder().encodeToString(new byte[] { 2, 2 })));
		assertThat(this.interceptor.audio).hasSize(2)
			.allSatisfy((piece) -> assertThat(piece.sampleRate()).isEqualTo(16_000));
	}

}
