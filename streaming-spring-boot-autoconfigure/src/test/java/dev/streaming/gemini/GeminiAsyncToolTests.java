package dev.streaming.gemini;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.streaming.FinishReason;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.AsyncTool;
import dev.streaming.realtime.RealtimeCapabilities;
import dev.streaming.realtime.RealtimeCapabilities.Feature;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.RealtimeTool.Scheduling;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for tools that the model does not wait for ({@code NON_BLOCKING}).
 */
class GeminiAsyncToolTests {

	private static final String CALL = "{'toolCall':{'functionCalls':[{'id':'c1','name':'pay','args':{}}]}}";

	private static final String CONTENT = "{'serverContent':{'modelTurn':{'parts':[{'text':'a'}]}}}";

	private static final String END = "{'serverContent':{'turnComplete':true}}";

	private static final String STARTED = "{'voiceActivity':{'voiceActivityType':'ACTIVITY_START'}}";

	private static final String ENDED = "{'voiceActivity':{'voiceActivityType':'ACTIVITY_END'}}";

	private static GeminiSessionFixture withTool(Scheduling scheduling) {
		return new GeminiSessionFixture(new AsyncTool("pay", scheduling, (context) -> "{\"paid\":true}"));
	}

	private static List<JsonNode> responses(GeminiSessionFixture fixture) {
		return fixture.context.sent.stream()
			.map((message) -> message.at("/toolResponse/functionResponses/0"))
			.filter(JsonNode::isObject)
			.toList();
	}

	private static List<FinishReason> ends(List<StreamChunk> chunks) {
		return chunks.stream().map(StreamChunk::finishReason).filter((reason) -> reason != null).toList();
	}

	@Test
	void setupDeclaresNonBlockingTools() {
		List<RealtimeTool> tools = List.of(new AsyncTool("pay", Scheduling.SILENT, (context) -> "1"),
				RealtimeTool.of("look", "Looks", (arguments) -> "seen"));
		GeminiLiveOptions options = GeminiLiveOptions.builder().model("gemini-2.5-flash").build();
		JsonNode setup = GeminiJson.MAPPER.valueToTree(SetupMessage.of(options, tools, Map.of(), null, false));
		assertThat(setup.at("/tools/0/functionDeclarations/0/behavior").asString()).isEqualTo("NON_BLOCKING");
		assertThat(setup.at("/tools/0/functionDeclarations/1").has("behavior")).isFalse();
		GeminiLiveOptions newer = GeminiLiveOptions.builder().model("gemini-3.8-live").build();
		setup = GeminiJson.MAPPER.valueToTree(SetupMessage.of(newer, tools, Map.of(), null, false));
		assertThat(setup.at("/tools/0/functionDeclarations/0/behavior").asString()).isEqualTo("NON_BLOCKING");
		assertThat(setup.at("/tools/0/functionDeclarations/1/behavior").asString()).isEqualTo("BLOCKING");
		GeminiLiveOptions without = GeminiLiveOptions.builder().model("gemini-3.1-flash-live").build();
		setup = GeminiJson.MAPPER.valueToTree(SetupMessage.of(without, tools, Map.of(), null, false));
		assertThat(setup.at("/tools/0/functionDeclarations/0").has("behavior")).isFalse();
	}

	@Test
	void turnEndsWhileTheToolWorks() {
		GeminiSessionFixture fixture = withTool(Scheduling.WHEN_IDLE);
		List<StreamChunk> chunks = fixture.read(CALL, CONTENT, END);
		assertThat(ends(chunks)).containsExactly(FinishReason.STOP);
		assertThat(fixture.conversation.apply(GeminiTurnState::mayAsk)).as("another question may be asked").isTrue();
		assertThat(fixture.isInFlight()).as("a change would lose the call").isTrue();
		fixture.runTools();
		assertThat(responses(fixture)).singleElement().satisfies((response) -> {
			assertThat(response.path("id").asString()).isEqualTo("c1");
			assertThat(response.path("scheduling").asString()).isEqualTo("WHEN_IDLE");
			assertThat(response.has("willContinue")).isFalse();
			assertThat(response.at("/response/paid").asBoolean()).isTrue();
		});
		assertThat(fixture.isInFlight()).as("the model is about to speak of it").isTrue();
		assertThat(ends(fixture.read(CONTENT, END))).containsExactly(FinishReason.STOP);
		assertThat(fixture.isInFlight()).isFalse();
	}

	@Test
	void modelThatRefusesTheFieldIsNotSentIt() {
		GeminiSessionFixture fixture = new GeminiSessionFixture(
				new AsyncTool("pay", Scheduling.WHEN_IDLE, (context) -> "1"));
		fixture.with(RealtimeCapabilities.builder().without(Feature.TOOL_SCHEDULING).build());
		fixture.read(CALL, CONTENT, END);
		fixture.runTools();
		assertThat(responses(fixture)).singleElement()
			.satisfies((response) -> assertThat(response.has("scheduling")).isFalse());
	}

