package dev.streaming.sample;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import dev.streaming.sample.ChatClient.Event;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the limits of the running sample, and for a long outage.
 */
@TestPropertySource(properties = { "sample.chat.max-answers=2", "sample.chat.max-visitors=2",
		"sample.chat.answer-timeout=5s", "streaming.connections.assistant.conn.write-wait=2s" })
@Tag("socket")
class SmallLimitsTests extends AbstractSampleTests {

	@Test
	void questionBeyondTheLimitOfAnswersIsRefused() throws Exception {
		try (Stream<String> one = client().begin("count to 500");
				Stream<String> two = newVisitor().begin("count to 500")) {
			assertThat(one).isNotSameAs(two);
			for (int i = 0; i < 10; i++) {
				HttpResponse<String> refused = newVisitor().refused("hello");
				assertThat(refused.statusCode()).isEqualTo(503);
				assertThat(refused.headers().firstValue("Retry-After")).hasValue("5");
				assertThat(refused.headers().firstValue("Set-Cookie")).isEmpty();
				assertThat(refused.body()).contains("There are too many questions at the moment.");
			}
		}
		awaitIdle();
		assertThat(AbstractChatTests.answer(newVisitor().chat("hello"))).contains("olleh");
		assertThat(AbstractChatTests.answer(newVisitor().chat("hello"))).contains("olleh");
	}

	@Test
	void visitorBeyondTheLimitTakesThePlaceOfAnother() throws Exception {
		client().chat("I am Ann");
		client().chat("I am still Ann");
		for (int i = 0; i < 5; i++) {
			newVisitor().chat("I am number " + i);
		}
		assertThat(client().json("/actuator/streaming").path("sessions").size()).isEqualTo(2);
		// Those who came once made room for each other
		assertThat(AbstractChatTests.answer(client().chat("who"))).contains("before that “I am still Ann”");
	}

	@Test
	void answerBeyondItsTimeIsStoppedAndTheConversationGoesOn() throws Exception {
		List<Event> events = client().chat("count to 500");
		assertThat(events).hasSizeGreaterThan(20);
		assertThat(AbstractChatTests.last(events).name()).isEqualTo("failure");
		assertThat(AbstractChatTests.last(events).data().path("error").asString())
			.isEqualTo("This answer took too long and was stopped.");
		assertThat(AbstractChatTests.answer(client().chat("hello"))).contains("and before that “count to 500”");
	}

	@Test
	void questionInAnOutageFailsInWordsForPeople() throws Exception {
		client().chat("before");
		client().post("/provider/refuse?for=20s");
		client().await(Duration.ofSeconds(10), () -> "reconnecting".equals(session().path("state").asString()));
		assertThat(session().has("connectionAge")).isFalse();
		assertFailsInWordsForPeople();
	}

	@Test
	void firstQuestionInAnOutageFailsInWordsForPeople() throws Exception {
		client().post("/provider/refuse?for=20s");
		assertFailsInWordsForPeople();
	}

	private void assertFailsInWordsForPeople() throws Exception {
		Event last = AbstractChatTests.last(client().chat("hello"));
		assertThat(last.name()).isEqualTo("failure");
		assertThat(last.data().properties()).singleElement()
			.satisfies((error) -> assertThat(error.getValue().asString()).isEqualTo(FailureMessages.NOT_REACHED));
	}

	private JsonNode session() throws Exception {
		return client().json("/session").path("session");
	}

	@AfterEach
	void endOutage() throws Exception {
		// Without a cookie, so that it is over for all
		newVisitor().post("/provider/refuse?for=1ms");
	}

}
