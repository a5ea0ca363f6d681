package dev.streaming.openai;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.openai.core.ObjectMappers;
import com.openai.models.live.ClientEvent;
import dev.streaming.FinishReason;
import dev.streaming.MediaData;
import dev.streaming.Session;
import dev.streaming.SessionSetupException;
import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;
import dev.streaming.realtime.ConnectionMessages;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeCapabilities.Feature;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.Role;
import dev.streaming.realtime.ToolException;
import dev.streaming.realtime.ToolResult;
import dev.streaming.testsupport.CapturedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Tests of {@link OpenAiLiveHandler}.
 */
@Timeout(30)
class OpenAiLiveTests {

	private final OpenAiLiveFixture live = new OpenAiLiveFixture();

	@AfterEach
	void close() {
		this.live.close();
	}

	private static String transcript(String side, String text, int start, int end) {
		return "{'type':'session." + side + "_transcript.delta','event_id':'e','delta':'" + text + "','start_ms':"
				+ start + ",'end_ms':" + end + "}";
	}

	private static String envelope(String event) {
		return "{'type':'response.event','event_id':'e','delegation_id':'d1','event':" + event + "}";
	}

	private static String call(String id, String status) {
		return envelope("{'type':'response.output_item.done','item':{'type':'function_call','status':'" + status
				+ "','call_id':'" + id + "','name':'look','arguments':'{}'}}");
	}

	private static final String RESPONSE_CREATED = envelope("{'type':'response.created','response':{'id':'r'}}");

	private static final String RESPONSE_COMPLETED = envelope("{'type':'response.completed','response':{'id':'r'}}");

	private void pass(Duration time) throws InterruptedException {
		this.live.heard();
		this.live.pass(time);
	}

	// A task of the clock may be behind the marker
	private void awaitSilence() {
		await().pollInterval(Duration.ofMillis(1)).until(() -> {
			this.live.pass(Duration.ofMillis(1));
			return !this.live.handler().responseInFlight();
		});
	}

	private void withTool() throws InterruptedException {
		this.live.options((options) -> options.delegation(LiveDelegation.responses("gpt-work")))
			.toolsByHand()
			.tool(RealtimeTool.of("look", "Looks", (arguments) -> Map.of("seen", true)));
		this.live.open();
	}

	private List<StreamChunk> toolReturns() throws InterruptedException {
		List<StreamChunk> chunks = new ArrayList<>(this.live.heard());
		this.live.runTools();
		chunks.addAll(this.live.heard());
		return chunks;
	}

	@Test
	void startHasTheSettings() throws InterruptedException {
		this.live
			.options((options) -> options.instructions("Be brief")
				.voice("marin")
				.audioFormat(OpenAiAudioFormat.PCMU)
				.delegation(new LiveDelegation(LiveDelegation.Type.RESPONSES, "gpt-work", "Work", 200,
						Duration.ofMillis(700)))
				.session(Map.of("store", false, "delegation",
						Map.of("responses", Map.of("tools", List.of(Map.of("type", "web_search")))))))
			.tool(RealtimeTool.of("look", "Looks", (arguments) -> "seen"));
		this.live.open((spec) -> spec.attribute(RealtimeAttributes.VOICE, "cedar"));
		assertThat(this.live.transport().dials().get(0).request().uri())
			.hasToString("wss://api.openai.com/v1/live/sessions");
		JsonNode session = this.live.start();
		assertThat(session.path("model").asString()).isEqualTo("gpt-live-1");
		assertThat(session.path("instructions").asString()).isEqualTo("Be brief");
		assertThat(session.at("/audio/format").toString()).isEqualTo("{\"type\":\"audio/pcmu\",\"rate\":8000}");
		assertThat(session.at("/audio/output/voice").asString()).isEqualTo("cedar");
		assertThat(session.at("/delegation/acknowledgement_delay_ms").asInt()).isEqualTo(700);
		JsonNode responses = session.at("/delegation/responses");
		assertThat(responses.path("model").asString()).isEqualTo("gpt-work");
		assertThat(responses.path("max_output_tokens").asInt()).isEqualTo(200);
		assertThat(responses.path("tools")).extracting((tool) -> tool.path("type").asString())
			.containsExactly("function", "web_search");
		assertThat(session.path("store").asBoolean(true)).isFalse();
		assertThat(session.has("input")).isFalse();
	}

