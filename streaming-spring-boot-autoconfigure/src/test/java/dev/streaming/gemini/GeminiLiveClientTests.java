package dev.streaming.gemini;

import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.streaming.FinishReason;
import dev.streaming.NotConnectedException;
import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;
import dev.streaming.realtime.ConnectionMessages;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.CapturedLog;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for messages of the client, and calls of tools.
 */
class GeminiLiveClientTests {

	private final GeminiFixture gemini = new GeminiFixture();

	@AfterEach
	void close() {
		this.gemini.close();
	}

	@Test
	void textIsATurnThatIsCompleteWhenAnAnswerIsWanted() throws Exception {
		RealtimeClient client = open();
		client.respond();
		client.sendText("One");
		client.sendText("Two");
		client.respond();
		client.respond();
		assertThat(sent()).containsExactly(
				json("{'clientContent':{'turns':[{'role':'user','parts':[{'text':'One'}]}],'turnComplete':false}}"),
				json("{'clientContent':{'turns':[{'role':'user','parts':[{'text':'Two'}]}],'turnComplete':false}}"),
				json("{'clientContent':{'turnComplete':true}}"));
	}

	@Test
	void textIsRealtimeInputWhereTurnsAreRefused() throws Exception {
		this.gemini.options((options) -> options.model("gemini-3.1-flash-live-preview"));
		RealtimeClient client = open();
		client.sendText("One");
		client.sendText("Two");
		assertThat(sent()).as("it would be answered at once").isEmpty();
		client.respond();
		client.respond();
		assertThat(sent()).containsExactly(json("{'realtimeInput':{'text':'One\\nTwo'}}"));
	}

	@Test
	void audioIsRealtimeInput() throws Exception {
		byte[] audio = { 1, 2, 3, 4 };
		RealtimeClient client = open();
		client.sendAudio(audio);
		client.commitAudio();
		assertThat(sent())
			.containsExactly(
					json("{'realtimeInput':{'audio':{'data':'" + Base64.getEncoder().encodeToString(audio)
							+ "','mimeType':'audio/pcm;rate=16000'}}}"),
					json("{'realtimeInput':{'audioStreamEnd':true}}"));
	}

	@Test
	void applicationMarksTurnsIfTheServiceDoesNotDetectThem() throws Exception {
		this.gemini.options((options) -> options.activityDetection(ActivityDetection.DISABLED).inputSampleRate(24_000));
		RealtimeClient client = open();
		client.commitAudio();
		client.sendAudio(new byte[2]);
		client.sendAudio(new byte[2]);
		client.commitAudio();
		assertThat(this.gemini.handler().responseInFlight()).isTrue();
		client.sendAudio(new byte[2]);
		assertThat(sent()).extracting((message) -> message.path("realtimeInput").propertyNames().iterator().next())
			.containsExactly("activityStart", "audio", "audio", "activityEnd", "activityStart", "audio");
		assertThat(sent().get(1).at("/realtimeInput/audio/mimeType").stringValue()).isEqualTo("audio/pcm;rate=24000");
	}

	@Test
	void resultIsAnObjectWithIdAndName() throws Exception {
		RealtimeClient client = open();
		this.gemini.say("{'toolCall':{'functionCalls':[{'id':'f1','name':'look','args':{'city':'Oslo'}},"
				+ "{'id':'f2','name':'look'},{'name':'nameless'}]}}");
		List<ToolCall> calls = this.gemini.take().toolCalls();
		assertThat(calls).hasSize(3);
		assertThat(calls.get(0)).isEqualTo(new ToolCall("f1", "look", "{\"city\":\"Oslo\"}"));
		assertThat(calls.get(1)).isEqualTo(new ToolCall("f2", "look", "{}"));
		client.toolResult(calls.get(0), "{\"seen\":1}");
		client.toolResult(calls.get(1), "[1,2]");
		client.toolResult(calls.get(2), "plain");
		try (CapturedLog log = CapturedLog.of(ConnectionMessages.class)) {
			client.toolResult(calls.get(0), "{\"again\":true}");
			client.toolResult("unknown", "look", "{}");
			assertThat(log.messages()).hasSize(2)
				.allSatisfy((line) -> assertThat(line).startsWith("Dropped the result"));
		}
		assertThat(sent()).containsExactly(
				json("{'toolResponse':{'functionResponses':[{'id':'f1','name':'look','response':{'seen':1}}]}}"),
				json("{'toolResponse':{'functionResponses':[{'id':'f2','name':'look','response':{'output':[1,2]}}]}}"),
				json("{'toolResponse':{'functionResponses':[{'name':'nameless','response':{'output':'plain'}}]}}"));
	}

