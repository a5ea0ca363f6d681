package dev.streaming.openai;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.FinishReason;
import dev.streaming.StreamChunk;
import dev.streaming.Usage;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link RealtimeClient#ask(String)} with OpenAI's protocol.
 */
class OpenAiAnswerTests extends AbstractOpenAiAnswerTests {

	@Test
	void endpointWithoutIdsIsAnsweredToo() throws Exception {
		Answer answer = ask("Hello");
		say("{'type':'response.output_text.delta','delta':'Hi'}", "{'type':'response.done','response':{}}");
		assertThat(answer.text()).isEqualTo("Hi");
		assertThat(heard()).isEmpty();
	}

	@Test
	@Rule("V8")
	void answerContinuesBehindTheCallsOfTools() throws Exception {
		this.openAi.tool(RealtimeTool.of("pay", "pays", Map.class, (given) -> "paid"));
		Answer answer = ask("Pay");
		created("r1");
		text("r1", "One moment. ");
		callDone("r1", "c1", "completed", "{}");
		done("r1");
		awaitCreates(2);
		answer("r2", "It is paid.");
		List<StreamChunk> chunks = all(answer);
		assertThat(ends(chunks)).containsExactly(FinishReason.TOOL_CALLS, FinishReason.STOP);
		assertThat(calls(chunks)).hasSize(1);
		assertThat(answer.text()).isEqualTo("One moment. It is paid.");
		assertThat(heard()).isEmpty();
	}

	@Test
	@Rule("V8")
	void readerMayAnswerTheCallsItself() throws Exception {
		Answer answer = ask("Pay");
		calling("r1", "c1");
		CompletableFuture<String> text = CompletableFuture.supplyAsync(() -> {
			StringBuilder said = new StringBuilder();
			for (StreamChunk chunk : answer) {
				chunk.toolCalls().forEach((call) -> this.client.toolResult(call, "{}"));
				said.append(chunk.delta());
			}
			return said.toString();
		});
		awaitCreates(2);
		answer("r2", "Done");
		assertThat(get(text)).isEqualTo("Done");
	}

	@Test
	void timeoutCanBeChanged() throws Exception {
		Answer answer = ask("Hello").timeout(SECOND);
		pass(SECOND.multipliedBy(2));
		assertThat(failure(answer)).hasMessageContaining("1000 ms");
		assertThatIllegalArgumentException().isThrownBy(() -> answer.timeout(Duration.ZERO));
	}

