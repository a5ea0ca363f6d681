package dev.streaming.gemini;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import dev.streaming.FinishReason;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.RealtimeAnswerException;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RealtimeClient#ask(String)} with Gemini's protocol.
 */
class GeminiAnswerTests extends AbstractGeminiTests {

	private void text(String text) {
		this.gemini.say("{'serverContent':{'outputTranscription':{'text':'" + text + "'}}}");
	}

	private void answer(String text) {
		text(text);
		this.gemini.say(TURN_COMPLETE);
	}

	private List<String> asked() throws InterruptedException {
		return this.gemini.sent(1)
			.stream()
			.map((message) -> message.path("clientContent"))
			.filter((content) -> content.path("turns").size() > 0)
			.map((content) -> content.at("/turns/0/parts/0/text"))
			.map(JsonNode::asString)
			.toList();
	}

	private void awaitAsked(String... texts) {
		TestRuntime.eventually(() -> {
			this.gemini.pass(Duration.ZERO);
			assertThat(asked()).containsExactly(texts);
		});
	}

	@Test
	@Rule("V8")
	void answerGoesOnBehindTheCallsOfTools() throws Exception {
		CountDownLatch ended = new CountDownLatch(1);
		this.gemini.tool(RealtimeTool.of("pay", "pays", Map.class, (given) -> {
			TestRuntime.awaitQuietly(ended);
			return "paid";
		}));
		Answer answer = client().ask("Pay");
		text("One moment. ");
		this.gemini.say("{'toolCall':{'functionCalls':[{'id':'c1','name':'pay','args':{}}]}}", TURN_COMPLETE);
		settle();
		ended.countDown();
		TestRuntime
			.eventually(() -> assertThat(this.gemini.sent(1)).anyMatch((message) -> message.has("toolResponse")));
		answer("It is paid.");
		assertThat(answer.text()).isEqualTo("One moment. It is paid.");
		assertThat(heard()).isEmpty();
	}

	@Test
	void turnThatGoesOnBehindItsCallsIsOneAnswer() throws Exception {
		this.gemini.tool(RealtimeTool.of("pay", "pays", Map.class, (given) -> "paid"));
		Answer answer = client().ask("Pay");
		this.gemini.say("{'toolCall':{'functionCalls':[{'id':'c1','name':'pay','args':{}}]}}");
		TestRuntime
			.eventually(() -> assertThat(this.gemini.sent(1)).anyMatch((message) -> message.has("toolResponse")));
		answer("Paid.");
		assertThat(answer.text()).isEqualTo("Paid.");
		assertThat(heard()).isEmpty();
	}

	@Test
	@Rule("S10")
	void plannedChangeWaitsForTheAnswer() throws Exception {
		Answer answer = client().ask("One");
		text("Fi");
		settle();
		CompletableFuture<Void> change = this.gemini.session().reconnect("age").toCompletableFuture();
		settle();
		assertThat(change).isNotDone();
		answer("rst");
		assertThat(answer.text()).isEqualTo("First");
		TestRuntime.eventually(() -> {
			this.gemini.pass(Duration.ofMillis(10));
			assertThat(change).isCompleted();
		});
	}

	@Test
	@Rule("V4")
	void closingEarlyDropsTheRestAndTheNextQuestionIsAnswered() throws Exception {
		RealtimeClient client = client();
		Answer first = client.ask("One");
		text("Fi");
		settle();
		first.close();
		Answer second = client.ask("Two");
		answer("rst");
		awaitAsked("One", "Two");
		answer("Second");
		assertThat(second.text()).isEqualTo("Second");
		assertThat(first.iterator().hasNext()).isFalse();
		assertThat(heard()).isEmpty();
	}

	@Test
	@Rule("V4")
	void closedBeforeItsResponseAnAnswerLeavesNothingInTheChannel() throws Exception {
		RealtimeClient client = client();
		Answer first = client.ask("One");
		first.close();
		Answer second = client.ask("Two");
		answer("First");
		awaitAsked("One", "Two");
		answer("Second");
		assertThat(second.text()).isEqualTo("Second");
		assertThat(heard()).isEmpty();
	}

	@Test
	@Rule("V4")
	void cancelOfTheClientEndsTheAnswerNormally() throws Exception {
		RealtimeClient client = client();
		Answer answer = client.ask("One");
		text("Fi");
		settle();
		client.cancel();
		answer("rst");
		List<StreamChunk> chunks = new ArrayList<>();
		answer.forEach(chunks::add);
		assertThat(chunks).last().extracting(StreamChunk::finishReason).isEqualTo(FinishReason.CANCELLED);
		assertThat(answer.text()).isEqualTo("Fi");
	}

	@Test
	@Rule("V4")
	void cancelOfTheClientLeavesTheQuestionsThatWait() throws Exception {
		RealtimeClient client = client();
		Answer first = client.ask("One");
		text("Fi");
		settle();
		Answer second = client.ask("Two");
		client.cancel();
		answer("rst");
		awaitAsked("One", "Two");
		answer("Second");
		assertThat(first.text()).isEqualTo("Fi");
		assertThat(second.text()).isEqualTo("Second");
	}

	@Test
	void modelThatWaitsForMoreFailsTheAnswer() throws Exception {
		Answer answer = client().ask("One");
		settle();
		this.gemini.pass(WrittenInput.CROSSING.multipliedBy(2));
		this.gemini.say("{'serverContent':{'waitingForInput':true}}");
		assertThatExceptionOfType(RealtimeAnswerException.class).isThrownBy(answer::text)
			.withMessageContaining("waits for more");
	}

	@Test
	void errorOfTheServiceFailsTheAnswer() throws Exception {
		Answer answer = client().ask("One");
		this.gemini.say("{'error':{'code':429,'message':'Too many','status':'RESOURCE_EXHAUSTED'}}");
		assertThatExceptionOfType(RealtimeAnswerException.class).isThrownBy(answer::text)
			.withMessageContaining("Too many");
	}

}