	@Test
	void modelThatDoesNotGoOnMeanwhileIsWaitedFor() {
		GeminiSessionFixture fixture = new GeminiSessionFixture(
				new AsyncTool("pay", Scheduling.WHEN_IDLE, (context) -> "1"));
		fixture.with(RealtimeCapabilities.builder().without(Feature.ASYNCHRONOUS_TOOLS).build());
		assertThat(ends(fixture.read(CALL, END))).containsExactly(FinishReason.TOOL_CALLS);
	}

	@Test
	void callThatBlocksHasNoScheduling() {
		GeminiSessionFixture fixture = new GeminiSessionFixture(RealtimeTool.of("pay", "Pays", (arguments) -> "paid"));
		assertThat(ends(fixture.read(CALL, END))).containsExactly(FinishReason.TOOL_CALLS);
		fixture.runTools();
		assertThat(responses(fixture)).singleElement()
			.satisfies((response) -> assertThat(response.has("scheduling")).isFalse());
	}

	@Test
	void interimResultsAreSent() {
		GeminiSessionFixture fixture = new GeminiSessionFixture(
				new AsyncTool("pay", Scheduling.INTERRUPT, (context) -> {
					context.progress("{\"step\":1}");
					context.progress("half");
					return "{\"paid\":true}";
				}));
		fixture.read(CALL, END);
		fixture.runTools();
		List<JsonNode> responses = responses(fixture);
		assertThat(responses).hasSize(3);
		assertThat(responses.get(0).at("/response/step").asInt()).isEqualTo(1);
		assertThat(responses.get(0).path("willContinue").asBoolean()).isTrue();
		assertThat(responses.get(0).path("scheduling").asString()).isEqualTo("INTERRUPT");
		assertThat(responses.get(1).at("/response/output").asString()).isEqualTo("half");
		assertThat(responses.get(2).has("willContinue")).isFalse();
	}

	@Test
	void interimResultsOfCallsThatBlockAreNotSent() {
		GeminiSessionFixture fixture = new GeminiSessionFixture(
				RealtimeTool.of("pay", "Pays", Map.class, (input, context) -> {
					context.progress("{\"step\":1}");
					return "paid";
				}));
		fixture.read(CALL, END);
		fixture.runTools();
		assertThat(responses(fixture)).hasSize(1);
	}

	@Test
	void resultIsKeptWhileTheUserSpeaks() {
		GeminiSessionFixture fixture = withTool(Scheduling.INTERRUPT);
		fixture.read(CALL, CONTENT, END, STARTED);
		fixture.runTools();
		assertThat(responses(fixture)).isEmpty();
		fixture.read(ENDED);
		assertThat(responses(fixture)).singleElement()
			.satisfies((response) -> assertThat(response.path("scheduling").asString()).isEqualTo("INTERRUPT"));
	}

	@Test
	void silentResultDoesNotInterrupt() {
		GeminiSessionFixture fixture = withTool(Scheduling.SILENT);
		fixture.read(CALL, CONTENT, END, STARTED);
		fixture.runTools();
		assertThat(responses(fixture)).singleElement()
			.satisfies((response) -> assertThat(response.path("scheduling").asString()).isEqualTo("SILENT"));
		fixture.read(ENDED, CONTENT, END);
		assertThat(fixture.isInFlight()).isFalse();
	}

	@Test
	void callIsLostWithItsConnection() {
		GeminiSessionFixture fixture = withTool(Scheduling.WHEN_IDLE);
		fixture.read(CALL, CONTENT, END);
		fixture.live.disconnected(false);
		assertThat(fixture.context.emitted).singleElement()
			.satisfies((chunk) -> assertThat(chunk.metadata()).containsEntry("ids", List.of("c1")));
		fixture.runTools();
		assertThat(responses(fixture)).isEmpty();
		assertThat(fixture.isInFlight()).isFalse();
	}

	@Test
	void resultThatCouldNotBeSentIsSentLater() {
		GeminiSessionFixture fixture = withTool(Scheduling.WHEN_IDLE);
		fixture.read(CALL, CONTENT, END);
		fixture.context.broken = true;
		fixture.runTools();
		assertThat(responses(fixture)).isEmpty();
		fixture.context.broken = false;
		fixture.wait(Duration.ofSeconds(1));
		assertThat(responses(fixture)).singleElement()
			.satisfies((response) -> assertThat(response.path("scheduling").asString()).isEqualTo("WHEN_IDLE"));
	}

}