	@Test
	void callIsDeliveredOnceHoweverItComes() throws Exception {
		open();
		String call = "{'id':'f1','name':'look','args':{}}";
		this.gemini.say("{'serverContent':{'modelTurn':{'parts':[{'functionCall':" + call + "}]}}}",
				"{'toolCall':{'functionCalls':[" + call + "]}}");
		assertThat(this.gemini.takeUntilMarker()).singleElement()
			.satisfies((chunk) -> assertThat(chunk.toolCalls()).hasSize(1));
	}

	@Test
	void ownToolsAndThoseOfTheConsumerAreDistinguished() throws Exception {
		this.gemini.tool(RealtimeTool.of("own", "Own", Place.class, Place::city));
		open();
		this.gemini.say("{'toolCall':{'functionCalls':[{'id':'f1','name':'own','args':{}},"
				+ "{'id':'f2','name':'other','args':{}}]}}");
		List<StreamChunk> chunks = this.gemini.take(2);
		assertThat(chunks.get(0).toolCalls()).extracting(ToolCall::id).containsExactly("f1");
		assertThat(chunks.get(0).metadata()).containsKey("handled");
		assertThat(chunks.get(1).toolCalls()).extracting(ToolCall::id).containsExactly("f2");
		assertThat(chunks.get(1).metadata()).doesNotContainKey("handled");
	}

