package dev.streaming.sample;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import dev.streaming.sample.ChatClient.Event;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that pass with every provider, from outside the application.
 */
abstract class AbstractChatTests extends AbstractSampleTests {

	static String answer(List<Event> events) {
		assertThat(last(events).name()).isEqualTo("finish");
		return last(events).data().path("content").asString();
	}

	static Event last(List<Event> events) {
		return events.get(events.size() - 1);
	}

	private static String said(List<Event> events) {
		return events.stream().map((event) -> event.data().path("delta").asString("")).collect(Collectors.joining());
	}

	@Test
	void answerIsStreamed() throws Exception {
		List<Event> events = client().chat("hello");
		Event last = last(events);
		assertThat(last.name()).isEqualTo("finish");
		assertThat(last.data().path("finishReason").asString()).isEqualTo("STOP");
		assertThat(last.data().path("content").asString()).contains("“hello”", "“olleh”").isEqualTo(said(events));
		assertThat(last.data().path("usage").path("outputTokens").asInt()).isGreaterThan(5);
		assertThat(events).filteredOn((event) -> event.name().equals("chunk")).hasSizeGreaterThan(5);
		// As they come, and not all at the end
		assertThat(Duration.between(events.get(0).at(), last.at())).isGreaterThan(Duration.ofMillis(100));
	}

	@Test
	void toolIsCalledAndTheAnswerGoesOnWithItsResult() throws Exception {
		List<Event> events = client().chat("What is the weather in Oslo?");
		assertThat(events).filteredOn((event) -> event.data().path("toolCalls").size() > 0)
			.singleElement()
			.satisfies((event) -> assertThat(event.data().at("/toolCalls/0/arguments").asString())
				.isEqualTo("{\"city\":\"Oslo\"}"));
		assertThat(answer(events)).startsWith("I looked it up: ").contains("\"city\":\"Oslo\"", "\"degrees\":12");
		assertThat(answer(client().chat("hello"))).contains("olleh");
	}

	@Test
	void chatWorksAgainAfterADropInMidAnswer() throws Exception {
		client().chat("hello");
		double connects = client().count("streaming.connect");
		double reconnects = client().count("streaming.reconnect");
		client().dropInNextAnswer();
		List<Event> cut = client().chat("count to 20");
		assertThat(said(cut)).startsWith("1 2 3").doesNotContain("20");
		assertThat(last(cut).name()).isEqualTo("lost");
		List<Event> whole = client().chat("count to 20");
		assertThat(last(whole).name()).isEqualTo("finish");
		assertThat(said(whole)).startsWith("1 2 3").endsWith("19 20");
		assertThat(client().count("streaming.connect")).isEqualTo(connects + 1);
		assertThat(client().count("streaming.reconnect")).isEqualTo(reconnects + 1);
	}

	@Test
	void chatWorksAfterADropWhileIdle() throws Exception {
		client().chat("hello");
		double reconnects = client().count("streaming.reconnect");
		assertThat(client().post("/provider/drop").path("dropped").asInt()).isEqualTo(1);
		client().await(Duration.ofSeconds(20), () -> client().count("streaming.reconnect") > reconnects);
		assertThat(answer(client().chat("hello"))).contains("olleh");
	}

	@Test
	void chatWaitsForTheEndOfALongerOutage() throws Exception {
		client().chat("hello");
		double refused = client().count("streaming.connect", "outcome:refused", "status:503");
		assertThat(client().post("/provider/refuse?for=500ms").path("dropped").asInt()).isEqualTo(1);
		client().await(Duration.ofSeconds(20),
				() -> client().count("streaming.connect", "outcome:refused", "status:503") > refused);
		assertThat(answer(client().chat("hello"))).contains("olleh");
	}

	@Test
	void chatsAtTheSameTimeDoNotMix() throws Exception {
		CompletableFuture<List<Event>> one = client().chatAsync("count to 8");
		CompletableFuture<List<Event>> other = newVisitor().chatAsync("backwards");
		assertThat(said(one.get(30, TimeUnit.SECONDS))).isEqualTo("1 2 3 4 5 6 7 8");
		assertThat(said(other.get(30, TimeUnit.SECONDS))).startsWith("You said “backwards”, ")
			.endsWith(" “sdrawkcab”.");
	}

	@Test
	void chatWorksWhenTheOneBeforeWasAbandoned() throws Exception {
		client().abandon("count to 30");
		awaitIdle();
		assertThat(said(client().chat("hello"))).startsWith("You said “hello”, ").endsWith("“olleh”.");
	}

	@Test
	void metersAreVisible() throws Exception {
		client().chat("hello");
		assertThat(client().count("streaming.connect")).isPositive();
		// The sample reads answers only; what the provider tells of the session waits
		assertThat(client().value("streaming.queue.depth")).isBetween(0.0, 2.0);
		assertThat(client().value("streaming.queue.capacity")).isEqualTo(10);
		assertThat(client().value("streaming.sessions.active", "state:open")).isEqualTo(1);
		double reconnects = client().count("streaming.reconnect");
		client().post("/provider/drop");
		client().await(Duration.ofSeconds(20), () -> client().count("streaming.reconnect") > reconnects
				&& client().value("streaming.sessions.active", "state:open") == 1);
		assertThat(client().get("/actuator/prometheus")).contains("streaming_connect_seconds_count{",
				"streaming_reconnect_seconds_count{", "streaming_queue_depth", "streaming_queue_capacity",
				"streaming_sessions_active{connection=\"assistant\",state=\"open\"} 1.0");
	}

	@Test
	void sessionIsVisible() throws Exception {
		client().chat("hello");
		assertThat(client().json("/actuator/streaming").path("sessions").size()).isEqualTo(1);
		assertThat(client().json("/actuator/health").path("status").asString()).isEqualTo("UP");
	}

	@Test
	void pageIsServed() throws Exception {
		assertThat(client().get("/")).contains("<title>", "app.js", "style.css");
		assertThat(client().get("/app.js")).contains("./streaming/relay.js");
		assertThat(client().get("/style.css")).isNotEmpty();
	}

}
