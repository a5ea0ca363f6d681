package dev.streaming.gemini;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.streaming.realtime.Answer;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for an application that only reads the answers to its questions.
 */
@Timeout(30)
class GeminiUnreadSessionTests {

	private final GeminiFixture gemini = new GeminiFixture().virtualTime();

	@AfterEach
	void close() {
		this.gemini.close();
	}

	@Test
	@Rule("S4")
	void unreadEventsDoNotStopTheAnswers() throws Exception {
		this.gemini.session((builder) -> builder.responseChannelSize(1).readAhead(DataSize.ofBytes(0))).open();
		RealtimeClient client = this.gemini.client();
		for (int i = 1; i <= 200; i++) {
			Answer answer = client.ask("Question " + i);
			// After the setup
			this.gemini.awaitSent(1, i + 1);
			this.gemini.sayHandle("handle-" + i);
			this.gemini.say("{'serverContent':{'interactionStatus':'ACTIVE'}}");
			this.gemini.sayTurn("Answer " + i);
			this.gemini.say("{'usageMetadata':{'promptTokenCount':3,'responseTokenCount':4,'totalTokenCount':7}}");
			CompletableFuture<String> text = CompletableFuture.supplyAsync(answer::text);
			assertThat(text.get(10, TimeUnit.SECONDS)).isEqualTo("Answer " + i);
			// The message is confirmed by the handle
			this.gemini.pass(Duration.ofSeconds(1));
		}
		assertThat(this.gemini.session().response().size()).isEqualTo(1);
	}

}
