package dev.streaming.gemini;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.streaming.FinishReason;
import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.RealtimeAnswerException;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * {@link RealtimeClient#ask(String)} with Gemini's protocol.
 */
@Timeout(60)
class GeminiAnswerTests {

	private static final Duration TIMEOUT = Answer.DEFAULT_TIMEOUT;

	private static final String TURN_COMPLETE = "{'serverContent':{'turnComplete':true}}";

	private final ScriptedGemini gemini = new ScriptedGemini().virtualTime();

	private final List<StreamChunk> delivered = new ArrayList<>();

	@AfterEach
	void close() {
		this.gemini.close();
	}

	private RealtimeClient client() throws InterruptedException {
		this.gemini.open();
		return this.gemini.client();
	}

	private void settle() throws InterruptedException {
		this.delivered.addAll(this.gemini.takeUntilMarker());
	}

	private List<StreamChunk> heard() throws InterruptedException {
		settle();
		List<StreamChunk> chunks = List.copyOf(this.delivered);
		this.delivered.clear();
		return chunks;
	}

	private void text(String text) {
		this.gemini.say("{'serverContent':{'outputTranscription':{'text':'" + text + "'}}}");
	}

	private void answer(String text) {
		text(text);
		this.gemini.say(TURN_COMPLETE);
	}

	private List<String> asked() throws InterruptedException {
		return asked(1);
	}

	private List<String> asked(int connection) throws InterruptedException {
		return this.gemini.sent(connection)
			.stream()
			.map((message) -> message.path("clientContent"))
			.filter((content) -> content.path("turns").size() > 0)
			.map((content) -> content.at("/turns/0/parts/0/text"))
			.map(JsonNode::asString)
			.toList();
	}

	private void awaitAsked(int connection, String... texts) {
		TestRuntime.eventually(() -> {
			this.gemini.pass(Duration.ZERO);
			assertThat(asked(connection)).containsExactly(texts);
		});
	}

	@Test
	void answerHasItsChunksAloneAndTheChannelTheRest() throws Exception {
		Answer answer = client().ask("How are you?");
		text("I am ");
		this.gemini.say("{'serverContent':{'inputTranscription':{'text':'the user'}}}");
		answer("fine.");
		assertThat(answer.text()).isEqualTo("I am fine.");
		assertThat(asked()).containsExactly("How are you?");
		assertThat(heard()).extracting(StreamChunk::source).containsExactly("input");
	}

	@Test
	void chunksOfOneResponseHaveOneId() throws Exception {
		RealtimeClient client = client();
		Answer first = client.ask("One");
		answer("First");
		List<StreamChunk> chunks = new ArrayList<>();
		first.forEach(chunks::add);
		assertThat(chunks).extracting(StreamChunk::responseId).doesNotContain("").hasSize(2);
		assertThat(chunks.stream().map(StreamChunk::responseId).distinct()).hasSize(1);
		Answer second = client.ask("Two");
		answer("Second");
		assertThat(second).extracting(StreamChunk::responseId)
			.doesNotContain(chunks.get(0).responseId())
			.doesNotContain("");
	}

	@Test
	void transcriptsOfASpokenAnswerAreItsText() throws Exception {
		Answer answer = client().ask("Speak");
		this.gemini.sayTurn("Spoken");
		assertThat(answer.text()).isEqualTo("Spoken");
		assertThat(heard()).noneMatch((chunk) -> chunk.kind() == StreamChunk.Kind.TRANSCRIPT);
	}

	@Test
	@Rule("V8")
	void answerGoesOnBehindTheCallsOfTools() throws Exception {
		CountDownLatch ended = new CountDownLatch(1);
		this.gemini.tool(RealtimeTool.of("pay", "pays", Map.class, (given) -> {
			awaitQuietly(ended);
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
	void silentModelEndsTheAnswerAfterTheTimeout() throws Exception {
		RealtimeClient client = client();
		Answer answer = client.ask("Hello");
		CompletableFuture<String> text = CompletableFuture.supplyAsync(answer::text);
		for (int i = 1; i < 30; i++) {
			settle();
			this.gemini.pass(Duration.ofSeconds(1));
			settle();
			assertThat(text).isNotDone();
		}
		this.gemini.pass(TIMEOUT);
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> text.get(10, TimeUnit.SECONDS))
			.havingCause()
			.isInstanceOf(RealtimeAnswerException.class)
			.withMessageContaining("30000 ms");
	}

	@Test
	void answerMayComeLate() throws Exception {
		Answer answer = client().ask("Hello");
		settle();
		this.gemini.pass(Duration.ofSeconds(15));
		settle();
		this.gemini.sayTurn("Late");
		assertThat(answer.text()).isEqualTo("Late");
	}

	@Test
	void silenceDoesNotCountWhileAToolWorks() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		CountDownLatch begun = new CountDownLatch(1);
		this.gemini.session((builder) -> builder.toolTimeout(Duration.ofHours(1)))
			.tool(RealtimeTool.of("pay", "pays", Map.class, (given) -> {
				begun.countDown();
				awaitQuietly(go);
				return "paid";
			}));
		Answer answer = client().ask("Pay");
		this.gemini.say("{'toolCall':{'functionCalls':[{'id':'c1','name':'pay','args':{}}]}}");
		assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
		for (int i = 0; i < 10; i++) {
			settle();
			this.gemini.pass(Duration.ofSeconds(29));
		}
		go.countDown();
		TestRuntime
			.eventually(() -> assertThat(this.gemini.sent(1)).anyMatch((message) -> message.has("toolResponse")));
		answer("Paid");
		assertThat(answer.text()).isEqualTo("Paid");
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void answersOfTwoCallersDoNotMix() throws Exception {
		RealtimeClient client = client();
		Answer first = client.ask("One");
		Answer second = client.ask("Two");
		text("First");
		settle();
		assertThat(asked()).containsExactly("One");
		this.gemini.say(TURN_COMPLETE);
		awaitAsked(1, "One", "Two");
		answer("Second");
		assertThat(second.text()).isEqualTo("Second");
		assertThat(first.text()).isEqualTo("First");
		assertThat(heard()).isEmpty();
	}

	@Test
	void requestOfTheApplicationHasItsOwnResponse() throws Exception {
		RealtimeClient client = client();
		client.sendText("Aside");
		client.respond();
		Answer answer = client.ask("One");
		assertThat(asked()).containsExactly("Aside");
		answer("To the aside");
		awaitAsked(1, "Aside", "One");
		answer("First");
		assertThat(answer.text()).isEqualTo("First");
		assertThat(heard()).extracting(StreamChunk::delta).contains("To the aside").doesNotContain("First");
	}

	@Test
	void lostConnectionEndsTheAnswerAndIsNoLossForTheChannel() throws Exception {
		RealtimeClient client = client();
		Answer first = client.ask("One");
		Answer second = client.ask("Two");
		text("Fi");
		settle();
		this.gemini.transport().peer().drop();
		assertThatExceptionOfType(RealtimeAnswerException.class).isThrownBy(first::text)
			.withMessageContaining("connection was lost");
		TestRuntime.eventually(() -> {
			this.gemini.pass(Duration.ofMillis(10));
			assertThat(this.gemini.transport().dials()).hasSize(2);
		});
		TestRuntime.eventually(() -> assertThat(this.gemini.session().state()).isEqualTo(Session.State.OPEN));
		TestRuntime.eventually(() -> {
			this.gemini.pass(Duration.ZERO);
			assertThat(asked(2)).contains("Two");
		});
		answer("Second");
		assertThat(second.text()).isEqualTo("Second");
		assertThat(heard()).filteredOn((chunk) -> chunk.finishReason() != null).isEmpty();
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
			this.gemini.pass(Duration.ofMillis(250));
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
		awaitAsked(1, "One", "Two");
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
		awaitAsked(1, "One", "Two");
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
	void turnWithoutContentIsAnEmptyAnswer() throws Exception {
		Answer answer = client().ask("One");
		this.gemini.say(TURN_COMPLETE);
		assertThat(answer.text()).isEmpty();
		assertThat(heard()).isEmpty();
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

	@Test
	void usageOfTheAnswerIsCounted() throws Exception {
		Answer answer = client().ask("One");
		this.gemini.say("{'serverContent':{'modelTurn':{'parts':[{'text':'Hi'}]}}}",
				"{'serverContent':{'turnComplete':true},'usageMetadata':{'promptTokenCount':3,'responseTokenCount':4,"
						+ "'totalTokenCount':7}}");
		assertThat(answer.usage().totalTokens()).isEqualTo(7);
	}

}
