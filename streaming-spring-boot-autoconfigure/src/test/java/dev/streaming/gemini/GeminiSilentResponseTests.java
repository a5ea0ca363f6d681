package dev.streaming.gemini;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.streaming.FinishReason;
import dev.streaming.SessionConfig;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a response without {@code turnComplete}: it may be lost, or the model is slow
 * (V3).
 */
@Rule("V3")
class GeminiSilentResponseTests extends AbstractGeminiTests {

	private static final String CALL = "{'toolCall':{'functionCalls':[{'id':'c1','name':'pay','args':{}}]}}";

	private void content(String text) {
		this.gemini.say("{'serverContent':{'modelTurn':{'parts':[{'text':'" + text + "'}]}}}");
	}

	private List<JsonNode> questions() throws InterruptedException {
		settle();
		return this.gemini.sent(1)
			.stream()
			.filter((message) -> message.at("/clientContent/turnComplete").asBoolean(false))
			.toList();
	}

	@Test
	void plannedChangeWaitsForTheEndUntilItsLimit() throws Exception {
		client();
		content("One");
		settle();
		CompletableFuture<Void> change = this.gemini.session().reconnect("age").toCompletableFuture();
		pass(SessionConfig.DEFAULT_PLANNED_CHANGE_MAX_WAIT.minusSeconds(1));
		assertThat(change).isNotDone();
		assertThat(this.gemini.transport().dials()).hasSize(1);
		this.gemini.pass(Duration.ofSeconds(1));
		TestRuntime.eventually(() -> {
			this.gemini.pass(Duration.ofMillis(10));
			assertThat(change).isCompleted();
		});
		assertThat(heard()).filteredOn((chunk) -> chunk.finishReason() != null).singleElement().satisfies((chunk) -> {
			assertThat(chunk.finishReason()).isEqualTo(FinishReason.ERROR);
			assertThat(chunk.metadata()).containsEntry("reason", "connection_lost");
		});
		assertThat(this.gemini.handler().responseInFlight()).isFalse();
	}

	@Test
	void requestIsSentAtOnceAndAnsweredByWhatComesNext() throws Exception {
		RealtimeClient client = client();
		content("One");
		pass(ModelAnswer.SILENCE);
		client.sendText("Two?");
		client.respond();
		assertThat(questions()).hasSize(1);
		content("Two");
		this.gemini.say(TURN_COMPLETE);
		List<StreamChunk> delivered = heard();
		assertThat(delivered).filteredOn((chunk) -> !chunk.reasoning().isEmpty())
			.extracting(StreamChunk::responseId)
			.doesNotHaveDuplicates()
			.hasSize(2);
		assertThat(delivered).filteredOn((chunk) -> chunk.finishReason() != null)
			.singleElement()
			.satisfies((chunk) -> assertThat(chunk.content()).isEqualTo("Two"));
		assertThat(this.gemini.handler().responseInFlight()).isFalse();
	}

	@Test
	void questionDoesNotWaitForAnAnswerWhoseEndIsLost() throws Exception {
		RealtimeClient client = client();
		Answer first = client.ask("One?");
		content("One");
		pass(ModelAnswer.SILENCE.minusMillis(1));
		Answer second = client.ask("Two?");
		assertThat(questions()).as("the first answer may go on").hasSize(1);
		pass(Duration.ofMillis(1));
		assertThat(questions()).hasSize(2);
		content("Two");
		this.gemini.say(TURN_COMPLETE);
		assertThat(second.text()).isEqualTo("Two");
		List<StreamChunk> chunks = new ArrayList<>();
		first.forEach(chunks::add);
		assertThat(chunks).as("an answer that was cut ends with what there is of it")
			.extracting(StreamChunk::reasoning)
			.containsExactly("One");
	}

	@Test
	void answerThatGoesOnIsNotOvertaken() throws Exception {
		RealtimeClient client = client();
		Answer answer = client.ask("One?");
		content("One");
		pass(ModelAnswer.SILENCE);
		content(", two");
		this.gemini.say(TURN_COMPLETE);
		assertThat(answer.text()).isEqualTo("One, two");
	}

	@Test
	void timeOfAToolIsNoSilence() throws Exception {
		this.gemini.toolsByHand().tool(RealtimeTool.of("pay", "Pays", (given) -> "paid"));
		RealtimeClient client = client();
		Answer first = client.ask("Pay");
		this.gemini.say(CALL);
		pass(ModelAnswer.SILENCE);
		Answer second = client.ask("Two?");
		client.sendText("Quick");
		client.respond();
		assertThat(questions()).as("the question waits, the request does not").hasSize(2);
		this.gemini.runTools();
		content("Paid");
		this.gemini.say(TURN_COMPLETE);
		assertThat(first.text()).isEqualTo("Paid");
		content("Quick");
		this.gemini.say(TURN_COMPLETE);
		assertThat(questions()).hasSize(3);
		content("Two");
		this.gemini.say(TURN_COMPLETE);
		assertThat(second.text()).isEqualTo("Two");
	}

