package dev.streaming.sample;

import java.time.Duration;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.test.context.ActiveProfiles;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The same code with the embedded provider in Gemini's shape.
 */
@ActiveProfiles("gemini")
@Tag("socket")
class GeminiProfileTests extends AbstractChatTests {

	@Test
	void providerResumesTheConversationAfterADrop() throws Exception {
		client().chat("one");
		client().dropInNextAnswer();
		client().chat("two");
		// The resumed conversation is that after the last whole turn
		assertThat(answer(client().chat("three"))).startsWith("You said “three”, and before that “one”.");
	}

	@Test
	void conversationMovesToAnotherConnectionBeforeTheProviderGoesAway() throws Exception {
		client().chat("before");
		double planned = client().count("streaming.reconnect", "planned:true");
		assertThat(client().post("/provider/go-away").path("told").asInt()).isEqualTo(1);
		client().await(Duration.ofSeconds(20), () -> client().count("streaming.reconnect", "planned:true") > planned);
		assertThat(answer(client().chat("after"))).startsWith("You said “after”, and before that “before”.");
	}

}
