package dev.streaming.openai;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;

import dev.streaming.FinishReason;
import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;
import dev.streaming.realtime.ConnectionMessages;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.CapturedLog;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for V1: a complete call of a function is run once. V8: one request to continue.
 */
class OpenAiToolCallTests extends AbstractOpenAiTests {

	private static final String HALF = "{\\u0022to\\u0022:\\u0022Bob\\u0022,\\u0022amount\\u0022:1";

	private static final String WHOLE = HALF + "0}";

	private final Queue<Map<String, Object>> paid = new ArrayDeque<>();

	private RealtimeClient withTool() throws InterruptedException {
		this.openAi.toolsByHand().tool(RealtimeTool.of("pay", "Pays", (arguments) -> {
			this.paid.add(arguments);
			return Map.of("paid", true);
		}));
		return client();
	}

	/**
	 * The tools that were called run, and nothing is left to do.
	 */
	private void toolReturns() throws InterruptedException {
		settle();
		this.openAi.runTools();
		settle();
	}

	private void assertNotPaid() throws InterruptedException {
		toolReturns();
		assertThat(told(ITEM)).isEmpty();
		assertThat(this.paid).isEmpty();
	}

	// A1
	@Test
	void bargeInVoidsACallWhoseArgumentsWereCut() throws InterruptedException {
		RealtimeClient client = withTool();
		client.respond();
		created("r1");
		callBegins("r1", "c1");
		argumentsDelta("r1", "c1", HALF);
		speechStarted("u1");
		argumentsDone("r1", "c1", HALF);
		callDone("r1", "c1", "incomplete", HALF);
		done("r1", "cancelled", "turn_detected");
		List<StreamChunk> chunks = heard();
		assertThat(calls(chunks)).isEmpty();
		assertThat(ends(chunks)).containsExactly(FinishReason.CANCELLED);
		assertNotPaid();
		assertThat(told(CREATE)).hasSize(1);
	}

	@Test
	@Rule("V8")
	void secondResultOfACallIsDropped() throws InterruptedException {
		RealtimeClient client = client();
		created("r1");
		callDone("r1", "c1", "completed", WHOLE);
		ToolCall call = calls(heard()).get(0);
		client.toolResult(call, "1");
		try (CapturedLog log = CapturedLog.of(ConnectionMessages.class)) {
			client.toolResult(call, "2");
			assertThat(log.messages()).singleElement().asString().startsWith("Dropped the result");
		}
		done("r1");
		assertThat(told(CREATE)).hasSize(1);
		say("{'type':'conversation.item.done','item':{'id':'o1','type':'function_call_output','call_id':'c1'}}");
		settle();
		client.toolResult(call, "3");
		created("r2");
		settle();
		client.toolResult(call, "4");
		done("r2");
		client.toolResult(call, "5");
		assertThat(told(ITEM)).singleElement()
			.satisfies((event) -> assertThat(event.at("/item/output").asString()).isEqualTo("1"));
		assertThat(told(CREATE)).hasSize(1);
	}

	@Test
	@Rule("V8")
	void resultAfterOneThatWasSentAsAnEventIsDropped() throws InterruptedException {
		RealtimeClient client = client();
		created("r1");
		callDone("r1", "c1", "completed", WHOLE);
		ToolCall call = calls(heard()).get(0);
		say("{'type':'conversation.item.done','item':{'id':'o1','type':'function_call_output','call_id':'c1'}}");
		settle();
		client.toolResult(call, "1");
		done("r1");
		assertThat(told(ITEM)).isEmpty();
	}

