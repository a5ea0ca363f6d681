package dev.streaming.openai;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.streaming.FinishReason;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.AsyncTool;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.RealtimeTool.Scheduling;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a response without further events: its end may be lost, or the model is slow
 * (V3).
 */
@Rule("V3")
class OpenAiSilentResponseTests extends AbstractOpenAiAnswerTests {

	private static final Duration PATIENCE = ResponseRequest.PATIENCE;

	private void answering() throws InterruptedException {
		this.client = client();
		this.client.respond();
		created("r1");
		text("r1", "One");
		settle();
	}

	@Test
	void requestDoesNotWaitForAResponseWhoseEndIsLost() throws Exception {
		answering();
		this.client.respond();
		pass(PATIENCE.minusMillis(1));
		assertThat(told(CREATE)).hasSize(1);
		pass(Duration.ofMillis(1));
		assertThat(told(CREATE)).hasSize(2);
		answer("r2", "Two");
		List<StreamChunk> chunks = heard();
		assertThat(deltas(chunks)).isEqualTo("OneTwo");
		assertThat(ends(chunks)).containsExactly(FinishReason.STOP);
		assertThat(this.openAi.handler().responseInFlight()).as("there is one response at a time").isFalse();
	}

	@Test
	void requestThatFindsTheResponseActiveIsMadeAgainBehindItsEnd() throws Exception {
		answering();
		this.client.respond();
		pass(PATIENCE);
		error(told(CREATE).get(1).path("event_id").asString(), "conversation_already_has_active_response");
		pass(PATIENCE.minusMillis(1));
		assertThat(told(CREATE)).as("the provider says that it is active").hasSize(2);
		text("r1", "More");
		done("r1");
		List<StreamChunk> chunks = heard();
		assertThat(chunks).noneMatch((chunk) -> chunk.error() != null);
		assertThat(deltas(chunks)).isEqualTo("OneMore");
		assertThat(told(CREATE)).hasSize(3);
		answer("r2", "Two");
		assertThat(deltas(heard())).isEqualTo("Two");
	}

	@Test
	void requestIsTriedAgainEveryTenSecondsWhileTheResponseIsSilent() throws Exception {
		answering();
		this.client.respond();
		for (int i = 2; i < 6; i++) {
			pass(PATIENCE);
			assertThat(told(CREATE)).hasSize(i);
			error(told(CREATE).get(i - 1).path("event_id").asString(), "conversation_already_has_active_response");
		}
		pass(PATIENCE);
		answer("r2", "Two");
		assertThat(deltas(heard())).isEqualTo("OneTwo");
	}

	@ParameterizedTest
	@ValueSource(strings = { "'response.content_part.done'", "'response.output_audio.done'",
			"'response.mcp_call.in_progress'", "'response.mcp_call_arguments.delta'",
			"'response.function_call_arguments.delta','item_id':'f-c1','call_id':'c1','delta':'{'" })
	void everyEventOfTheResponseIsASignOfIt(String event) throws Exception {
		answering();
		this.client.respond();
		for (int i = 0; i < 3; i++) {
			pass(PATIENCE.minusMillis(1));
			say("{'type':" + event + ",'response_id':'r1'}");
		}
		pass(PATIENCE.minusMillis(1));
		assertThat(told(CREATE)).hasSize(1);
		pass(Duration.ofMillis(1));
		assertThat(told(CREATE)).hasSize(2);
	}

	@Test
	void responseWithNewEventsDelaysRequestsAgain() throws Exception {
		answering();
		pass(PATIENCE);
		text("r1", "More");
		settle();
		this.client.respond();
		assertThat(told(CREATE)).hasSize(1);
		done("r1");
		assertThat(told(CREATE)).hasSize(2);
	}

	@Test
	void plannedChangeWaitsForASilentResponse() throws Exception {
		answering();
		pass(PATIENCE);
		CompletableFuture<Void> change = reconnecting(this.openAi.session());
		pass(SECOND);
		assertWaits(change);
		done("r1");
		assertDone(change);
	}

	@Test
	void timeInWhichTheConsumerDoesNotTakeDoesNotCount() throws Exception {
		this.openAi.session((session) -> session.responseChannelSize(1).readAhead(DataSize.ofBytes(0)));
		answering();
		this.client.respond();
		// The first one fills the channel, so that no more is read
		text("r1", "a");
		text("r1", "b");
		this.openAi.awaitReading(false);
		this.openAi.pass(PATIENCE.multipliedBy(3));
		passReading(PATIENCE.minusSeconds(1));
		assertThat(told(CREATE)).as("time in which nothing was read").hasSize(1);
		for (int i = 0; i < 3; i++) {
			passReading(SECOND);
		}
		assertThat(told(CREATE)).hasSize(2);
	}

