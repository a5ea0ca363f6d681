package dev.streaming.gemini;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.FinishReason;
import dev.streaming.OutagePolicy;
import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.AcceptedSetup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for faults that users of other clients of Gemini Live have reported, each with a
 * whole session: G1 to G4 and similar ones.
 */
@Timeout(60)
class GeminiFieldFaultTests {

	private static final byte[] FRAME = new byte[640];

	private static final String START = "{'voiceActivity':{'voiceActivityType':'ACTIVITY_START'}}";

	private static final String END = "{'voiceActivity':{'voiceActivityType':'ACTIVITY_END'}}";

	private static final String AUDIO = "{'serverContent':{'modelTurn':{'parts':[{'inlineData':"
			+ "{'mimeType':'audio/pcm;rate=24000','data':'AQI='}}]}}}";

	private static final String INTERRUPTED = "{'serverContent':{'interrupted':true}}";

	private static final String TURN_COMPLETE = "{'serverContent':{'turnComplete':true}}";

	private final GeminiFixture gemini = new GeminiFixture();

	@AfterEach
	void close() {
		this.gemini.close();
	}

	private static String heard(String text) {
		return "{'serverContent':{'inputTranscription':{'text':'" + text + "'}}}";
	}

	private static String spoken(String text) {
		return "{'serverContent':{'outputTranscription':{'text':'" + text + "'}}}";
	}

	private static String call(String id, String name) {
		return "{'toolCall':{'functionCalls':[{'id':'" + id + "','name':'" + name + "','args':{}}]}}";
	}

	private void speak(RealtimeClient client, int frames) {
		for (int i = 0; i < frames; i++) {
			client.sendAudio(FRAME);
		}
	}

	private void assertStays() throws InterruptedException {
		this.gemini.takeUntilMarker();
		assertThat(this.gemini.handler().responseInFlight()).isTrue();
		assertThat(this.gemini.transport().dials()).hasSize(1);
	}

	private void assertChanges() {
		this.gemini.awaitReconnects(1);
	}

