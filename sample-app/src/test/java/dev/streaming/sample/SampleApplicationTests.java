package dev.streaming.sample;

import java.time.Duration;
import java.util.List;

import dev.streaming.sample.ChatClient.Event;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * With nothing configured: the embedded provider in OpenAI's shape.
 */
@Tag("socket")
class SampleApplicationTests extends AbstractChatTests {

	@Test
	void conversationIsReplayedAfterADrop() throws Exception {
		client().chat("one");
		client().dropInNextAnswer();
		client().chat("two");
		List<Event> events = client().chat("three");
		assertThat(events).filteredOn((event) -> event.data().path("reset").asBoolean(false)).hasSize(1);
		assertThat(answer(events)).startsWith("You said “three”, and before that “two”.");
	}

	@Test
	void conversationGoesOnWhenTheProviderEndsTheConnection() throws Exception {
		client().chat("before");
		double reconnects = client().count("streaming.reconnect");
		assertThat(client().post("/provider/go-away").path("told").asInt()).isEqualTo(1);
		client().await(Duration.ofSeconds(20), () -> client().count("streaming.reconnect") > reconnects);
		assertThat(answer(client().chat("after"))).startsWith("You said “after”, and before that “before”.");
	}

}