	@Test
	void silenceIsNotMeasuredWhileAToolIsRunning() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		this.openAi.session((builder) -> builder.toolTimeout(Duration.ofHours(1)))
			.tool(RealtimeTool.of("pay", "pays", Map.class, (given) -> {
				TestRuntime.awaitQuietly(go);
				return "paid";
			}));
		Answer answer = ask("Pay");
		List<StreamChunk> read = new CopyOnWriteArrayList<>();
		Thread reader = new Thread(() -> answer.forEach(read::add), "reader");
		reader.start();
		calling("r1", "c1");
		settle();
		// A reader behind the calls has nothing to answer: silence counts, but for the
		// tool
		TestRuntime.eventually(() -> {
			assertThat(read).anyMatch((chunk) -> chunk.finishReason() == FinishReason.TOOL_CALLS);
			assertThat(reader.getState()).isEqualTo(Thread.State.WAITING);
		});
		pass(TIMEOUT.multipliedBy(3));
		pass(TIMEOUT.multipliedBy(3));
		go.countDown();
		awaitCreates(2);
		answer("r2", "Paid");
		reader.join(TimeUnit.SECONDS.toMillis(10));
		assertThat(read).last().extracting(StreamChunk::content).isEqualTo("Paid");
	}

	@Test
	@Rule("V2")
	void silenceDoesNotCountWhileTheUserSpeaksBeforeTheModelCanContinue() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		this.openAi.tool(RealtimeTool.of("pay", "pays", Map.class, (given) -> {
			TestRuntime.awaitQuietly(go);
			return "paid";
		}));
		Answer answer = ask("Pay");
		calling("r1", "c1");
		speechStarted("u1");
		settle();
		go.countDown();
		TestRuntime.eventually(() -> assertThat(this.openAi.told(ITEM)).hasSize(2));
		pass(TIMEOUT.multipliedBy(3));
		pass(TIMEOUT.multipliedBy(3));
		assertThat(told(CREATE)).as("the user speaks").hasSize(1);
		speechStopped("u1");
		committed("u1");
		// The user's answer is the one to the results, too
		answer("r2", "Paid");
		assertThat(answer.text()).isEqualTo("Paid");
	}

	@Test
	void questionWaitsForTheAnswerToARequestBefore() throws Exception {
		this.client = client();
		this.client.respond();
		Answer answer = ask("One");
		assertThat(told(CREATE)).hasSize(1);
		answer("r1", "Aside");
		awaitCreates(2);
		answer("r2", "First");
		assertThat(answer.text()).isEqualTo("First");
		assertThat(deltas(heard())).isEqualTo("Aside");
	}

	@Test
	@Rule("V2")
	void questionWaitsUntilTheUserIsAnswered() throws Exception {
		this.client = client();
		speechStarted("u1");
		settle();
		Answer answer = ask("One");
		assertThat(told(CREATE)).isEmpty();
		speechStopped("u1");
		committed("u1");
		answer("r1", "To the user");
		awaitCreates(1);
		answer("r2", "To the question");
		assertThat(answer.text()).isEqualTo("To the question");
		assertThat(deltas(heard())).isEqualTo("To the user");
	}

	@Test
	void interleavedResponseBesideTheConversationGoesToTheChannel() throws Exception {
		Answer answer = ask("One");
		created("r1");
		this.openAi.session().sendRaw("{\"type\":\"response.create\",\"response\":{\"conversation\":\"none\"}}");
		say("{'type':'response.created','response':{'id':'b1','conversation_id':null}}");
		text("b1", "beside");
		text("r1", "First");
		say("{'type':'response.done','response':{'id':'b1','conversation_id':null,'status':'completed'}}");
		done("r1");
		assertThat(answer.text()).isEqualTo("First");
		assertThat(deltas(heard())).isEqualTo("beside");
	}

	@Test
	@Rule("V4")
	void closingEarlyCancelsThisAnswerOnly() throws Exception {
		Answer first = ask("One");
		created("r1");
		text("r1", "Fi");
		settle();
		Answer second = ask("Two");
		first.close();
		assertThat(told(CANCEL)).singleElement()
			.satisfies((cancel) -> assertThat(cancel.path("response_id").asString()).isEqualTo("r1"));
		text("r1", "rst");
		done("r1", "cancelled", "client_cancelled");
		awaitCreates(2);
		answer("r2", "Second");
		assertThat(second.text()).isEqualTo("Second");
		assertThat(first.iterator().hasNext()).isFalse();
		assertThat(heard()).isEmpty();
	}

	@Test
	void answerClosedWhileItWaitsIsNeverRequested() throws Exception {
		Answer first = ask("One");
		Answer second = ask("Two");
		Answer third = ask("Three");
		second.close();
		answer("r1", "First");
		awaitCreates(2);
		answer("r2", "Third");
		assertThat(third.text()).isEqualTo("Third");
		assertThat(first.text()).isEqualTo("First");
		assertThat(texts(this.openAi.transport().peer())).containsExactly("One", "Three");
		assertThat(told(CANCEL)).isEmpty();
	}

	@Test
	@Rule("V4")
	void closedBeforeItsResponseIsCreatedAnAnswerLeavesNothingInTheChannel() throws Exception {
		Answer answer = ask("One");
		answer.close();
		assertThat(told(CANCEL)).hasSize(1);
		created("r1");
		text("r1", "No");
		done("r1", "cancelled", "client_cancelled");
		assertThat(heard()).isEmpty();
	}

	@Test
	@Rule("V4")
	void cancelOfTheClientEndsTheAnswerNormally() throws Exception {
		Answer answer = ask("One");
		created("r1");
		text("r1", "Fi");
		settle();
		this.client.cancel();
		done("r1", "cancelled", "client_cancelled");
		assertThat(all(answer)).last().extracting(StreamChunk::finishReason).isEqualTo(FinishReason.CANCELLED);
		assertThat(answer.text()).isEqualTo("Fi");
	}

	@Test
	@Rule("V4")
	void cancelOfTheClientLeavesTheQuestionsThatWait() throws Exception {
		Answer first = ask("One");
		created("r1");
		text("r1", "Fi");
		settle();
		Answer second = ask("Two");
		this.client.cancel();
		assertThat(texts(this.openAi.transport().peer())).containsExactly("One");
		done("r1", "cancelled", "client_cancelled");
		awaitCreates(2);
		answer("r2", "Second");
		assertThat(first.text()).isEqualTo("Fi");
		assertThat(second.text()).isEqualTo("Second");
		assertThat(told(CANCEL)).hasSize(1);
	}

	@Test
	@Rule("V4")
	void cancelBeforeTheResponseBeginsEndsTheAnswerAndLeavesTheQuestionsThatWait() throws Exception {
		Answer first = ask("One");
		Answer second = ask("Two");
		this.client.cancel();
		created("r1");
		done("r1", "cancelled", "client_cancelled");
		awaitCreates(2);
		answer("r2", "Second");
		assertThat(first.text()).isEmpty();
		assertThat(second.text()).isEqualTo("Second");
	}

	@Test
	@Rule("V4")
	void cancelWhileAToolWorksEndsTheAnswer() throws Exception {
		Answer answer = ask("Pay");
		calling("r1", "c1");
		settle();
		this.client.cancel();
		this.client.toolResult("c1", "pay", "{}");
		assertThat(ends(all(answer))).containsExactly(FinishReason.TOOL_CALLS);
	}

	@Test
	void refusedQuestionFailsAndIsReportedToItsCallerOnly() throws Exception {
		Answer answer = ask("One");
		String eventId = this.openAi.awaitTold(CREATE, 1).path("event_id").asString();
		error(eventId, "rate_limit_exceeded");
		assertThat(failure(answer)).hasCauseInstanceOf(OpenAiErrorException.class).hasMessageContaining("refused");
		assertThat(heard()).isEmpty();
	}

	@Test
	void failedResponseThrowsItsError() throws Exception {
		Answer answer = ask("One");
		created("r1");
		say("{'type':'response.done','response':{'id':'r1','status':'failed','status_details':{'type':'failed',"
				+ "'error':{'type':'server_error','code':'oops','message':'It broke'}}}}");
		assertThat(failure(answer)).hasMessageContaining("It broke").hasCauseInstanceOf(OpenAiErrorException.class);
		assertThat(heard()).isEmpty();
	}

	@Test
	@Rule("V3")
	void questionThatMeetsAnotherResponseIsAskedAgain() throws Exception {
		Answer answer = ask("One");
		String eventId = this.openAi.awaitTold(CREATE, 1).path("event_id").asString();
		created("other");
		error(eventId, "conversation_already_has_active_response");
		text("other", "To somebody");
		done("other");
		awaitCreates(2);
		answer("r2", "First");
		assertThat(answer.text()).isEqualTo("First");
		assertThat(deltas(heard())).isEqualTo("To somebody");
	}

	@Test
	void readingWithinAToolOfTheSessionIsRefused() throws Exception {
		AtomicReference<Answer> answer = new AtomicReference<>();
		AtomicReference<Throwable> refused = new AtomicReference<>();
		this.openAi.tool(RealtimeTool.of("pay", "pays", Map.class, (given) -> {
			try {
				return answer.get().text();
			}
			catch (IllegalStateException ex) {
				refused.set(ex);
				return "refused";
			}
		}));
		answer.set(ask("Pay"));
		calling("r1", "c1");
		awaitCreates(2);
		answer("r2", "Done");
		assertThat(answer.get().text()).isEqualTo("Done");
		assertThat(refused.get()).hasMessageContaining("tool");
	}

	@Test
	void audioAndUsageOfAllResponsesAreAdded() throws Exception {
		this.openAi.tool(RealtimeTool.of("pay", "pays", Map.class, (given) -> "paid"));
		Answer answer = ask("Pay");
		created("r1");
		audio("r1", "i1", 4);
		callDone("r1", "c1", "completed", "{}");
		doneWithUsage("r1", 3, 4);
		awaitCreates(2);
		created("r2");
		audio("r2", "i2", 6);
		doneWithUsage("r2", 10, 20);
		assertThat(answer.usage()).isEqualTo(new Usage(13, 24, 37));
		assertThat(answer.audio()).hasSize(10);
	}

	private void doneWithUsage(String id, int input, int output) {
		say("{'type':'response.done','response':{'id':'" + id + "','status':'completed','usage':{'input_tokens':"
				+ input + ",'output_tokens':" + output + ",'total_tokens':" + (input + output) + "},'output':[]}}");
	}

	@Test
	void truncationReachesTheAnswer() throws Exception {
		Answer answer = ask("Speak");
		created("r1");
		audio("r1", "i1", 48000);
		audio("r1", "i1", 48000);
		settle();
		assertThat(this.client.truncate(Duration.ofMillis(100))).isEqualTo(2);
		done("r1");
		assertThat(answer.audio()).isEmpty();
	}

}