	// A1
	@ParameterizedTest
	@CsvSource({ "incomplete,incomplete,max_output_tokens", "incomplete,cancelled,client_cancelled",
			"in_progress,failed,''", "incomplete,completed,''", "cancelled,completed,''" })
	void callThatWasCutIsNotRun(String item, String status, String reason) throws InterruptedException {
		withTool();
		created("r1");
		callBegins("r1", "c1");
		argumentsDone("r1", "c1", WHOLE);
		callDone("r1", "c1", item, WHOLE);
		done("r1", status, reason);
		List<StreamChunk> chunks = heard();
		assertThat(calls(chunks)).isEmpty();
		assertThat(ends(chunks)).doesNotContain(FinishReason.TOOL_CALLS);
		assertNotPaid();
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	@Test
	void callInTheEndOfACancelledResponseIsNotRun() throws InterruptedException {
		withTool();
		created("r1");
		say("{'type':'response.done','response':{'id':'r1','status':'cancelled','output':["
				+ callItem("c1", "completed", WHOLE) + "]}}");
		assertThat(calls(heard())).isEmpty();
		assertNotPaid();
	}

	@Test
	void callOfACutItemIsNotRun() throws InterruptedException {
		withTool();
		created("r1");
		callBegins("r1", "c1");
		argumentsDone("r1", "c1", WHOLE);
		say("{'type':'conversation.item.done','item':" + callItem("c1", "incomplete", WHOLE) + "}");
		done("r1");
		assertThat(calls(heard())).isEmpty();
		assertNotPaid();
	}

	@Test
	void callOfAResponseThatWasCancelledIsNotRunThoughThatCameTooLate() throws InterruptedException {
		RealtimeClient client = withTool();
		created("r1");
		callBegins("r1", "c1");
		settle();
		client.cancel();
		callDone("r1", "c1", "completed", WHOLE);
		done("r1");
		assertThat(calls(heard())).isEmpty();
		assertNotPaid();
	}

	@Test
	void callIsRunWhenItsItemIsCompleteAndNotBefore() throws InterruptedException {
		withTool();
		created("r1");
		callBegins("r1", "c1");
		argumentsDone("r1", "c1", WHOLE);
		assertNotPaid();
		callDone("r1", "c1", "completed", WHOLE);
		toolReturns();
		assertThat(this.paid.poll()).containsEntry("amount", 10);
		done("r1");
		assertThat(calls(heard())).hasSize(1);
		toolReturns();
		assertThat(told(CREATE)).hasSize(1);
	}

	@Test
	void callIsRunAtTheEndWhereItemsHaveNoStatus() throws InterruptedException {
		withTool();
		created("r1");
		argumentsDone("r1", "c1", WHOLE);
		say("{'type':'response.output_item.done','response_id':'r1','item':{'id':'f-c1','type':'function_call',"
				+ "'call_id':'c1','name':'pay','arguments':'" + WHOLE + "'}}");
		assertNotPaid();
		done("r1");
		toolReturns();
		assertThat(this.paid.poll()).containsEntry("to", "Bob");
	}

	// A2
	@Test
	void argumentsThatOnlyDeltasBroughtAreWhole() throws InterruptedException {
		withTool();
		created("r1");
		callBegins("r1", "c1");
		argumentsDelta("r1", "c1", HALF);
		argumentsDelta("r1", "c1", "0}");
		say("{'type':'response.function_call_arguments.done','response_id':'r1','item_id':'f-c1'}");
		callDone("r1", "c1", "completed", "");
		done("r1");
		toolReturns();
		assertThat(this.paid.poll()).containsEntry("amount", 10);
		assertThat(calls(heard())).extracting(ToolCall::arguments).containsExactly("{\"to\":\"Bob\",\"amount\":10}");
	}

	// A2
	@ParameterizedTest
	@ValueSource(strings = { "", "{", HALF })
	void fullestArgumentsCount(String first) throws InterruptedException {
		withTool();
		created("r1");
		callBegins("r1", "c1");
		argumentsDelta("r1", "c1", HALF);
		argumentsDone("r1", "c1", first);
		callDone("r1", "c1", "completed", WHOLE);
		done("r1");
		toolReturns();
		assertThat(this.paid.poll()).containsEntry("amount", 10);
	}

	@Test
	void argumentsThatAreJsonCountMoreThanLongerOnes() throws InterruptedException {
		withTool();
		created("r1");
		callBegins("r1", "c1");
		argumentsDelta("r1", "c1", WHOLE + WHOLE);
		callDone("r1", "c1", "completed", WHOLE);
		done("r1");
		toolReturns();
		assertThat(this.paid.poll()).containsEntry("amount", 10);
	}

	@Test
	void argumentsMayBeAnObject() throws InterruptedException {
		withTool();
		created("r1");
		say("{'type':'response.output_item.done','response_id':'r1','item':{'id':'f1','type':'function_call',"
				+ "'status':'completed','call_id':'c1','name':'pay','arguments':{'amount':7}}}");
		toolReturns();
		assertThat(this.paid.poll()).containsEntry("amount", 7);
	}

	@Test
	void repeatedCallIsRunOnce() throws InterruptedException {
		withTool();
		created("r1");
		callDone("r1", "c1", "completed", WHOLE);
		callDone("r1", "c1", "completed", WHOLE);
		say("{'type':'conversation.item.done','item':" + callItem("c1", "completed", WHOLE) + "}",
				"{'type':'response.done','response':{'id':'r1','status':'completed','output':["
						+ callItem("c1", "completed", WHOLE) + "]}}");
		callDone("r1", "c1", "completed", WHOLE);
		assertThat(calls(heard())).hasSize(1);
		toolReturns();
		assertThat(told(CREATE)).hasSize(1);
		assertThat(told(ITEM)).hasSize(1);
		assertThat(this.paid).hasSize(1);
	}

	@Test
	void onlyAResponseThatCallsEndsWithToolCalls() throws InterruptedException {
		withTool();
		calling("r1", "c1");
		answer("r2", "Meanwhile");
		assertThat(ends(heard())).containsExactly(FinishReason.TOOL_CALLS, FinishReason.STOP);
		toolReturns();
		assertThat(told(ITEM)).hasSize(1);
	}

	// A9, V4
	@Test
	void toolThatWorksForWhatWasCancelledStartsNoNewAnswer() throws InterruptedException {
		RealtimeClient client = withTool();
		calling("r1", "c1");
		settle();
		client.cancel();
		toolReturns();
		assertThat(told(ITEM)).hasSize(1);
		assertThat(told(CREATE)).isEmpty();
		assertThat(told(CANCEL)).isEmpty();
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
		client.respond();
		assertThat(told(CREATE)).hasSize(1);
	}

	@Test
	void toolOfAResponseThatTheApplicationCancelledInOtherWordsStartsNoNewAnswer() throws InterruptedException {
		withTool();
		created("r1");
		callDone("r1", "c1", "completed", "{}");
		done("r1", "cancelled", "client_cancelled");
		toolReturns();
		assertThat(told(ITEM)).hasSize(1);
		assertThat(told(CREATE)).isEmpty();
	}

	// A12, V8
	@Test
	void toolResultAndRespondAreOneRequestWithAnOpenMicrophone() throws InterruptedException {
		RealtimeClient client = client();
		calling("r1", "c1");
		ToolCall call = calls(heard()).get(0);
		client.sendAudio(new byte[960]);
		client.toolResult(call, "1");
		client.sendAudio(new byte[960]);
		client.respond();
		assertThat(told(CREATE)).hasSize(1);
		created("r2");
		client.sendAudio(new byte[960]);
		client.respond();
		client.respond();
		text("r2", "Yes");
		settle();
		client.respond();
		done("r2");
		assertThat(told(CREATE)).hasSize(1);
		client.respond();
		assertThat(told(CREATE)).hasSize(2);
	}

	@Test
	void respondBetweenTwoResultsIsTheRequestBehindTheLast() throws InterruptedException {
		RealtimeClient client = client();
		calling("r1", "c1", "c2");
		List<ToolCall> calls = calls(heard());
		client.toolResult(calls.get(0), "1");
		client.respond();
		assertThat(told(CREATE)).isEmpty();
		client.toolResult(calls.get(1), "2");
		client.respond();
		assertThat(told(CREATE)).hasSize(1);
		assertThat(this.openAi.types()).endsWith(ITEM, ITEM, CREATE);
	}

	@Test
	void respondAfterSomethingNewIsANewRequest() throws InterruptedException {
		RealtimeClient client = client();
		calling("r1", "c1");
		client.toolResult(calls(heard()).get(0), "1");
		client.sendText("And another thing");
		client.respond();
		assertThat(told(CREATE)).hasSize(1);
		answer("r2", "Yes");
		assertThat(told(CREATE)).hasSize(2);
	}

	@Test
	void callsOfTwoResponsesAreRequestedOneByOne() throws InterruptedException {
		RealtimeClient client = client();
		calling("r1", "c1");
		calling("r2", "c2");
		List<ToolCall> calls = calls(heard());
		client.toolResult(calls.get(1), "2");
		assertThat(told(CREATE)).hasSize(1);
		answer("r3", "Two");
		client.toolResult(calls.get(0), "1");
		assertThat(told(CREATE)).hasSize(2);
	}

	@Test
	void afterTooManyRoundsTheModelIsAskedAgainWithoutTools() throws InterruptedException {
		this.openAi.session((session) -> session.toolRounds(2));
		withTool();
		for (int round = 1; round <= 3; round++) {
			calling("r" + round, "c" + round);
			toolReturns();
			assertThat(told(CREATE)).hasSize(round);
		}
		assertThat(this.paid).hasSize(2);
		assertThat(told(ITEM)).last().satisfies((event) -> {
			assertThat(event.at("/item/call_id").asString()).isEqualTo("c3");
			assertThat(event.at("/item/output").asString()).contains("error").contains("rounds");
		});
		assertThat(told(CREATE)).extracting((event) -> event.at("/response/tool_choice").asString(""))
			.containsExactly("", "", "none");
		calling("r4", "c4");
		assertThat(told(ITEM)).hasSize(4);
		assertThat(told(CREATE)).hasSize(3);
		answer("r5", "Something else");
		calling("r6", "c6");
		toolReturns();
		assertThat(told(CREATE)).hasSize(4);
		assertThat(this.paid).hasSize(3);
	}

	// A16
	@Test
	void approvalEndsItsResponseAsACallAndHoldsUpAChange() throws Exception {
		RealtimeClient client = client();
		created("r1");
		say("{'type':'response.output_item.done','response_id':'r1','item':{'type':'mcp_approval_request','id':'q1',"
				+ "'name':'drop','arguments':'{}','server_label':'db'}}");
		done("r1");
		assertThat(ends(heard())).containsExactly(FinishReason.TOOL_CALLS);
		var change = reconnecting(this.openAi.session());
		pass(SECOND.multipliedBy(10));
		assertWaits(change);
		say("{'type':'conversation.item.added','item':{'type':'mcp_approval_response','id':'a1',"
				+ "'approval_request_id':'q1','approve':true}}");
		assertDone(change);
		assertThat(client).isNotNull();
	}

	@Test
	void approvalThatACancelledResponseRequestedIsNotAwaited() throws InterruptedException {
		open();
		created("r1");
		say("{'type':'response.output_item.done','response_id':'r1','item':{'type':'mcp_approval_request','id':'q1',"
				+ "'name':'drop','arguments':'{}','server_label':'db'}}");
		done("r1", "cancelled", "turn_detected");
		assertThat(ends(heard())).containsExactly(FinishReason.CANCELLED);
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	// A16
	@ParameterizedTest
	@ValueSource(strings = { "response.output_item.done", "conversation.item.done" })
	void reasonOfAFailedMcpCallIsReported(String type) throws InterruptedException {
		open();
		String item = "{'type':'" + type + "','response_id':'r1','item':{'type':'mcp_call','id':'m1','name':'find',"
				+ "'server_label':'db','error':{'type':'tool_execution_error','message':'No such table'}}}";
		say("{'type':'response.mcp_call.failed','item_id':'m1','output_index':0}", item, item);
		assertThat(heard()).filteredOn((chunk) -> chunk.error() != null)
			.hasSize(2)
			.last()
			.satisfies((chunk) -> assertThat(chunk.error()).hasMessageContaining("MCP")
				.hasMessageContaining("No such table"));
	}

	@Test
	void reasonOfAFailedMcpCallThatCameFirstIsReportedOnce() throws InterruptedException {
		open();
		say("{'type':'response.output_item.done','response_id':'r1','item':{'type':'mcp_call','id':'m1','name':'find',"
				+ "'server_label':'db','error':{'type':'http_error','code':500,'message':'Down'}}}",
				"{'type':'response.mcp_call.failed','item_id':'m1','output_index':0}");
		assertThat(heard()).filteredOn((chunk) -> chunk.error() != null)
			.singleElement()
			.satisfies((chunk) -> assertThat(chunk.error()).hasMessageContaining("500").hasMessageContaining("Down"));
	}

	@Test
	void resultsThatTheProviderDidNotHaveAreAnsweredBehindItsOwnResponse() throws Exception {
		this.openAi.toolsByHand().tool(RealtimeTool.of("pay", "pays", Map.class, (given) -> "paid"));
		RealtimeClient client = client();
		client.respond();
		calling("r0", "c0");
		settle();
		this.openAi.runTools();
		calling("r1", "c1");
		settle();
		this.openAi.withoutConfirmations();
		this.openAi.runTools();
		assertThat(told(CREATE)).hasSize(3);
		created("r2");
		settle();
		error(told(CREATE).get(2).path("event_id").asString(), "conversation_already_has_active_response");
		done("r2");
		assertThat(told(CREATE)).as("the provider has confirmed the first result only").hasSize(4);
	}

	@Test
	void resultsThatTheProviderHadAreAnsweredByItsOwnResponse() throws Exception {
		this.openAi.toolsByHand().tool(RealtimeTool.of("pay", "pays", Map.class, (given) -> "paid"));
		RealtimeClient client = client();
		client.respond();
		calling("r1", "c1");
		settle();
		this.openAi.runTools();
		assertThat(told(CREATE)).hasSize(2);
		created("r2");
		settle();
		error(told(CREATE).get(1).path("event_id").asString(), "conversation_already_has_active_response");
		done("r2");
		assertThat(told(CREATE)).hasSize(2);
	}

	@Test
	void requestForSomethingNewDoesNotWaitForTheOtherResults() throws Exception {
		RealtimeClient client = client();
		client.respond();
		calling("r1", "c1", "c2");
		settle();
		client.toolResult("c1", "pay", "{}");
		client.respond();
		assertThat(told(CREATE)).as("it is for the results").hasSize(1);
		client.sendText("What else is there?");
		client.respond();
		assertThat(told(CREATE)).hasSize(2);
	}

}
