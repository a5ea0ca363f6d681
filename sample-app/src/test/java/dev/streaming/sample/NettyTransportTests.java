package dev.streaming.sample;

import java.time.Duration;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample on Netty's transport, as README starts it.
 */
@Tag("socket")
@TestPropertySource(properties = "streaming.conn.transport=netty")
class NettyTransportTests extends AbstractSampleTests {

	@Test
	void conversationGoesOnAfterADrop() throws Exception {
		assertThat(AbstractChatTests.answer(client().chat("I am Ann"))).contains("nnA ma I");
		double reconnects = client().count("streaming.reconnect");
		client().post("/provider/drop");
		client().await(Duration.ofSeconds(20), () -> client().count("streaming.reconnect") > reconnects);
		assertThat(AbstractChatTests.answer(client().chat("who am I"))).contains("before that “I am Ann”");
		assertThat(Thread.getAllStackTraces().keySet()).anyMatch((thread) -> thread.getName().contains("netty"));
	}

}
