package dev.streaming.openai;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.streaming.FinishReason;
import dev.streaming.NotConnectedException;
import dev.streaming.Session;
import dev.streaming.SessionInterceptor;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.RealtimeCapabilities.Feature;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.ResponseOptions;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for responses with options, in the conversation and outside of it.
 */
class OpenAiResponseOptionsTests extends AbstractOpenAiAnswerTests {

	private static final ResponseOptions MOOD = ResponseOptions.builder()
		.instructions("Name the mood")
		.outputModalities("text")
		.metadata("topic", "mood")
		.outOfBand()
		.build();

	private static JsonNode json(String text) {
		return OpenAiFixture.MAPPER.readTree(text.replace('\'', '"'));
	}

	private JsonNode response(int number) throws InterruptedException {
		return this.openAi.awaitTold(CREATE, number).path("response");
	}

	private String key(int number) throws InterruptedException {
		return response(number).at("/metadata/" + BesideRequests.KEY).asString();
	}

	private static String head(String id, String key, String more) {
		return "'response':{'id':'" + id + "','conversation_id':null,'metadata':{'topic':'mood'"
				+ (key.isEmpty() ? "" : ",'" + BesideRequests.KEY + "':'" + key + "'") + "}" + more + "}}";
	}

	private void besideCreated(String id, String key) {
		say("{'type':'response.created'," + head(id, key, ""));
	}

	private void besideDone(String id, String key) {
		say("{'type':'response.done'," + head(id, key, ",'status':'completed','output':[]"));
	}

	private void besideAnswer(String id, String key, String text) {
		besideCreated(id, key);
		text(id, text);
		besideDone(id, key);
	}

	@Test
	void settingsAreThoseOfOneResponse() throws Exception {
		this.openAi.tool(RealtimeTool.of("pay", "pays", (given) -> "paid"));
		RealtimeClient client = client();
		client.respond(ResponseOptions.builder()
			.instructions("Be brief")
			.outputModalities("text")
			.tools("pay")
			.toolChoice("pay")
			.maxOutputTokens(7)
			.metadata("a", "b")
			.input("Hello")
			.build());
		JsonNode response = response(1);
		JsonNode tool = this.openAi.told("session.update").get(0).at("/session/tools/0");
		assertThat(response.path("tools").get(0)).isEqualTo(tool);
		assertThat(response).isEqualTo(json("{'instructions':'Be brief','output_modalities':['text'],'tools':[" + tool
				+ "],'max_output_tokens':7,'metadata':{'a':'b'},'tool_choice':{'type':'function','name':'pay'},"
				+ "'input':[{'type':'message','role':'user','content':[{'type':'input_text','text':'Hello'}]}]}"));
		answer("r1", "Hi");
		settle();
		client.sendText("More");
		client.respond();
		assertThat(told(CREATE).get(1).has("response")).as("the next one is as any other").isFalse();
	}