	private void passReading(Duration time) throws InterruptedException {
		settle();
		this.openAi.awaitReading(true);
		this.openAi.pass(time);
	}

	@Test
	void timeOfAToolOfTheSessionDoesNotCountAndItsResultIsAnswered() throws Exception {
		this.openAi.toolsByHand().tool(RealtimeTool.of("pay", "pays", Map.class, (given) -> "paid"));
		this.client = client();
		this.client.respond();
		created("r1");
		callDone("r1", "c1", "completed", "{}");
		settle();
		pass(PATIENCE.multipliedBy(2));
		this.client.respond();
		assertThat(told(CREATE)).as("the tool works").hasSize(1);
		this.openAi.runTools();
		pass(PATIENCE.minusMillis(1));
		assertThat(told(CREATE)).hasSize(1);
		pass(Duration.ofMillis(1));
		assertThat(told(CREATE)).as("the end of the calling response is lost").hasSize(2);
		answer("r2", "Paid");
		done("r1");
		assertThat(told(CREATE)).as("once").hasSize(2);
	}

	// The model does not wait for it, so that it does not explain the silence
	@Test
	void responseIsSilentAlsoWhileAToolWorksThatItDoesNotWaitFor() throws Exception {
		this.openAi.toolsByHand().tool(new AsyncTool("pay", Scheduling.WHEN_IDLE, (context) -> "{\"paid\":true}"));
		this.client = client();
		this.client.respond();
		created("r1");
		callDone("r1", "c1", "completed", "{}");
		settle();
		pass(PATIENCE.minusMillis(1));
		this.client.respond();
		assertThat(told(CREATE)).hasSize(1);
		pass(Duration.ofMillis(1));
		assertThat(told(CREATE)).hasSize(2);
		answer("r2", "Two");
		settle();
		this.openAi.runTools();
		assertThat(told(ITEM)).hasSize(1);
		assertThat(told(CREATE)).as("the result is spoken of").hasSize(3);
		answer("r3", "Paid");
		assertThat(deltas(heard())).isEqualTo("TwoPaid");
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	@Test
	void resultOfAToolThatIsNotWaitedForIsSpokenOfBehindASilentResponse() throws Exception {
		this.openAi.toolsByHand().tool(new AsyncTool("pay", Scheduling.WHEN_IDLE, (context) -> "{\"paid\":true}"));
		answering();
		callDone("r1", "c1", "completed", "{}");
		settle();
		this.openAi.runTools();
		settle();
		assertThat(told(ITEM)).hasSize(1);
		assertThat(told(CREATE)).as("the response goes on").hasSize(1);
		pass(PATIENCE.minusMillis(1));
		assertThat(told(CREATE)).as("its result was a sign").hasSize(1);
		pass(Duration.ofMillis(1));
		assertThat(told(CREATE)).hasSize(2);
		answer("r2", "Paid");
		done("r1");
		assertThat(told(CREATE)).as("once").hasSize(2);
	}

	@Test
	void respondBehindTheSilentAnswerToResultsIsARequestOfItsOwn() throws Exception {
		this.openAi.toolsByHand().tool(RealtimeTool.of("pay", "pays", Map.class, (given) -> "paid"));
		this.client = client();
		this.client.respond();
		calling("r1", "c1");
		settle();
		this.openAi.runTools();
		created("r2");
		settle();
		pass(PATIENCE);
		this.client.respond();
		assertThat(told(CREATE)).hasSize(3);
	}

	@Test
	void cancelMeansASilentResponse() throws Exception {
		answering();
		pass(PATIENCE);
		this.client.cancel();
		assertThat(told(CANCEL)).singleElement()
			.extracting((event) -> event.path("response_id").asString())
			.isEqualTo("r1");
	}

	@Test
	void questionBehindASilentAnswerIsAskedAndEachHasItsOwnChunks() throws Exception {
		Answer first = ask("One");
		created("r1");
		text("r1", "Fi");
		Answer second = ask("Two");
		assertThat(told(CREATE)).hasSize(1);
		pass(PATIENCE);
		awaitCreates(2);
		error(told(CREATE).get(1).path("event_id").asString(), "conversation_already_has_active_response");
		text("r1", "rst");
		done("r1");
		assertThat(first.text()).isEqualTo("First");
		awaitCreates(3);
		answer("r2", "Second");
		assertThat(second.text()).isEqualTo("Second");
		assertThat(heard()).isEmpty();
	}

}
