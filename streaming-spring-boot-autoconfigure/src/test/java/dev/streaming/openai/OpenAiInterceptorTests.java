package dev.streaming.openai;

import java.util.Base64;

import dev.streaming.realtime.RealtimeAnswerException;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.ResponseOptions;
import dev.streaming.realtime.Role;
import dev.streaming.testsupport.InputInterceptor;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for L3 with input of the user: interceptors process the messages of OpenAI's
 * client.
 */
@Rule("L3")
class OpenAiInterceptorTests extends AbstractOpenAiTests {

	private final InputInterceptor interceptor = new InputInterceptor();

	private RealtimeClient client;

	@BeforeEach
	void intercepted() throws InterruptedException {
		this.openAi.session((session) -> session.interceptor(this.interceptor));
		this.client = client();
	}

	@Test
	void textsAreSeenChangedAndDropped() throws Exception {
		this.client.sendText("my secret");
		this.client.sendText("drop this");
		this.client.sendText("Be brief", Role.SYSTEM);
		settle();
		assertThat(texts(this.openAi.transport().peer())).containsExactly("my ***", "Be brief");
		assertThat(this.interceptor.texts).containsExactly("user:my secret", "user:drop this", "system:Be brief");
		assertThat(this.openAi.handler().history()).extracting((item) -> item.text()).doesNotContain("my secret");
	}

	@Test
	void questionIsSeenOnceAndAnswered() throws Exception {
		try (var answer = this.client.ask("my secret?")) {
			this.openAi.awaitTold(CREATE, 1);
			answer("r1", "Yes");
			assertThat(answer.text()).isEqualTo("Yes");
		}
		assertThat(texts(this.openAi.transport().peer())).containsExactly("my ***?");
		assertThat(this.interceptor.texts).containsExactly("user:my secret?");
	}

	@Test
	void questionThatIsDroppedIsRefused() throws Exception {
		assertThatExceptionOfType(RealtimeAnswerException.class).isThrownBy(() -> this.client.ask("drop this"))
			.withMessageContaining("SessionInterceptor")
			.withMessageNotContaining("drop this");
		assertThatExceptionOfType(RealtimeAnswerException.class)
			.isThrownBy(() -> this.client.ask("drop this", ResponseOptions.builder().outOfBand().build()));
		assertThat(told(CREATE)).isEmpty();
		assertThat(told(ITEM)).isEmpty();
	}

	@Test
	void audioIsSeenChangedAndDropped() throws Exception {
		this.client.sendAudio(new byte[] { 1, 2 });
		this.client.sendAudio(new byte[] { 0, 2 });
		assertThat(told("input_audio_buffer.append")).singleElement()
			.satisfies((event) -> assertThat(event.path("audio").asString())
				.isEqualTo(Base64.getEncoder().encodeToString(new byte[] { 2, 2 })));
		assertThat(this.interceptor.audio).hasSize(2)
			.allSatisfy((piece) -> assertThat(piece.sampleRate()).isEqualTo(24_000))
			.allSatisfy((piece) -> assertThat(piece.mimeType()).isEqualTo("audio/pcm"));
	}

}
