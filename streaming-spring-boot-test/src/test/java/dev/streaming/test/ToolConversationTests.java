package dev.streaming.test;

import java.util.List;
import java.util.Map;

import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeTool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.annotation.Autowired;

import static dev.streaming.test.StreamingAssertions.assertThat;

/**
 * Conversations with every provider whose model calls tools.
 */
@ParameterizedClass
@EnumSource
class ToolConversationTests extends AbstractConversationTests {

	@Parameter
	private Partner partner;

	@Override
	Partner partner() {
		return this.partner;
	}

	@AfterEach
	void open(@Autowired ToolGate gate) {
		gate.open();
	}

	private static RealtimeTool diary() {
		return RealtimeTool.of("read_diary", "Reads the diary of the user", Map.class, (day) -> Map.of("entry", day));
	}

	@Test
	void toolOfTheApplicationIsCalled() {
		provider().onText("The weather?").say("Let me see. ").callTool("get_weather", OSLO).thenSay("It is cold.");
		provider().userSays("The weather?");
		hears("Let me see. ", "It is cold.");
		assertThat(provider()).hasReceivedToolResults("{\"city\":\"Oslo\",\"degrees\":7}");
	}

	@Test
	void callIsDeliveredAsHandled() {
		provider().onText("The weather?").callTool("get_weather", OSLO).thenSay("It is cold.");
		provider().userSays("The weather?");
		assertThat(awaitCall("get_weather").metadata()).containsEntry("handled", true);
		hears("It is cold.");
	}

	@Test
	void applicationAnswersACallItself() {
		provider().onText("My trip?").callTool("find_trip", OSLO).thenSay("To Oslo.");
		provider().userSays("My trip?");
		StreamChunk call = awaitCall("find_trip");
		assertThat(call.metadata()).doesNotContainKey("handled");
		client().toolResult(call.toolCalls().get(0), "{\"to\":\"Oslo\"}");
		hears("To Oslo.");
		assertThat(provider()).hasReceivedToolResults("{\"to\":\"Oslo\"}");
	}

	private StreamChunk awaitCall(String name) {
		StreamChunk[] found = new StreamChunk[1];
		assertThat(session()).delivers("the call", (chunk) -> {
			found[0] = chunk;
			return chunk.toolCalls().stream().anyMatch((call) -> call.name().equals(name));
		});
		return found[0];
	}

	@Test
	void toolThatIsNotApprovedIsNotCalled() {
		provider().onText("Delete my trip to Oslo if it is cold")
			.callTool("get_weather", OSLO)
			.callTool("delete_trip", "{}")
			.thenSay("I may not.");
		provider().userSays("Delete my trip to Oslo if it is cold");
		hears("I may not.");
		assertThat(provider().toolResults()).hasSize(2)
			.anyMatch((result) -> result.contains("\"degrees\":7"))
			.anyMatch((result) -> result.contains("not approved"));
	}

	@Test
	void failureOfAToolIsItsResult() throws Exception {
		reopen((spec) -> spec.attribute(RealtimeAttributes.TOOLS,
				List.of(RealtimeTool.of("read_diary", "Reads the diary", Map.class, (day) -> {
					throw new IllegalStateException("Torn pages");
				}))));
		provider().onText("My day?").callTool("read_diary", "{}").thenSay("I cannot read it.");
		provider().userSays("My day?");
		hears("I cannot read it.");
		assertThat(provider()).hasReceivedToolResults("{\"error\":\"The tool failed\"}");
	}

	@Test
	void toolsOfTheSessionReplaceThoseOfTheApplication() throws Exception {
		reopen((spec) -> spec.attribute(RealtimeAttributes.TOOLS, List.of(diary())));
		assertThat(provider().setup().toString()).contains("read_diary").doesNotContain("get_weather");
		provider().onText("My day?").callTool("read_diary", "{\"day\":1}").thenSay("It was fine.");
		provider().userSays("My day?");
		hears("It was fine.");
		assertThat(provider()).hasReceivedToolResults("{\"entry\":{\"day\":1}}");
	}

	@Test
	void toolThatWorksInAnOutageHarmsNothing(@Autowired ToolGate gate) throws Exception {
		gate.close();
		provider().onText("The weather?").callTool("get_weather", OSLO).thenSay("It is cold.");
		provider().userSays("The weather?");
		gate.awaitCall();
		provider().drop();
		assertLost();
		assertReconnected(1);
		gate.awaitInterruption();
		gate.open();
		assertThat(provider()).hasNotReceived(Received.Kind.TOOL_RESULT);
		provider().userSays("The weather?");
		hears("It is cold.");
	}

	@Test
	void resultForAConnectionThatIsLostIsNotSentOnTheNext() {
		provider().onText("My trip?").callTool("find_trip", OSLO);
		provider().userSays("My trip?");
		StreamChunk call = awaitCall("find_trip");
		provider().drop();
		assertLost();
		assertReconnected(1);
		client().toolResult(call.toolCalls().get(0), "{\"to\":\"Oslo\"}");
		assertThat(provider()).hasNotReceived(Received.Kind.TOOL_RESULT).hasNotReceived(Received.Kind.OTHER);
		sayAndHear("Still there?", "Yes.");
	}

	@Test
	void endOfTheSessionInterruptsTools(@Autowired ToolGate gate) throws Exception {
		gate.close();
		provider().onText("The weather?").callTool("get_weather", OSLO);
		provider().userSays("The weather?");
		gate.awaitCall();
		session().close();
		gate.awaitInterruption();
	}

}