	@Test
	void delegationFailsWithoutAHandlerOrAModel() throws InterruptedException {
		this.live.tool(RealtimeTool.of("look", "Looks", (arguments) -> "seen")).open();
		assertThat(this.live.start().has("delegation")).isFalse();
	}

	@Test
	void audioGoesBothWays() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.live.open());
		client.sendAudio(new byte[] { 1, 2, 3, 4 });
		assertThat(client.inputFormat().sampleRate()).isEqualTo(24_000);
		this.live.heard();
		assertThat(this.live.told("session.input_audio.append")).singleElement()
			.extracting((event) -> event.path("audio").asString())
			.isEqualTo(Base64.getEncoder().encodeToString(new byte[] { 1, 2, 3, 4 }));
		this.live.say("{'type':'session.output_audio.delta','delta':'AQID'}",
				"{'type':'session.output_audio.delta','delta':'!'}");
		List<StreamChunk> chunks = this.live.heard();
		assertThat(chunks.get(0).media()).isNotNull().satisfies((media) -> {
			assertThat(media.data()).containsExactly(1, 2, 3);
			assertThat(media.sampleRate()).isEqualTo(24_000);
		});
		assertThat(chunks.get(0).responseId()).isEqualTo("response-1");
		assertThat(chunks.get(1).error()).hasMessageContaining("base64");
	}

	@Test
	void transcriptsAreGroupedIntoTurnsBySpeakerAndGap() throws InterruptedException {
		this.live.open();
		this.live.say(transcript("input", "What is ", 0, 400), transcript("input", "it?", 400, 700),
				transcript("output", "It is ", 900, 1200), transcript("output", "late.", 1200, 1500),
				transcript("output", "Go home.", 2600, 3000), transcript("input", "Yes", 2900, 3100));
		List<StreamChunk> chunks = this.live.heard();
		assertThat(chunks).filteredOn((chunk) -> Boolean.TRUE.equals(chunk.metadata().get("final")))
			.extracting(StreamChunk::content)
			.containsExactly("What is it?");
		assertThat(chunks).filteredOn((chunk) -> chunk.finishReason() == FinishReason.STOP)
			.extracting(StreamChunk::content)
			.containsExactly("It is late.");
		assertThat(chunks).filteredOn((chunk) -> chunk.kind() == StreamChunk.Kind.TRANSCRIPT)
			.extracting(StreamChunk::responseId)
			.containsExactly("response-1", "response-1", "response-2");
		assertThat(this.live.handler().responseInFlight()).isTrue();
		pass(LiveTurns.GAP);
		awaitSilence();
		assertThat(this.live.heard()).extracting(StreamChunk::content).containsExactly("Yes", "Go home.");
	}

	@Test
	void silenceIsCountedFromTheLastSign() throws InterruptedException {
		this.live.open();
		this.live.say(transcript("output", "One", 0, 100));
		pass(Duration.ofMillis(900));
		this.live.say("{'type':'session.output_audio.delta','delta':'AQID'}");
		pass(Duration.ofMillis(900));
		assertThat(this.live.handler().responseInFlight()).isTrue();
		pass(Duration.ofMillis(100));
		awaitSilence();
	}

	@Test
	void toolsOfTheWorkingModelAreCalledOnceAndAnsweredTogether() throws InterruptedException {
		withTool();
		this.live.say(RESPONSE_CREATED, call("c1", "completed"), call("c1", "completed"), call("c2", "completed"),
				call("c3", "incomplete"));
		List<StreamChunk> chunks = toolReturns();
		assertThat(chunks.stream().flatMap((chunk) -> chunk.toolCalls().stream()).map((call) -> call.id()))
			.containsExactly("c1", "c2");
		assertThat(chunks.get(0).metadata()).containsEntry("handled", true).containsEntry("delegation_id", "d1");
		assertThat(this.live.told("response.item.create"))
			.extracting((event) -> event.at("/item/call_id").asString() + event.at("/item/output").asString())
			.containsExactly("c1{\"seen\":true}", "c2{\"seen\":true}");
		assertThat(this.live.told("response.create")).as("the response is not over").isEmpty();
		this.live.say(RESPONSE_COMPLETED);
		this.live.heard();
		assertThat(this.live.told("response.create")).hasSize(1);
		assertThat(this.live.handler().responseInFlight()).isFalse();
	}

	@Test
	void callsOfAFailedResponseAreNotAnswered() throws InterruptedException {
		withTool();
		this.live.say(RESPONSE_CREATED, call("c1", "completed"),
				envelope("{'type':'response.failed','response':{'id':'r','status':'failed',"
						+ "'error':{'code':'server_error','message':'Broken'}}}"));
		List<StreamChunk> chunks = toolReturns();
		assertThat(chunks).filteredOn((chunk) -> chunk.error() != null)
			.singleElement()
			.satisfies((chunk) -> assertThat(chunk.error()).hasMessage("GPT-Live reported server_error: Broken"));
		assertThat(this.live.told("response.item.create")).isEmpty();
	}

	@Test
	void resultHasImages() throws Exception {
		MediaData png = new MediaData(new byte[] { 1, 2, 3 }, "image/png", 0, 0);
		this.live.options((options) -> options.delegation(LiveDelegation.responses("gpt-work")))
			.toolsByHand()
			.tool(RealtimeTool.of("look", "Looks", Map.class, (given, context) -> {
				context.addImage(png);
				return Map.of("seen", true);
			}));
		RealtimeClient client = RealtimeClient.of(this.live.open());
		this.live.say(RESPONSE_CREATED, call("c1", "completed"), call("c2", "completed").replace("look", "watch"));
		this.live.heard();
		this.live.runTools();
		client.toolResult(new ToolCall("c2", "watch", "{}"), new ToolResult("{\"seen\":true}", List.of(png)));
		List<JsonNode> sent = this.live.told("response.item.create");
		assertThat(sent).hasSize(2).allSatisfy((event) -> {
			assertThat(event.at("/item/output")).isEqualTo(OpenAiFixture.MAPPER
				.readTree("[{\"type\":\"input_text\",\"text\":\"{\\\"seen\\\":true}\"},{\"type\":\"input_image\","
						+ "\"image_url\":\"data:image/png;base64,AQID\"}]"));
			assertThat(ObjectMappers.jsonMapper().readValue(event.toString(), ClientEvent.class).isValid()).isTrue();
		});
	}

	@Test
	void imagesInAResultAreRefusedWhereTheModelTakesNone() throws Exception {
		this.live.options((options) -> options.delegation(LiveDelegation.responses("gpt-work"))
			.capability(Feature.RESULT_IMAGES, false));
		RealtimeClient client = RealtimeClient.of(this.live.open());
		ToolResult result = new ToolResult("{}", List.of(new MediaData(new byte[1], "image/png", 0, 0)));
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> client.toolResult(new ToolCall("c1", "look", "{}"), result))
			.withMessageContaining("capabilities.result-images");
	}

	@Test
	void roundsOfCallsAreLimited() throws InterruptedException {
		this.live.session((config) -> config.toolRounds(1));
		withTool();
		for (int i = 1; i <= 3; i++) {
			this.live.say(RESPONSE_CREATED, call("c" + i, "completed"), RESPONSE_COMPLETED);
			toolReturns();
		}
		assertThat(this.live.told("response.item.create")).hasSize(3);
		assertThat(this.live.told("response.item.create").get(1).at("/item/output").asString())
			.contains("too many rounds");
		assertThat(this.live.told("response.create")).hasSize(2);
	}

	@Test
	void applicationAnswersCallsThatItHasNoToolFor() throws InterruptedException {
		this.live.options((options) -> options.delegation(LiveDelegation.responses("gpt-work")));
		RealtimeClient client = RealtimeClient.of(this.live.open());
		this.live.say(RESPONSE_CREATED, call("c1", "completed"), RESPONSE_COMPLETED);
		List<StreamChunk> chunks = this.live.heard();
		assertThat(chunks).singleElement()
			.satisfies((chunk) -> assertThat(chunk.metadata()).doesNotContainKey("handled"));
		client.toolResult(chunks.get(0).toolCalls().get(0), "1");
		try (CapturedLog log = CapturedLog.of(ConnectionMessages.class)) {
			client.toolResult(chunks.get(0).toolCalls().get(0), "2");
			assertThat(log.messages()).singleElement().asString().startsWith("Dropped the result");
		}
		this.live.heard();
		assertThat(this.live.told("response.item.create")).hasSize(1);
		assertThat(this.live.told("response.create")).hasSize(1);
	}

	@Test
	void workIsDoneByTheHandlerWithTheConversation() throws InterruptedException {
		List<String> known = new ArrayList<>();
		this.live.toolsByHand().delegation((delegation) -> {
			delegation.conversation().stream().map(Item::text).forEach(known::add);
			known.add(delegation.id() + delegation.attributes().get("user"));
			delegation.think("Looking");
			delegation.say("It is nine.");
		});
		this.live.open((spec) -> spec.attribute("user", "ada"));
		assertThat(this.live.start().at("/delegation/type").asString()).isEqualTo("client");
		this.live.say(transcript("input", "What time ", 0, 400), transcript("input", "is it?", 400, 700),
				"{'type':'session.delegation.created','event_id':'e','offset_ms':700,"
						+ "'delegation':{'id':'d1','type':'delegation','target':'client'}}");
		List<StreamChunk> chunks = this.live.heard();
		assertThat(chunks).filteredOn((chunk) -> "d1".equals(chunk.metadata().get("id")))
			.singleElement()
			.satisfies((chunk) -> assertThat(chunk.metadata()).containsEntry("handled", true)
				.containsEntry("target", "client"));
		assertThat(this.live.handler().responseInFlight()).isTrue();
		this.live.runTools();
		this.live.heard();
		assertThat(known).containsExactly("What time is it?", "d1ada");
		assertThat(this.live.told("session.thinking.append")).singleElement().satisfies((event) -> {
			assertThat(event.path("content").asString()).isEqualTo("Looking");
			assertThat(event.path("delegation_id").asString()).isEqualTo("d1");
		});
		assertThat(this.live.told("session.commentary.append")).singleElement()
			.satisfies((event) -> assertThat(event.path("content").asString()).isEqualTo("It is nine."));
	}

	@Test
	void workIsDoneOnceThoughTheDelegationIsReportedAgain() throws InterruptedException {
		AtomicInteger done = new AtomicInteger();
		this.live.toolsByHand().delegation((delegation) -> done.incrementAndGet());
		this.live.open();
		String delegation = "{'type':'session.delegation.created','offset_ms':1,'delegation':{'id':'d1','target':'client'}}";
		this.live.say(delegation);
		toolReturns();
		this.live.say(delegation);
		toolReturns();
		assertThat(done).hasValue(1);
		this.live.say(delegation.replace("d1", "d2"));
		toolReturns();
		assertThat(done).hasValue(2);
	}

	@Test
	void failureOfTheHandlerIsReportedSilently() throws InterruptedException {
		this.live.toolsByHand().delegation((delegation) -> {
			throw new ToolException("The archive is closed");
		});
		this.live.open();
		this.live.say("{'type':'session.delegation.created','offset_ms':1,'delegation':{'id':'d1','target':'client'}}");
		toolReturns();
		assertThat(this.live.told("session.thinking.append")).singleElement()
			.satisfies((event) -> assertThat(event.path("content").asString()).contains("The archive is closed"));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 500, 501, 1400 })
	void longTextsAreCut(int length) {
		String words = "Nine words and some. ".repeat(100).substring(0, length);
		String dense = "\uD83D\uDE00".repeat(length);
		for (String text : List.of(words, dense)) {
			List<String> pieces = LiveClientEvents.pieces(text);
			assertThat(String.join("", pieces)).isEqualTo(text);
			assertThat(pieces).allSatisfy((piece) -> {
				assertThat(piece.length()).isBetween(1, LiveClientEvents.MAX_PIECE);
				assertThat(Character.isLowSurrogate(piece.charAt(0))).isFalse();
			});
		}
	}

	@Test
	void usageIsTheSecondsSinceTheLastTime() throws InterruptedException {
		this.live.open();
		this.live.say("{'type':'session.usage.updated','usage':{'seconds':15.5},'context_window':{'usage_ratio':0.25}}",
				"{'type':'session.usage.updated','usage':{'seconds':30}}",
				"{'type':'session.usage.updated','usage':{'seconds':30}}");
		List<StreamChunk> chunks = this.live.heard();
		assertThat(chunks).extracting((chunk) -> (chunk.usage() != null) ? chunk.usage().audioSeconds() : 0)
			.containsExactly(15.5, 14.5, 0.0);
		assertThat(chunks.get(0).metadata()).containsEntry("usage_ratio", 0.25).containsEntry("seconds", 15.5);
	}

	static Stream<Consumer<RealtimeClient>> notInTheProtocol() {
		return Stream.of(RealtimeClient::commitAudio, RealtimeClient::clearAudio, RealtimeClient::respond,
				RealtimeClient::cancel, (client) -> client.truncate(Duration.ZERO),
				(client) -> client.sendText("Hello"), (client) -> client.sendText("Hello", Role.ASSISTANT),
				(client) -> client.ask("Hello"), (client) -> client.approve("a", true),
				(client) -> client.sendImage(new MediaData(new byte[] { 1 }, "image/png", 0, 0)));
	}

	@ParameterizedTest
	@MethodSource("notInTheProtocol")
	void unsupportedOperationNamesTheReason(Consumer<RealtimeClient> operation) throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.live.open());
		assertThatThrownBy(() -> operation.accept(client)).isInstanceOf(UnsupportedOperationException.class)
			.hasMessageStartingWith("GPT-Live has no ")
			.hasMessageContaining(": ");
		assertThat(client.capabilities().features()).contains(Feature.TOOLS, Feature.ASYNCHRONOUS_TOOLS, Feature.ROLES)
			.doesNotContain(Feature.COMMIT, Feature.CANCEL, Feature.TRUNCATE, Feature.RESPONSES, Feature.CLEAR);
	}

	@Test
	void systemTextIsAnInstruction() throws InterruptedException {
		RealtimeClient.of(this.live.open()).sendText("The user is in Oslo", Role.SYSTEM);
		this.live.heard();
		assertThat(this.live.told("session.instructions.append")).singleElement().satisfies((event) -> {
			assertThat(event.path("content").asString()).isEqualTo("The user is in Oslo");
			assertThat(event.path("delegation_id").isNull()).isTrue();
		});
	}

	@Test
	void conversationIsReplayedToANewSession() throws Exception {
		Session session = this.live.open();
		this.live.say(transcript("input", "What is it?", 0, 700), transcript("output", "It is late.", 900, 1200));
		pass(LiveTurns.GAP);
		awaitSilence();
		CompletableFuture<Void> change = session.reconnect("age").toCompletableFuture();
		change.get(10, TimeUnit.SECONDS);
		assertThat(this.live.start().path("input").toString()).isEqualTo("["
				+ "{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"What is it?\"}]},"
				+ "{\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"It is late.\"}]}]");
		assertThat(this.live.heard()).filteredOn(StreamChunk::reset)
			.singleElement()
			.satisfies((chunk) -> assertThat(chunk.metadata()).containsEntry("replayed", 2));
	}

	@ParameterizedTest
	@ValueSource(strings = { "expired", "connection_lost" })
	void sessionThatHasExpiredIsStartedAgain(String reason) throws Exception {
		this.live.session((config) -> config.maxReconnectAttempts(5));
		Session session = this.live.open();
		this.live.say("{'type':'session.closed','reason':'" + reason + "','usage':{'seconds':7},'session':{}}");
		this.live.transport().peer().close(new CloseStatus(1000));
		await().until(() -> session.state() == Session.State.RECONNECTING);
		await().until(() -> {
			// The attempt is scheduled on another thread
			this.live.pass(Duration.ofMillis(10));
			return this.live.transport().dials().size() == 2;
		});
		this.live.transport().awaitPeer(2);
	}

	@Test
	void lossCutsWhatIsUnderWay() throws Exception {
		this.live.session((config) -> config.maxReconnectAttempts(5)).toolsByHand().delegation((delegation) -> {
		});
		this.live.open();
		this.live.say("{'type':'session.delegation.created','offset_ms':1,'delegation':{'id':'d1','target':'client'}}");
		this.live.heard();
		this.live.transport().peer().drop();
		this.live.awaitChunk((chunk) -> "connection_lost".equals(chunk.metadata().get("reason")));
		assertThat(this.live.handler().responseInFlight()).isFalse();
	}

	@Test
	void errorIsAChunkAndAnUnknownEventIsCounted() throws InterruptedException {
		this.live.open();
		this.live.say("{'type':'error','error':{'type':'invalid_request_error','code':'unknown_field','message':'No',"
				+ "'param':'session.foo'}}", "{'type':'session.news'}");
		List<StreamChunk> chunks = this.live.heard();
		assertThat(chunks).singleElement()
			.satisfies((chunk) -> assertThat(chunk.error()).hasMessage("GPT-Live reported unknown_field: No"));
		assertThat(this.live.handler().unknownEvents()).isEqualTo(1);
	}

	@Test
	void errorOfTheSetupNamesGptLive() {
		this.live
			.started("{'type':'error','error':{'type':'invalid_request_error','code':'bad_voice','message':'No'}}");
		assertThatExceptionOfType(SessionSetupException.class).isThrownBy(this.live::open)
			.withStackTraceContaining("GPT-Live reported bad_voice: No");
	}

	@Test
	void closeInTheSetupNamesGptLive() {
		this.live.transport()
			.onDial((dial) -> dial
				.accept((peer) -> peer.onMessage((message) -> peer.close(new CloseStatus(1008, "policy")))));
		assertThatExceptionOfType(SessionSetupException.class).isThrownBy(this.live::open)
			.withStackTraceContaining("GPT-Live closed the connection during setup with code 1008: policy");
	}

	@Test
	void documentationHasEveryEvent() throws Exception {
		List<String> lines = Files.readAllLines(Path.of("..", "docs", "providers", "openai-live.md"));
		int begin = lines.indexOf("<!-- openai live events -->") + 3;
		List<String> rows = lines.subList(begin, begin + lines.subList(begin, lines.size()).indexOf("<!-- end -->"));
		assertThat(rows).extracting((row) -> row.split("\\|")[1].strip() + row.split("\\|")[2].strip())
			.containsExactly(Stream.of(LiveServerEvent.values())
				.map((event) -> "`" + event.type() + "`" + event.use().name().toLowerCase(Locale.ROOT))
				.toArray(String[]::new));
		assertThat(rows).hasSize(28);
	}

	@Test
	void messagesAreValidByTheSdk() throws Exception {
		this.live
			.options((options) -> options.instructions("Be brief")
				.voice("marin")
				.audioFormat(OpenAiAudioFormat.PCM)
				.delegation(LiveDelegation.responses("gpt-work")))
			.toolsByHand()
			.tool(RealtimeTool.of("look", "Looks", (arguments) -> "seen"));
		RealtimeClient client = RealtimeClient.of(this.live.open());
		client.sendAudio(new byte[480]);
		client.sendText("Know this", Role.SYSTEM);
		this.live.say(RESPONSE_CREATED, call("c1", "completed"), RESPONSE_COMPLETED);
		toolReturns();
		LiveClientEvents.commentary("d1", "Said").forEach(this.live.session()::sendRaw);
		LiveClientEvents.thinking("d1", "Known").forEach(this.live.session()::sendRaw);
		this.live.heard();
		List<String> sent = this.live.transport().peer().texts();
		assertThat(sent).hasSizeGreaterThanOrEqualTo(7);
		for (String json : sent) {
			assertThat(ObjectMappers.jsonMapper().readValue(json, ClientEvent.class).isValid()).as(json).isTrue();
		}
	}

}