	@Test
	void cancelledCallIsInterruptedAndItsResultDropped() throws Exception {
		CountDownLatch running = new CountDownLatch(1);
		AtomicBoolean interrupted = new AtomicBoolean();
		this.gemini.tool(RealtimeTool.of("wait", "Waits", Place.class, (place) -> {
			running.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				interrupted.set(true);
			}
			return "late";
		}));
		open();
		this.gemini.say("{'toolCall':{'functionCalls':[{'id':'f1','name':'wait','args':{'city':'Oslo'}},"
				+ "{'id':'f2','name':'look','args':{}}]}}");
		this.gemini.take(2);
		assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
		this.gemini.say("{'toolCallCancellation':{'ids':['f1','f2']}}");
		StreamChunk chunk = this.gemini.take();
		assertThat(chunk.metadata()).containsEntry("event", "tool_calls_cancelled")
			.containsEntry("ids", List.of("f1", "f2"));
		await().atMost(Duration.ofSeconds(10)).untilTrue(interrupted);
		this.gemini.client().toolResult("f2", "look", "{}");
		this.gemini.say("{'serverContent':{'turnComplete':true}}");
		assertThat(this.gemini.take().finishReason()).as("nothing is awaited").isEqualTo(FinishReason.STOP);
		assertThat(sent()).isEmpty();
	}

	@Test
	void cancelDropsTheRestOfTheTurn() throws Exception {
		RealtimeClient client = open();
		client.cancel();
		this.gemini
			.say("{'serverContent':{'modelTurn':{'parts':[{'inlineData':{'mimeType':'audio/pcm','data':'AQI='}}]},"
					+ "'outputTranscription':{'text':'One '}}}");
		assertThat(this.gemini.take(2).get(1).delta()).isEqualTo("One ");
		client.cancel();
		this.gemini.say(
				"{'serverContent':{'modelTurn':{'parts':[{'text':'two'},{'inlineData':{'mimeType':'audio/pcm','data':'AQI='}}]},"
						+ "'outputTranscription':{'text':'two'}}}",
				"{'toolCall':{'functionCalls':[{'id':'f1','name':'look','args':{}}]}}",
				"{'serverContent':{'turnComplete':true}}");
		assertThat(this.gemini.take().finishReason()).isEqualTo(FinishReason.CANCELLED);
		assertThat(sent()).as("the model must not wait")
			.singleElement()
			.satisfies((message) -> assertThat(message.at("/toolResponse/functionResponses/0/id").stringValue())
				.isEqualTo("f1"));
		this.gemini.sayTurn("Next");
		assertThat(this.gemini.takeUntilMarker()).extracting(StreamChunk::content).containsExactly("Next", "", "Next");
	}

	@Test
	void cancelAnswersOpenCalls() throws Exception {
		RealtimeClient client = open();
		this.gemini.say("{'toolCall':{'functionCalls':[{'id':'f1','name':'look','args':{}}]}}");
		this.gemini.take();
		client.cancel();
		client.toolResult("f1", "look", "{}");
		assertThat(sent()).singleElement()
			.satisfies((message) -> assertThat(message.at("/toolResponse/functionResponses/0/response").has("error"))
				.isTrue());
	}

	@Test
	void bargeInDropsTheAudioThatWaits() throws Exception {
		this.gemini.session((session) -> session.responseChannelSize(2));
		RealtimeClient client = open();
		String audio = "{'serverContent':{'modelTurn':{'parts':[{'inlineData':{'mimeType':'audio/pcm;rate=24000',"
				+ "'data':'AQI='}}]}}}";
		this.gemini.say(audio, audio, audio, audio, "{'serverContent':{'outputTranscription':{'text':'Once'}}}",
				"{'serverContent':{'interrupted':true}}", "{'serverContent':{'turnComplete':true}}", "{'news':{}}");
		await().atMost(Duration.ofSeconds(10)).until(() -> this.gemini.handler().unknownEvents() == 1);
		assertThat(client.truncate(Duration.ofMillis(100))).isEqualTo(4);
		assertThat(this.gemini.takeUntilMarker()).extracting(StreamChunk::interrupted)
			.containsExactly(false, true, false);
		assertThat(sent()).isEmpty();
	}

	@Test
	void answerThatComesBeforeTheCallReturnsIsSeen() throws Exception {
		RealtimeClient client = open();
		this.gemini.transport().peer().onMessage((message) -> {
			if (message.text().contains("\"turnComplete\":true")) {
				this.gemini.sayTurn("At once");
				this.gemini.say("{'serverContent':{'interactionStatus':'SEEN'}}");
				await().atMost(Duration.ofSeconds(10)).until(this::isSeen);
			}
		});
		client.sendText("Hi");
		client.respond();
		assertThat(this.gemini.handler().responseInFlight()).isFalse();
	}

	private boolean isSeen() throws InterruptedException {
		return "SEEN".equals(this.gemini.take().metadata().get("interactionStatus"));
	}

	@Test
	void unsentInputIsNotPartOfTheConversation() throws Exception {
		this.gemini.options((options) -> options.activityDetection(ActivityDetection.DISABLED));
		Session session = this.gemini.open();
		RealtimeClient client = RealtimeClient.of(session);
		this.gemini.transport().onDial((dial) -> {
		});
		this.gemini.transport().peer().drop();
		await().atMost(Duration.ofSeconds(10)).until(() -> session.state() == Session.State.RECONNECTING);
		for (ThrowingCallable call : List.<ThrowingCallable>of(() -> client.sendText("Lost"),
				() -> client.sendAudio(new byte[2]))) {
			assertThatExceptionOfType(NotConnectedException.class).isThrownBy(call);
		}
		client.respond();
		client.commitAudio();
		assertThat(this.gemini.sent(1)).hasSize(1);
	}

	@Test
	void nothingGoesOutForBadArguments() throws Exception {
		RealtimeClient client = open();
		assertThatIllegalArgumentException().isThrownBy(() -> client.sendText(null));
		assertThatIllegalArgumentException().isThrownBy(() -> client.sendAudio((byte[]) null));
		assertThatIllegalArgumentException().isThrownBy(() -> client.toolResult("f1", "look", null));
		assertThatIllegalArgumentException().isThrownBy(() -> client.truncate(null));
		assertThat(sent()).isEmpty();
	}

	@Test
	void unknownFieldsAreCountedForTheSession() throws Exception {
		open();
		this.gemini.say("{'telepathy':1}", "{'serverContent':{'mood':1}}");
		this.gemini.takeUntilMarker();
		assertThat(this.gemini.handler().unknownEvents()).as("of messages themselves").isEqualTo(1);
	}

	private RealtimeClient open() throws InterruptedException {
		return RealtimeClient.of(this.gemini.open());
	}

	/**
	 * Return the messages sent behind the setup.
	 */
	private List<JsonNode> sent() throws InterruptedException {
		List<JsonNode> all = this.gemini.sent(1);
		return all.subList(1, all.size());
	}

	private static JsonNode json(String text) {
		return GeminiJson.MAPPER.readTree(text.replace('\'', '"'));
	}

	record Place(String city) {

	}

}
