package dev.streaming.openai;

import java.util.Base64;

import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.Role;
import dev.streaming.testsupport.InputInterceptor;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for L3 with input of the user: interceptors process the messages of GPT-Live's
 * client.
 */
@Rule("L3")
@Timeout(30)
class OpenAiLiveInterceptorTests {

	private final InputInterceptor interceptor = new InputInterceptor();

	private final OpenAiLiveFixture live = new OpenAiLiveFixture()
		.session((session) -> session.interceptor(this.interceptor));

	@AfterEach
	void close() {
		this.live.close();
	}

	@Test
	void instructionsAndAudioAreSeenChangedAndDropped() throws Exception {
		RealtimeClient client = RealtimeClient.of(this.live.open());
		client.sendText("A secret", Role.SYSTEM);
		client.sendText("drop this", Role.SYSTEM);
		client.sendAudio(new byte[] { 1, 2 });
		client.sendAudio(new byte[] { 0, 2 });
		this.live.heard();
		assertThat(this.live.told("session.instructions.append")).singleElement()
			.satisfies((event) -> assertThat(event.path("content").asString()).isEqualTo("A ***"));
		assertThat(this.live.told("session.input_audio.append")).singleElement()
			.satisfies((event) -> assertThat(event.path("audio").asString())
				.isEqualTo(Base64.getEncoder().encodeToString(new byte[] { 2, 2 })));
		assertThat(this.interceptor.texts).containsExactly("system:A secret", "system:drop this");
		assertThat(this.interceptor.audio).hasSize(2)
			.allSatisfy((piece) -> assertThat(piece.sampleRate()).isEqualTo(24_000));
	}

}
