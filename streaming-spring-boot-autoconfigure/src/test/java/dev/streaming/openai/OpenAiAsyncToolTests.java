package dev.streaming.openai;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.streaming.FinishReason;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.AsyncTool;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.RealtimeTool.Scheduling;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for tools that the model does not wait for: the conversation continues while they
 * run (V2, V8).
 */
class OpenAiAsyncToolTests extends AbstractOpenAiTests {

	private RealtimeClient withTool(Scheduling scheduling) throws InterruptedException {
		this.openAi.toolsByHand().tool(new AsyncTool("pay", scheduling, (context) -> {
			context.progress("{\"half\":true}");
			return "{\"paid\":true}";
		}));
		return client();
	}

	private void toolReturns() throws InterruptedException {
		settle();
		this.openAi.runTools();
		settle();
	}

	private String output() throws InterruptedException {
		return told(ITEM).stream().map((event) -> event.at("/item/output").asString("")).reduce("", String::concat);
	}

	@Test
	void answerEndsWithoutTheResultWhichIsAnAnswerOfItsOwn() throws Exception {
		RealtimeClient client = withTool(Scheduling.WHEN_IDLE);
		Answer first = client.ask("Pay");
		created("r1");
		text("r1", "I am on it.");
		callDone("r1", "c1", "completed", "{}");
		done("r1");
		assertThat(first.text()).isEqualTo("I am on it.");
		Answer second = client.ask("And the weather?");
		answer("r2", "Fine.");
		assertThat(second.text()).isEqualTo("Fine.");
		assertThat(told(CREATE)).hasSize(2);
		toolReturns();
		assertThat(output()).isEqualTo("{\"paid\":true}");
		assertThat(told(CREATE)).hasSize(3);
		answer("r3", "It is paid.");
		assertThat(deltas(heard())).isEqualTo("It is paid.");
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	@Test
	void callIsNotTheEndOfItsResponse() throws InterruptedException {
		withTool(Scheduling.WHEN_IDLE);
		calling("r1", "c1");
		List<StreamChunk> chunks = heard();
		assertThat(calls(chunks)).singleElement().satisfies((call) -> assertThat(call.id()).isEqualTo("c1"));
		assertThat(ends(chunks)).containsExactly(FinishReason.STOP);
	}

	@Test
	void resultWaitsUntilTheModelHasSpoken() throws InterruptedException {
		withTool(Scheduling.WHEN_IDLE);
		calling("r1", "c1");
		created("r2");
		toolReturns();
		assertThat(told(ITEM)).hasSize(1);
		assertThat(told(CREATE)).isEmpty();
		assertThat(told(CANCEL)).isEmpty();
		done("r2");
		assertThat(told(CREATE)).hasSize(1);
	}

	@Test
	void resultDoesNotMakeTheModelTalkWhileTheUserSpeaks() throws InterruptedException {
		withTool(Scheduling.INTERRUPT);
		calling("r1", "c1");
		speechStarted("u1");
		toolReturns();
		assertThat(told(ITEM)).hasSize(1);
		assertThat(told(CREATE)).isEmpty();
		speechStopped("u1");
		committed("u1");
		answer("r2", "That knows the result");
		assertThat(told(CREATE)).isEmpty();
	}

	@Test
	void resultInterruptsTheModel() throws InterruptedException {
		withTool(Scheduling.INTERRUPT);
		calling("r1", "c1");
		created("r2");
		audio("r2", "i2", 4800);
		toolReturns();
		assertThat(told(CANCEL)).singleElement().satisfies((cancel) -> assertThat(id(cancel)).isEqualTo("r2"));
		assertThat(told(CREATE)).isEmpty();
		heard();
		audio("r2", "i2", 4800);
		done("r2", "cancelled", "client_cancelled");
		List<StreamChunk> chunks = heard();
		assertThat(chunks).noneMatch((chunk) -> chunk.media() != null);
		assertThat(ends(chunks)).containsExactly(FinishReason.CANCELLED);
		assertThat(told(CREATE)).hasSize(1);
	}

	private static String id(JsonNode cancel) {
		return cancel.path("response_id").asString();
	}

	@Test
	void silentResultIsKnownAndNotSpokenOf() throws InterruptedException {
		withTool(Scheduling.SILENT);
		calling("r1", "c1");
		toolReturns();
		assertThat(output()).isEqualTo("{\"paid\":true}");
		assertThat(told(CREATE)).isEmpty();
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	// Of one response the model waits for one call, and not for the other
	@Test
	void callThatIsAwaitedDoesNotWaitForOneThatIsNot() throws InterruptedException {
		this.openAi.tool(RealtimeTool.of("look", "Looks", (arguments) -> Map.of("seen", true)));
		withTool(Scheduling.SILENT);
		created("r1");
		callDone("r1", "c1", "completed", "{}");
		say("{'type':'response.output_item.done','response_id':'r1','item':{'id':'f-c2','type':'function_call',"
				+ "'status':'completed','call_id':'c2','name':'look','arguments':'{}'}}");
		done("r1");
		assertThat(ends(heard())).containsExactly(FinishReason.TOOL_CALLS);
		toolReturns();
		assertThat(told(CREATE)).hasSize(1);
	}

	@Test
	void toolAtWorkHoldsUpAPlannedChange() throws Exception {
		RealtimeClient client = withTool(Scheduling.SILENT);
		calling("r1", "c1");
		settle();
		CompletableFuture<Void> change = reconnecting(this.openAi.session());
		assertWaits(change);
		assertThat(client).isNotNull();
		// Not before a marker, which may be lost with the old connection
		this.openAi.runTools();
		assertDone(change);
	}

	@Test
	void cancelledAnswerIsNotContinuedByItsCall() throws InterruptedException {
		RealtimeClient client = withTool(Scheduling.WHEN_IDLE);
		client.respond();
		created("r1");
		callDone("r1", "c1", "completed", "{}");
		settle();
		client.cancel();
		done("r1", "cancelled", "client_cancelled");
		toolReturns();
		assertThat(told(CREATE)).hasSize(1);
	}

	@Test
	void chainOfCallsIsLimited() throws InterruptedException {
		this.openAi.session((config) -> config.toolRounds(2));
		RealtimeClient client = withTool(Scheduling.WHEN_IDLE);
		client.respond();
		for (int i = 1; i <= 4; i++) {
			calling("r" + i, "c" + i);
			toolReturns();
		}
		List<JsonNode> requests = told(CREATE);
		assertThat(requests).hasSize(4);
		assertThat(requests.get(3).at("/response/tool_choice").asString()).isEqualTo("none");
		assertThat(output()).contains("too many rounds");
	}

}
