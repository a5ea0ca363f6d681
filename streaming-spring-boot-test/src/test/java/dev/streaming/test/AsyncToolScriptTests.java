package dev.streaming.test;

import dev.streaming.FinishReason;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.realtime.RealtimeClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;

import static dev.streaming.test.StreamingAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Scripts with tools that the model does not wait for.
 */
@KitTest
class AsyncToolScriptTests {

	private static final String TO_OSLO = "{\"to\":\"Oslo\"}";

	@Autowired
	@Qualifier("assistant")
	private ScriptedProvider openAi;

	@Autowired
	@Qualifier("live")
	private ScriptedProvider gemini;

	@Autowired
	private SessionFactory sessions;

	@Autowired
	private ToolGate gate;

	@AfterEach
	void open() {
		this.gate.open();
	}

	@Test
	void conversationWithOpenAiGoesOnMeanwhile() throws Exception {
		conversationGoesOnMeanwhile("assistant", this.openAi);
		assertThat(this.openAi).hasNotReceived(Received.Kind.TOOL_PROGRESS);
	}

	@Test
	void conversationWithGeminiGoesOnMeanwhile() throws Exception {
		conversationGoesOnMeanwhile("live", this.gemini);
		assertThat(this.gemini).hasReceived(Received.Kind.TOOL_PROGRESS);
	}

	private void conversationGoesOnMeanwhile(String connection, ScriptedProvider provider) throws Exception {
		this.gate.close();
		provider.onText("Flights to Oslo?")
			.callAsyncTool("search_flights", TO_OSLO)
			.reply("I am searching.")
			.thenReply("There are two.");
		provider.onText("Is it cold?").reply("Yes.");
		try (Session session = this.sessions.open(connection)) {
			RealtimeClient client = RealtimeClient.of(session);
			assertThat(client.ask("Flights to Oslo?")).hasText("I am searching.");
			assertThat(client.ask("Is it cold?")).hasText("Yes.");
			this.gate.awaitCall();
			assertThat(provider).hasNotReceived(Received.Kind.TOOL_RESULT);
			this.gate.open();
			assertThat(session).delivers("There are two.");
			assertThat(provider).hasReceivedToolResults("{\"flights\":2}");
		}
	}

	@Test
	void geminiSpeaksOfTheResultWhenItHasFinished() throws Exception {
		this.gate.close();
		this.gemini.onText("Flights to Oslo?").callAsyncTool("search_flights", TO_OSLO).thenReply("There are two.");
		this.gemini.onText("A story").reply("Once ").hold().reply("upon a time.");
		try (Session session = this.sessions.open("live")) {
			RealtimeClient client = RealtimeClient.of(session);
			assertThat(client.ask("Flights to Oslo?")).hasText("");
			client.sendText("A story");
			client.respond();
			assertThat(session).delivers("its begin", (chunk) -> chunk.delta().equals("Once "));
			this.gate.open();
			assertThat(this.gemini).hasReceived(Received.Kind.TOOL_RESULT);
			assertThat(this.gemini.transcript()).doesNotContain("There are two.");
			this.gemini.proceed();
			assertThat(session).delivers("upon a time.").delivers("There are two.");
		}
	}

	@Test
	void urgentResultInterruptsOpenAi() throws Exception {
		urgentResultInterrupts("assistant", this.openAi);
		assertThat(this.openAi).hasReceived(Received.Kind.CANCEL);
	}

	@Test
	void urgentResultInterruptsGemini() throws Exception {
		urgentResultInterrupts("live", this.gemini);
		assertThat(this.gemini).hasReceivedMessage("a result that interrupts", (json) -> isScheduled(json, "INTERRUPT"))
			.hasNotReceived(Received.Kind.CANCEL);
	}