	/**
	 * Content that crosses a request may be the rest of the silent response. If it is
	 * cancelled, so is the answer that still follows.
	 */
	@Test
	@Rule("V4")
	void cancelledAnswerIsDroppedThoughTheSilentResponseContinues() throws Exception {
		RealtimeClient client = cancelledInDoubt();
		this.gemini.say("{'serverContent':{'interrupted':true}}", TURN_COMPLETE);
		content("Two");
		this.gemini.say(TURN_COMPLETE);
		List<StreamChunk> cancelled = heard();
		assertThat(cancelled).extracting(StreamChunk::reasoning).containsOnly("");
		assertThat(cancelled).extracting(StreamChunk::finishReason)
			.filteredOn((reason) -> reason != null)
			.containsExactly(FinishReason.CANCELLED, FinishReason.CANCELLED);
		assertNextAnswerIsDelivered(client);
	}

	@Test
	@Rule("V4")
	void nextAnswerIsDeliveredIfTheContentWasTheCancelledOne() throws Exception {
		RealtimeClient client = cancelledInDoubt();
		this.gemini.say(TURN_COMPLETE);
		heard();
		assertNextAnswerIsDelivered(client);
	}

	private RealtimeClient cancelledInDoubt() throws InterruptedException {
		RealtimeClient client = client();
		content("One");
		pass(ModelAnswer.SILENCE);
		client.sendText("Two?");
		client.respond();
		content("More of one, or two");
		settle();
		client.cancel();
		heard();
		return client;
	}

	private void assertNextAnswerIsDelivered(RealtimeClient client) throws InterruptedException {
		client.sendText("Three?");
		client.respond();
		content("Three");
		this.gemini.say(TURN_COMPLETE);
		assertThat(heard()).extracting(StreamChunk::reasoning).contains("Three");
		// The interruption may have been one by the user
		pass(UserSpeech.PATIENCE);
		assertThat(this.gemini.handler().responseInFlight()).isFalse();
	}

	@Test
	@Rule("V4")
	void cancelledAnswerIsDroppedThoughTheEndOfTheResponseBeforeIsLate() throws Exception {
		RealtimeClient client = client();
		this.gemini.say("{'serverContent':{'outputTranscription':{'text':'One'}}}");
		pass(ModelAnswer.PATIENCE);
		client.sendText("Two?");
		client.respond();
		client.cancel();
		this.gemini.say("{'serverContent':{'generationComplete':true}}", TURN_COMPLETE);
		content("Two");
		this.gemini.say(TURN_COMPLETE);
		assertThat(heard()).extracting(StreamChunk::reasoning).containsOnly("");
		assertNextAnswerIsDelivered(client);
	}

	@Test
	@Rule("V4")
	void responseWhoseTranscriptWasDroppedEndsAsCancelled() throws Exception {
		RealtimeClient client = client();
		client.sendText("One?");
		client.respond();
		client.cancel();
		pass(AnswerRequest.PATIENCE);
		this.gemini.say("{'serverContent':{'outputTranscription':{'text':'One'}}}");
		settle();
		client.sendText("Two?");
		client.respond();
		this.gemini.say(TURN_COMPLETE);
		List<StreamChunk> chunks = heard();
		assertThat(chunks).extracting(StreamChunk::delta).containsOnly("");
		assertThat(chunks).extracting(StreamChunk::finishReason)
			.filteredOn((reason) -> reason != null)
			.containsExactly(FinishReason.CANCELLED);
	}

	/**
	 * An error names no request: it is about the oldest one, even if nobody waits for
	 * that any more.
	 */
	@Test
	@Rule("V4")
	void errorDoesNotEndARequestThatIsCancelledLater() throws Exception {
		RealtimeClient client = client();
		client.sendText("One?");
		client.respond();
		pass(AnswerRequest.PATIENCE);
		client.sendText("Two?");
		client.respond();
		this.gemini.say("{'error':{'code':500,'message':'Internal'}}");
		settle();
		client.cancel();
		content("Two");
		this.gemini.say(TURN_COMPLETE);
		assertThat(heard()).extracting(StreamChunk::reasoning).doesNotContain("Two");
		assertNextAnswerIsDelivered(client);
	}

}