	@Test
	void toolsAreNamesToolsOrTheProvidersWords() throws Exception {
		RealtimeClient client = client();
		client.respond(ResponseOptions.builder()
			.tools(List.of(RealtimeTool.of("look", "Looks", (given) -> "seen"), Map.of("type", "web_search")))
			.build());
		assertThat(response(1).path("tools")).extracting((tool) -> tool.path("type").asString())
			.containsExactly("function", "web_search");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> client.respond(ResponseOptions.builder().tools("other").build()))
			.withMessageContaining("other");
		assertThatIllegalArgumentException().isThrownBy(() -> ResponseOptions.builder().tools(List.of(1)));
		assertThat(told(CREATE)).hasSize(1);
	}

	@Test
	void requestThatWaitsKeepsItsSettings() throws Exception {
		RealtimeClient client = client();
		created("r1");
		settle();
		client.respond(ResponseOptions.builder().instructions("Be brief").build());
		client.respond();
		assertThat(told(CREATE)).isEmpty();
		done("r1");
		assertThat(told(CREATE)).singleElement()
			.satisfies((event) -> assertThat(event.at("/response/instructions").asString()).isEqualTo("Be brief"));
	}

	@Test
	@Rule("V8")
	void requestForTheAnswerToResultsTakesTheSettings() throws Exception {
		RealtimeClient client = client();
		calling("r1", "c1");
		settle();
		client.respond(ResponseOptions.builder().instructions("In French").build());
		client.toolResult("c1", "pay", "{}");
		assertThat(told(CREATE)).singleElement()
			.satisfies((event) -> assertThat(event.at("/response/instructions").asString()).isEqualTo("In French"));
	}

	@Test
	void answerSharesItsSettingsBehindTools() throws Exception {
		this.openAi.tool(RealtimeTool.of("pay", "pays", (given) -> "paid"));
		this.client = client();
		Answer answer = this.client.ask("Pay",
				ResponseOptions.builder().instructions("In French").toolChoice("required").input("x").build());
		assertThat(response(1).path("tool_choice").asString()).isEqualTo("required");
		calling("r1", "c1");
		assertThat(response(2)).isEqualTo(json("{'instructions':'In French'}"));
		answer("r2", "Payé");
		assertThat(answer.text()).isEqualTo("Payé");
		Answer next = ask("And now?");
		assertThat(this.openAi.awaitTold(CREATE, 3).has("response")).isFalse();
		answer("r3", "Done");
		assertThat(next.text()).isEqualTo("Done");
	}

	@Test
	@Rule("V5")
	void responseBesideTheConversationWaitsForNothing() throws Exception {
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		created("r1");
		settle();
		client.respond(MOOD);
		assertThat(response(1)).isEqualTo(json("{'conversation':'none','instructions':'Name the mood',"
				+ "'output_modalities':['text'],'metadata':{'topic':'mood'}}"));
		done("r1");
		settle();
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
		heard();
		besideAnswer("b1", "", "happy");
		assertThat(heard()).hasSize(2)
			.allSatisfy((chunk) -> assertThat(chunk.metadata()).containsEntry("conversation", "none")
				.containsEntry("metadata", Map.of("topic", "mood")));
	}

	@Test
	@Rule("V5")
	void questionBesideTheConversationIsInput() throws Exception {
		this.client = client();
		Answer answer = this.client.ask("What is the mood?", MOOD);
		assertThat(told(ITEM)).as("it is not in the conversation").isEmpty();
		assertThat(response(1).path("conversation").asString()).isEqualTo("none");
		assertThat(response(1).at("/input/0/content/0/text").asString()).isEqualTo("What is the mood?");
		assertThat(response(1).at("/metadata/topic").asString()).isEqualTo("mood");
		besideAnswer("b1", key(1), "happy");
		List<StreamChunk> chunks = all(answer);
		assertThat(answer.text()).isEqualTo("happy");
		assertThat(chunks)
			.allSatisfy((chunk) -> assertThat(chunk.metadata()).containsEntry("metadata", Map.of("topic", "mood")));
		assertThat(heard()).isEmpty();
	}

	@Test
	@Rule("V5")
	void questionBesideTheConversationFollowsItsInput() throws Exception {
		client().ask("Which is it?", ResponseOptions.builder().input("Happy or sad").outOfBand().build());
		assertThat(response(1).path("input")).extracting((item) -> item.at("/content/0/text").asString())
			.containsExactly("Happy or sad", "Which is it?");
	}

	@Test
	@Rule("V5")
	void questionsBesideTheConversationRunAtTheSameTimeAsAnyOther() throws Exception {
		Answer spoken = ask("How are you?");
		Answer first = this.client.ask("Mood?", MOOD);
		Answer second = this.client.ask("Topic?", MOOD);
		awaitCreates(3);
		created("r1");
		besideCreated("b2", key(3));
		besideCreated("b1", key(2));
		text("b1", "happy");
		text("r1", "Fine");
		text("b2", "weather");
		besideDone("b1", key(2));
		besideDone("b2", key(3));
		assertThat(first.text()).isEqualTo("happy");
		assertThat(second.text()).isEqualTo("weather");
		CompletableFuture<String> reading = reading(spoken);
		settle();
		assertThat(reading).isNotDone();
		done("r1");
		assertThat(get(reading)).isEqualTo("Fine");
	}

	@Test
	@Rule("V5")
	void endpointThatReturnsNoMetadataIsUnderstoodByTheOrder() throws Exception {
		this.client = client();
		this.client.respond(MOOD);
		Answer answer = this.client.ask("Mood?", MOOD);
		besideAnswer("b1", "", "for the channel");
		besideAnswer("b2", "", "for the answer");
		assertThat(answer.text()).isEqualTo("for the answer");
		assertThat(deltas(heard())).isEqualTo("for the channel");
	}

	@Test
	@Rule("V5")
	void endpointThatNamesNoConversationIsUnderstoodByTheKey() throws Exception {
		this.client = client();
		Answer answer = this.client.ask("Mood?", MOOD);
		say("{'type':'response.created','response':{'id':'b1','metadata':{'" + BesideRequests.KEY + "':'" + key(1)
				+ "'}}}");
		settle();
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
		text("b1", "happy");
		done("b1");
		assertThat(answer.text()).isEqualTo("happy");
	}

	@Test
	void refusalFailsTheQuestion() throws Exception {
		this.client = client();
		Answer answer = this.client.ask("Mood?", MOOD);
		error(this.openAi.awaitTold(CREATE, 1).path("event_id").asString(), "invalid_value");
		assertThat(failure(answer)).hasMessageContaining("invalid_value");
		assertThat(heard()).isEmpty();
		Answer next = this.client.ask("Mood?", MOOD);
		besideAnswer("b1", key(2), "happy");
		assertThat(next.text()).isEqualTo("happy");
	}

	@Test
	void lossFailsTheQuestionAndNothingElse() throws Exception {
		this.client = client();
		Answer answer = this.client.ask("Mood?", MOOD);
		besideCreated("b1", key(1));
		text("b1", "hap");
		settle();
		CompletableFuture<Void> change = reconnecting(this.openAi.session());
		assertDone(change);
		assertThat(failure(answer)).hasMessageContaining("connection was lost");
		assertThat(ends(heard())).isEmpty();
	}

	@Test
	@Rule("V4")
	void closingCancelsThisResponseAlone() throws Exception {
		this.client = client();
		Answer early = this.client.ask("Mood?", MOOD);
		Answer late = this.client.ask("Topic?", MOOD);
		created("r1");
		besideCreated("b1", key(1));
		settle();
		early.close();
		late.close();
		assertThat(told(CANCEL)).extracting((event) -> event.path("response_id").asString()).containsExactly("b1");
		besideCreated("b2", key(2));
		assertThat(told(CANCEL)).extracting((event) -> event.path("response_id").asString())
			.containsExactly("b1", "b2");
		text("r1", "Fine");
		done("r1");
		assertThat(deltas(heard())).isEqualTo("Fine");
	}

	@Test
	@Rule("V4")
	void nothingOfAResponseThatWasCancelledBeforeItBeganIsIntercepted() throws Exception {
		List<String> intercepted = new CopyOnWriteArrayList<>();
		this.openAi.session((session) -> session.interceptor(new SessionInterceptor() {

			@Override
			public StreamChunk onChunk(Session own, StreamChunk chunk) {
				intercepted.add(chunk.delta());
				return chunk;
			}

		}));
		this.client = client();
		Answer cancelled = this.client.ask("Mood?", MOOD);
		Answer wanted = this.client.ask("Topic?", MOOD);
		String key = key(1);
		cancelled.close();
		besideAnswer("b1", key, "happy");
		besideAnswer("b2", key(2), "weather");
		assertThat(wanted.text()).isEqualTo("weather");
		assertThat(intercepted).contains("weather").doesNotContain("happy");
	}

	@Test
	@Rule("V5")
	void requestThatCouldNotBeSentDoesNotTakeTheResponseOfAQuestion() throws Exception {
		this.client = client();
		settle();
		this.openAi.transport().peer().drop();
		Session session = this.openAi.session();
		TestRuntime.eventually(() -> assertThat(session.state()).isEqualTo(Session.State.RECONNECTING));
		assertThatExceptionOfType(NotConnectedException.class)
			.isThrownBy(() -> session.send(Map.of("type", CREATE, "response", Map.of("conversation", "none"))));
		reconnected();
		Answer answer = this.client.ask("Mood?", MOOD);
		awaitCreates(1);
		besideAnswer("b1", "", "happy");
		assertThat(answer.text()).isEqualTo("happy");
	}

	@Test
	@Rule("V5")
	void callsBesideTheConversationEndTheAnswer() throws Exception {
		this.openAi.tool(RealtimeTool.of("pay", "pays", (given) -> {
			throw new AssertionError("It must not be called");
		}));
		this.client = client();
		Answer answer = this.client.ask("Pay?", MOOD);
		besideCreated("b1", key(1));
		callDone("b1", "c1", "completed", "{}");
		besideDone("b1", key(1));
		List<StreamChunk> chunks = all(answer);
		assertThat(calls(chunks)).hasSize(1);
		assertThat(ends(chunks)).containsExactly(FinishReason.TOOL_CALLS);
		assertThat(told(CREATE)).hasSize(1);
	}

	@Test
	@Rule("V5")
	void truncationDoesNotMeanIt() throws Exception {
		this.client = client();
		Answer answer = this.client.ask("Speak", ResponseOptions.builder().outOfBand().build());
		besideCreated("b1", key(1));
		audio("b1", "i1", 48000);
		besideDone("b1", key(1));
		settle();
		assertThat(this.client.truncate(Duration.ofMillis(100))).isZero();
		assertThat(told("conversation.item.truncate")).isEmpty();
		assertThat(answer.audio()).hasSize(48000);
	}

	@Test
	void modelWithoutThemIsAskedNothing() throws Exception {
		this.openAi.options((options) -> options.capability(Feature.OUT_OF_BAND_RESPONSES, false));
		this.client = client();
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> this.client.respond(MOOD))
			.withMessageContaining("capabilities.out-of-band-responses");
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> this.client.ask("Mood?", MOOD));
		assertThat(told(CREATE)).isEmpty();
	}

}