	private void urgentResultInterrupts(String connection, ScriptedProvider provider) throws Exception {
		this.gate.close();
		provider.onText("When does it leave?")
			.callAsyncTool("watch_flights", TO_OSLO)
			.reply("I am watching.")
			.thenReply("It is boarding!");
		provider.onText("A story").reply("Once ").hold().reply("upon a time.");
		try (Session session = this.sessions.open(connection)) {
			RealtimeClient client = RealtimeClient.of(session);
			assertThat(client.ask("When does it leave?")).hasText("I am watching.");
			this.gate.awaitCall();
			client.sendText("A story");
			client.respond();
			assertThat(session).delivers("its begin", (chunk) -> chunk.delta().equals("Once "));
			this.gate.open();
			assertThat(session).delivers("its end", (chunk) -> chunk.finishReason() == FinishReason.CANCELLED)
				.delivers("It is boarding!");
			assertThat(provider).hasReceivedToolResults("{\"flights\":2}");
			assertThat(provider.transcript()).doesNotContain("upon a time.");
		}
	}

	private static boolean isScheduled(JsonNode json, String scheduling) {
		JsonNode result = json.at("/toolResponse/functionResponses/0");
		return !result.has("willContinue") && result.path("scheduling").asString("").equals(scheduling);
	}

	@Test
	void silentResultIsNotSpokenOfByOpenAi() throws Exception {
		silentResultIsNotSpokenOf("assistant", this.openAi);
		assertThat(this.openAi.received(Received.Kind.REQUEST)).as("the user's own").hasSize(2);
	}

	@Test
	void silentResultIsNotSpokenOfByGemini() throws Exception {
		silentResultIsNotSpokenOf("live", this.gemini);
		assertThat(this.gemini).hasReceivedMessage("a silent result", (json) -> isScheduled(json, "SILENT"));
	}

	private void silentResultIsNotSpokenOf(String connection, ScriptedProvider provider) throws Exception {
		this.gate.close();
		provider.onText("Save the flights").callAsyncTool("save_flights", TO_OSLO).reply("I will.");
		provider.onText("How many?").reply("Two.");
		try (Session session = this.sessions.open(connection)) {
			RealtimeClient client = RealtimeClient.of(session);
			assertThat(client.ask("Save the flights")).hasText("I will.");
			this.gate.awaitCall();
			this.gate.open();
			assertThat(provider).hasReceivedToolResults("{\"flights\":2}");
			assertThat(client.ask("How many?")).hasText("Two.");
		}
	}

	@Test
	void answerToASilentResultIsNeverAskedFor() throws Exception {
		this.gemini.onText("Save the flights").callAsyncTool("save_flights", TO_OSLO).thenReply("Saved.");
		try (Session session = this.sessions.open("live")) {
			assertThat(RealtimeClient.of(session).ask("Save the flights")).hasText("");
			assertThat(this.gemini).hasReceived(Received.Kind.TOOL_RESULT);
		}
		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.gemini::verify)
			.withMessageContaining("No request for part 2 of the 2 of onText(\"Save the flights\")");
		this.gemini.lenient();
	}

	@Test
	void toolThatIsNotDeclaredSoFails() throws Exception {
		this.gemini.onText("Weather?").callAsyncTool("get_weather", "{\"city\":\"Oslo\"}");
		try (Session session = this.sessions.open("live")) {
			RealtimeClient client = RealtimeClient.of(session);
			client.sendText("Weather?");
			client.respond();
			this.gemini.received();
		}
		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.gemini::verify)
			.withMessageContaining("'get_weather' as NON_BLOCKING");
		this.gemini.lenient();
	}

	@Test
	void resultThatIsNotSpokenOfFails() throws Exception {
		this.openAi.onText("Flights to Oslo?").callAsyncTool("search_flights", TO_OSLO).thenReply("Two.");
		this.openAi.onText("Bye").reply("Bye");
		this.gate.close();
		try (Session session = this.sessions.open("assistant")) {
			RealtimeClient client = RealtimeClient.of(session);
			assertThat(client.ask("Flights to Oslo?")).hasText("");
			assertThat(client.ask("Bye")).hasText("Bye");
		}
		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.openAi::verify)
			.withMessageContaining("No request for part 2 of the 2 of onText(\"Flights to Oslo?\")");
		this.openAi.lenient();
	}

}