	private long audioFrames(int connection) throws InterruptedException {
		return this.gemini.sent(connection)
			.stream()
			.filter((message) -> message.at("/realtimeInput").has("audio"))
			.count();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void goAwayWaitsForTheUserToFinishAndToBeAnswered(boolean signals) throws Exception {
		this.gemini.open();
		RealtimeClient client = this.gemini.client();
		speak(client, 10);
		if (signals) {
			this.gemini.say(START);
		}
		this.gemini.say(heard("What is"));
		speak(client, 5);
		this.gemini.say("{'goAway':{'timeLeft':'30s'}}");
		assertStays();
		speak(client, 25);
		if (signals) {
			this.gemini.say(END);
		}
		assertStays();
		this.gemini.say(AUDIO, spoken("Noon."), TURN_COMPLETE);
		assertChanges();
		assertThat(audioFrames(1)).as("the sentence is whole").isEqualTo(40);
		assertThat(this.gemini.takeUntilMarker()).noneMatch(StreamChunk::interrupted);
	}

	@Test
	void plannedChangeWaitsForABargeIn() throws Exception {
		Session session = this.gemini.open();
		this.gemini.say(AUDIO, START, INTERRUPTED, TURN_COMPLETE);
		CompletableFuture<Void> changed = session.reconnect("age").toCompletableFuture();
		assertStays();
		this.gemini.say(END, AUDIO, TURN_COMPLETE);
		changed.get(10, TimeUnit.SECONDS);
		assertThat(this.gemini.takeUntilMarker()).extracting(StreamChunk::finishReason)
			.doesNotContain(FinishReason.ERROR);
	}

	@Test
	void plannedChangeWaitsForTheUserWhoseTurnTheApplicationMarks() throws Exception {
		this.gemini.options((options) -> options.activityDetection(ActivityDetection.DISABLED));
		Session session = this.gemini.open();
		RealtimeClient client = this.gemini.client();
		speak(client, 10);
		CompletableFuture<Void> changed = session.reconnect("age").toCompletableFuture();
		assertStays();
		speak(client, 10);
		client.commitAudio();
		assertStays();
		this.gemini.say(AUDIO, TURN_COMPLETE);
		changed.get(10, TimeUnit.SECONDS);
		assertThat(audioFrames(1)).isEqualTo(20);
	}

	@Test
	void wordsThatAreCutRegardlessAreReportedAsLost() throws Exception {
		this.gemini.open();
		this.gemini.say(START, heard("What is"), "{'goAway':{'timeLeft':'0.2s'}}");
		assertChanges();
		assertThat(this.gemini.takeUntilMarker()).anySatisfy((chunk) -> {
			assertThat(chunk.interrupted()).isTrue();
			assertThat(chunk.metadata()).containsEntry("reason", "connection_lost");
		});
	}

	@Test
	void goAwayWithFiveMinutesLeftIsNoReasonToHurry() throws Exception {
		this.gemini.open();
		this.gemini.say("{'goAway':{'timeLeft':'300s'}}");
		this.gemini.takeUntilMarker();
		this.gemini.takeUntilMarker();
		assertThat(this.gemini.transport().dials()).hasSize(1);
		assertThat(this.gemini.handler().responseInFlight()).isFalse();
		assertThat(this.gemini.transport().peer().closeStatus()).isNull();
	}

	@Test
	void planOfASpokenAnswerIsReasoningAndItsTranscriptTheAnswer() throws Exception {
		this.gemini.options((options) -> options.sessionResumption(false)).open();
		this.gemini.say(
				"{'serverContent':{'modelTurn':{'parts':[{'text':'**Planning the greeting** I will say hello.'}]}}}",
				AUDIO, spoken("Hello there."), "{'serverContent':{'generationComplete':true}}", TURN_COMPLETE);
		List<StreamChunk> chunks = this.gemini.takeUntilMarker();
		assertThat(chunks.get(0).reasoning()).isEqualTo("**Planning the greeting** I will say hello.");
		assertThat(chunks.get(0).delta() + chunks.get(0).content()).isEmpty();
		assertThat(chunks).last().satisfies((chunk) -> {
			assertThat(chunk.finishReason()).isEqualTo(FinishReason.STOP);
			assertThat(chunk.content()).isEqualTo("Hello there.");
		});
		this.gemini.transport().peer().drop();
		assertThat(this.gemini.awaitSent(2, 2).path("clientContent").path("turns").findValuesAsString("text"))
			.containsExactly("Hello there.");
	}

	@Test
	void schemaThatTheServiceWouldRefuseIsTranslated() throws Exception {
		this.gemini.tool(new RealtimeTool() {

			@Override
			public String name() {
				return "search";
			}

			@Override
			public String description() {
				return "Searches";
			}

			@Override
			public String inputSchema() {
				return "{\"type\":\"object\",\"properties\":{\"q\":{\"type\":\"string\",\"enum\":[\"\",\"a\"],"
						+ "\"properties\":{\"x\":{}}},\"n\":{\"enum\":[1,2]}},\"required\":[\"q\",\"nope\"]}";
			}

			@Override
			public String call(String arguments) {
				return arguments;
			}

		}).open();
		assertThat(this.gemini.awaitSetup(1).at("/tools/0/functionDeclarations/0/parameters"))
			.isEqualTo(GeminiJson.MAPPER.readTree("{\"type\":\"object\",\"required\":[\"q\"],\"properties\":{"
					+ "\"q\":{\"type\":\"string\",\"enum\":[\"a\"]},\"n\":{\"type\":\"integer\"}}}"));
	}

	@Test
	void turnThatCalledNothingDoesNotFinishWithToolCalls() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		this.gemini.tool(RealtimeTool.of("slow", "Slow", (arguments) -> {
			try {
				release.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return "done";
		}));
		this.gemini.open();
		this.gemini.say(call("f1", "slow"), TURN_COMPLETE);
		assertThat(this.gemini.take(2).get(1).finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
		this.gemini.sayTurn("While you wait");
		assertThat(this.gemini.takeUntilMarker()).last()
			.extracting(StreamChunk::finishReason)
			.isEqualTo(FinishReason.STOP);
		release.countDown();
		this.gemini.awaitSent(1, 2);
	}

	@Test
	void callOfAnInterruptedResponseIsNeitherRunNorReported() throws Exception {
		AtomicInteger calls = new AtomicInteger();
		this.gemini.tool(RealtimeTool.of("pay", "Pays", (arguments) -> calls.incrementAndGet())).open();
		this.gemini.say(AUDIO, INTERRUPTED, call("f1", "pay"), TURN_COMPLETE,
				"{'serverContent':{'interrupted':true,'modelTurn':{'parts':[{'functionCall':"
						+ "{'id':'f2','name':'pay','args':{}}}]}}}",
				TURN_COMPLETE);
		assertThat(this.gemini.takeUntilMarker()).allMatch((chunk) -> chunk.toolCalls().isEmpty());
		assertThat(calls).hasValue(0);
		assertThat(this.gemini.sent(1)).hasSize(1);
	}

	@Test
	void callWhoseArgumentsWereCutIsNeverRun() throws Exception {
		List<String> calls = new ArrayList<>();
		this.gemini.tool(RealtimeTool.of("pay", "Pays", (arguments) -> calls.add(arguments.toString()))).open();
		String first = "{'id':'f1','name':'pay','partialArgs':[{'jsonPath':'$.to','stringValue':'Bob'}],"
				+ "'willContinue':true}";
		String rest = "{'id':'f1','name':'pay','partialArgs':[{'jsonPath':'$.amount','numberValue':1}]}";
		this.gemini.say("{'toolCall':{'functionCalls':[" + first + "]}}", INTERRUPTED,
				"{'toolCall':{'functionCalls':[" + rest + "]}}", TURN_COMPLETE,
				"{'toolCall':{'functionCalls':[" + rest + "]}}", TURN_COMPLETE);
		assertThat(this.gemini.takeUntilMarker()).allMatch((chunk) -> chunk.toolCalls().isEmpty());
		assertThat(calls).isEmpty();
	}

	@Test
	void callsWhosePiecesAlternateAreWhole() throws Exception {
		this.gemini.open();
		this.gemini.say("{'toolCall':{'functionCalls':["
				+ "{'id':'f1','name':'a','partialArgs':[{'jsonPath':'$.x','stringValue':'on'}],'willContinue':true},"
				+ "{'id':'f2','name':'b','partialArgs':[{'jsonPath':'$.y','numberValue':1}],'willContinue':true}]}}",
				"{'toolCall':{'functionCalls':["
						+ "{'id':'f1','name':'a','partialArgs':[{'jsonPath':'$.x','stringValue':'e'}]},"
						+ "{'id':'f2','name':'b','partialArgs':[{'jsonPath':'$.z','numberValue':2}]}]}}");
		assertThat(this.gemini.take().toolCalls()).containsExactly(new ToolCall("f1", "a", "{\"x\":\"one\"}"),
				new ToolCall("f2", "b", "{\"y\":1,\"z\":2}"));
	}

	@Test
	void callThatTheSameMessageCancelsIsNotRun() throws Exception {
		AtomicInteger calls = new AtomicInteger();
		this.gemini.tool(RealtimeTool.of("pay", "Pays", (arguments) -> calls.incrementAndGet())).open();
		this.gemini.say(
				"{'toolCall':{'functionCalls':[{'id':'f1','name':'pay','args':{}}]},"
						+ "'toolCallCancellation':{'ids':['f1']}}",
				"{'toolCallCancellation':{'ids':['f2']}}", call("f2", "pay"));
		assertThat(this.gemini.takeUntilMarker()).hasSize(2).allMatch((chunk) -> chunk.toolCalls().isEmpty());
		assertThat(calls).hasValue(0);
		assertThat(this.gemini.sent(1)).hasSize(1);
	}

	@Test
	void callThatIsRepeatedBehindItsResultIsRunOnce() throws Exception {
		AtomicInteger calls = new AtomicInteger();
		this.gemini.tool(RealtimeTool.of("pay", "Pays", (arguments) -> calls.incrementAndGet())).open();
		this.gemini.say(
				"{'serverContent':{'modelTurn':{'parts':[{'functionCall':" + "{'id':'f1','name':'pay','args':{}}}]}}}");
		this.gemini.awaitSent(1, 2);
		this.gemini.say(call("f1", "pay"));
		assertThat(this.gemini.takeUntilMarker()).hasSize(1);
		assertThat(calls).hasValue(1);
		this.gemini.say(TURN_COMPLETE, call("f1", "pay"));
		this.gemini.awaitSent(1, 3);
		assertThat(calls).as("another response uses the id again").hasValue(2);
	}

	@Test
	void answerToACancelledQuestionIsNotDelivered() throws Exception {
		this.gemini.open();
		RealtimeClient client = this.gemini.client();
		client.sendText("Tell me a story");
		client.respond();
		client.cancel();
		this.gemini.say(AUDIO, spoken("Once upon"), TURN_COMPLETE);
		assertThat(this.gemini.takeUntilMarker()).singleElement()
			.extracting(StreamChunk::finishReason)
			.isEqualTo(FinishReason.CANCELLED);
		client.sendText("Tell me another");
		client.respond();
		this.gemini.sayTurn("There was");
		assertThat(this.gemini.takeUntilMarker()).last().extracting(StreamChunk::content).isEqualTo("There was");
	}

	@Test
	void cancellationIsVoidBehindTheNextQuestion() throws Exception {
		this.gemini.open();
		RealtimeClient client = this.gemini.client();
		client.sendText("Tell me a story");
		client.respond();
		client.cancel();
		client.sendText("No, a poem");
		client.respond();
		this.gemini.say(AUDIO, spoken("Roses"), TURN_COMPLETE);
		assertThat(this.gemini.takeUntilMarker()).extracting(StreamChunk::delta).containsExactly("", "Roses", "");
	}

	@Test
	void cancellationMeansTheAnswerTooIfTheRestOfTheResponseBeforeWasTakenForIt() throws Exception {
		this.gemini.open();
		RealtimeClient client = this.gemini.client();
		this.gemini.say(spoken("As I said"));
		this.gemini.takeUntilMarker();
		client.cancel();
		client.sendText("Tell me a story");
		client.respond();
		this.gemini.say(call("late", "other"));
		this.gemini.takeUntilMarker();
		client.cancel();
		this.gemini.say(INTERRUPTED, TURN_COMPLETE, AUDIO, spoken("Once upon"), TURN_COMPLETE);
		List<StreamChunk> chunks = this.gemini.takeUntilMarker();
		assertThat(chunks).noneMatch((chunk) -> chunk.media() != null || !chunk.delta().isEmpty());
		assertThat(chunks).extracting(StreamChunk::finishReason)
			.filteredOn(Objects::nonNull)
			.containsExactly(FinishReason.CANCELLED, FinishReason.CANCELLED);
		client.sendText("Tell me another");
		client.respond();
		this.gemini.sayTurn("There was");
		assertThat(this.gemini.takeUntilMarker()).last().extracting(StreamChunk::content).isEqualTo("There was");
	}

	@Test
	void answerThatIsAssumedToHaveBegunIsNotDroppedBehindTheNextTurn() throws Exception {
		this.gemini.open();
		RealtimeClient client = this.gemini.client();
		this.gemini.say(spoken("As I said"));
		this.gemini.takeUntilMarker();
		client.cancel();
		client.sendText("Tell me a story");
		client.respond();
		this.gemini.say(AUDIO);
		this.gemini.takeUntilMarker();
		client.cancel();
		this.gemini.say(TURN_COMPLETE, START, END, AUDIO, TURN_COMPLETE);
		assertThat(this.gemini.takeUntilMarker()).as("the answer to what the user said")
			.filteredOn((chunk) -> chunk.media() != null)
			.hasSize(1);
		assertThat(this.gemini.handler().responseInFlight()).isFalse();
	}

	@Test
	void questionThatWaitsForAConnectionIsTakenBack() throws Exception {
		this.gemini.options((options) -> options.sessionResumption(false))
			.session((session) -> session.sendWhileReconnecting(OutagePolicy.BUFFER));
		this.gemini.open();
		this.gemini.nextSetup((peer) -> {
			RealtimeClient client = this.gemini.client();
			client.sendText("Are you there?");
			client.respond();
			client.cancel();
			AcceptedSetup.setUp(peer);
		});
		this.gemini.transport().peer().drop();
		this.gemini.awaitReconnects(1);
		this.gemini.takeUntilMarker();
		assertThat(this.gemini.sent(2)).as("setup and text").hasSize(2);
		this.gemini.client().respond();
		assertThat(this.gemini.awaitSent(2, 3).at("/clientContent/turnComplete").asBoolean()).isTrue();
	}

	@Test
	void toolOfACancelledAnswerStartsNoNewAnswer() throws Exception {
		CountDownLatch running = new CountDownLatch(1);
		this.gemini.tool(RealtimeTool.of("slow", "Slow", (arguments) -> {
			running.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				return "interrupted";
			}
			return "done";
		}));
		this.gemini.open();
		this.gemini.say(call("f1", "slow"), TURN_COMPLETE);
		this.gemini.take(2);
		assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
		this.gemini.client().cancel();
		JsonNode result = this.gemini.awaitSent(1, 2);
		assertThat(result.at("/toolResponse/functionResponses/0/response/error").asString()).contains("cancelled");
		this.gemini.say(AUDIO, spoken("So the result is"), TURN_COMPLETE);
		assertThat(this.gemini.takeUntilMarker()).singleElement()
			.extracting(StreamChunk::finishReason)
			.isEqualTo(FinishReason.CANCELLED);
		assertThat(this.gemini.sent(1)).hasSize(2);
	}

	@Test
	void audioBehindTheInterruptionIsDropped() throws Exception {
		this.gemini.open();
		this.gemini.say(AUDIO, INTERRUPTED, AUDIO, spoken("late"), TURN_COMPLETE, AUDIO, TURN_COMPLETE);
		List<StreamChunk> chunks = this.gemini.takeUntilMarker();
		assertThat(chunks).extracting((chunk) -> chunk.media() != null)
			.containsExactly(true, false, false, false, true, false);
	}

	@Test
	void setupInTheProvidersWordsIsKeptOnceItIsConfirmed() throws Exception {
		Session session = this.gemini.options((options) -> options.instructions("Be brief.")).open();
		this.gemini.transport().peer().onMessage((message) -> this.gemini.say("{'setupComplete':{}}"));
		session.send(Map.of("setup", Map.of("systemInstruction", Map.of("parts", List.of(Map.of("text", "CHANGED"))))));
		this.gemini.takeUntilMarker();
		this.gemini.transport().peer().drop();
		assertThat(this.gemini.transport().awaitPeer(2)).isNotNull();
		JsonNode setup = this.gemini.awaitSetup(2);
		assertThat(setup.at("/systemInstruction/parts/0/text").asString()).isEqualTo("CHANGED");
		assertThat(setup.path("model").asString()).isNotEmpty();
	}

	@Test
	void setupThatIsRefusedIsForgotten() throws Exception {
		Session session = this.gemini.options((options) -> options.instructions("Be brief.")).open();
		this.gemini.transport().peer().onMessage((message) -> {
		});
		session.send(Map.of("setup", Map.of("systemInstruction", Map.of("parts", List.of(Map.of("text", "CHANGED"))))));
		this.gemini.takeUntilMarker();
		this.gemini.transport().peer().drop();
		assertThat(this.gemini.awaitSetup(2).at("/systemInstruction/parts/0/text").asString()).isEqualTo("Be brief.");
	}

	@Test
	void modelThatKeepsCallingReceivesAnErrorOnce() throws Exception {
		this.gemini.session((session) -> session.toolRounds(2))
			.tool(RealtimeTool.of("again", "Again", (arguments) -> "once more"))
			.open();
		for (int round = 1; round <= 2; round++) {
			this.gemini.say(call("f" + round, "again"));
			assertThat(this.gemini.awaitSent(1, 1 + round)
				.at("/toolResponse/functionResponses/0/response/output")
				.asString()).isEqualTo("once more");
		}
		this.gemini.say(call("f3", "again"));
		assertThat(this.gemini.awaitSent(1, 4).at("/toolResponse/functionResponses/0/response/error").asString())
			.contains("too many rounds");
		this.gemini.say(call("f4", "again"), AUDIO, TURN_COMPLETE);
		List<StreamChunk> chunks = this.gemini.takeUntilMarker();
		assertThat(chunks).last().satisfies((chunk) -> {
			assertThat(chunk.finishReason()).isEqualTo(FinishReason.ERROR);
			assertThat(chunk.error()).hasMessageContaining("tool-rounds");
		});
		assertThat(this.gemini.sent(1)).hasSize(4);
		assertThat(this.gemini.handler().responseInFlight()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{'error':'Quota is used up','code':429}",
			"{'error':{'message':'Quota is used up','code':429}}",
			"{'error':{'code':'429'},'message':'Quota is used up'}",
			"{'error':{'error':'Quota is used up'},'code':429}" })
	void errorInAnyShapeIsReported(String error) throws Exception {
		this.gemini.open();
		this.gemini.say(error);
		assertThat(this.gemini.takeUntilMarker()).singleElement()
			.satisfies((chunk) -> assertThat(chunk.error()).isInstanceOfSatisfying(GeminiErrorException.class,
					(reported) -> {
						assertThat(reported).hasMessageContaining("Quota is used up");
						assertThat(reported.code()).isEqualTo(429);
					}));
	}

	@Test
	void errorOfASetupInAnyShapeIsAFailure() throws Exception {
		this.gemini.nextSetup((peer) -> peer.text("{\"error\":\"No such model\"}"));
		CompletableFuture<Session> opening = CompletableFuture.supplyAsync(() -> {
			try {
				return this.gemini.open();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
		assertThat(opening).succeedsWithin(Duration.ofSeconds(10))
			.as("the second attempt")
			.satisfies((session) -> assertThat(this.gemini.transport().dials()).hasSize(2));
	}

}
