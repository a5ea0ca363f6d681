package dev.streaming.openai;

import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.FinishReason;
import dev.streaming.MessageHandlerException;
import dev.streaming.PermanentFailureException;
import dev.streaming.Session;
import dev.streaming.SessionSetupException;
import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.InMemoryPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Whole conversations with a scripted provider on one connection.
 */
@Timeout(30)
class OpenAiRealtimeSessionTests {

	private final ScriptedOpenAi openAi = new ScriptedOpenAi();

	@AfterEach
	void close() {
		this.openAi.close();
	}

	@Test
	void setupWaitsForTheProviderAtEachStep() throws InterruptedException {
		CountDownLatch dialled = new CountDownLatch(1);
		this.openAi.first("").onUpdate((peer) -> {
		});
		this.openAi.transport().onDial((dial) -> {
			dial.accept();
			dialled.countDown();
		});
		Thread opener = new Thread(() -> {
			try {
				this.openAi.open();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		opener.start();
		assertThat(dialled.await(10, TimeUnit.SECONDS)).isTrue();
		InMemoryPeer peer = this.openAi.transport().awaitPeer(1);
		peer.text("{\"type\":\"conversation.created\"}");
		await().during(Duration.ofMillis(50)).until(() -> peer.texts().isEmpty());
		peer.text("{\"type\":\"session.created\",\"session\":{}}");
		peer.awaitReceived(1);
		assertThat(ScriptedOpenAi.types(peer)).containsExactly("session.update");
		opener.join(50);
		assertThat(opener.isAlive()).isTrue();
		peer.text("{\"type\":\"session.updated\",\"session\":{}}");
		opener.join(10_000);
		assertThat(opener.isAlive()).isFalse();
		assertThat(this.openAi.transport().dials()).hasSize(1);
	}

	@Test
	void keyGoesIntoTheHeaderAndTheModelIntoTheUrl() throws InterruptedException {
		this.openAi.options((options) -> options.apiKey("sk-test-secret").model("gpt-realtime-2").project("p1")).open();
		var request = this.openAi.transport().dials().get(0).request();
		assertThat(request.uri()).hasToString("wss://api.openai.com/v1/realtime?model=gpt-realtime-2");
		assertThat(request.headers().toString()).contains("Authorization")
			.contains("Bearer sk-test-secret")
			.contains("OpenAI-Project")
			.doesNotContain("OpenAI-Beta");
	}

	@Test
	void attributesOfTheSessionChangeTheSetup() throws InterruptedException {
		this.openAi.options((options) -> options.instructions("All").voice("alloy").outputModalities("audio"))
			.open((spec) -> spec.attribute(RealtimeAttributes.INSTRUCTIONS, "Only Ann")
				.attribute(RealtimeAttributes.VOICE, "marin")
				.attribute(RealtimeAttributes.SETUP, Map.of("audio", Map.of("output", Map.of("speed", 1.2)))));
		JsonNode session = this.openAi.awaitTold("session.update", 1).path("session");
		assertThat(session.path("type").asString()).isEqualTo("realtime");
		assertThat(session.path("instructions").asString()).isEqualTo("Only Ann");
		assertThat(session.at("/audio/output/voice").asString()).isEqualTo("marin");
		assertThat(session.at("/audio/output/speed").asDouble()).isEqualTo(1.2);
		assertThat(session.at("/output_modalities/0").asString()).isEqualTo("audio");
	}

	@Test
	void textIsAskedAndAnswered() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.open());
		client.sendText("Hello");
		client.respond();
		assertThat(this.openAi.types()).containsExactly("session.update", "conversation.item.create",
				"response.create");
		JsonNode item = this.openAi.told("conversation.item.create").get(0).path("item");
		assertThat(item.path("role").asString()).isEqualTo("user");
		assertThat(item.at("/content/0/type").asString()).isEqualTo("input_text");
		assertThat(item.at("/content/0/text").asString()).isEqualTo("Hello");
		answer("r1", "Hi ", "there");
		List<StreamChunk> chunks = this.openAi.take(3);
		assertThat(chunks).extracting(StreamChunk::delta).containsExactly("Hi ", "there", "");
		assertThat(chunks.get(2).finishReason()).isEqualTo(FinishReason.STOP);
		assertThat(chunks.get(2).content()).isEqualTo("Hi there");
		assertThat(chunks.get(2).usage()).isNotNull();
	}

	private void answer(String id, String... deltas) {
		this.openAi.say("{'type':'response.created','response':{'id':'" + id + "','status':'in_progress'}}",
				"{'type':'response.output_item.added','response_id':'" + id + "','item':{'id':'i-" + id
						+ "','type':'message','role':'assistant'}}",
				"{'type':'conversation.item.added','item':{'id':'i-" + id
						+ "','type':'message','role':'assistant','content':[]}}");
		for (String delta : deltas) {
			this.openAi.say("{'type':'response.output_text.delta','response_id':'" + id + "','item_id':'i-" + id
					+ "','content_index':0,'delta':'" + delta + "'}");
		}
		this.openAi.say("{'type':'response.done','response':{'id':'" + id + "','status':'completed','output':[],"
				+ "'usage':{'total_tokens':3,'input_tokens':1,'output_tokens':2}}}");
	}

	@Test
	void audioGoesBothWays() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.open());
		client.sendAudio(new byte[] { 5, 6 });
		client.commitAudio();
		client.respond();
		assertThat(this.openAi.types()).containsExactly("session.update", "input_audio_buffer.append",
				"input_audio_buffer.commit", "response.create");
		assertThat(this.openAi.told("input_audio_buffer.append").get(0).path("audio").asString())
			.isEqualTo(Base64.getEncoder().encodeToString(new byte[] { 5, 6 }));
		audio("i1", 480);
		assertThat(this.openAi.take().media().data()).hasSize(480);
	}

	@Test
	void longAudioIsSentInPieces() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.open());
		client.sendAudio(new byte[8 * 1024 * 1024]);
		assertThat(this.openAi.told("input_audio_buffer.append")).hasSize(2).allSatisfy((event) -> {
			int bytes = Base64.getDecoder().decode(event.path("audio").asString()).length;
			assertThat(bytes).isEven().isLessThan(15 * 1024 * 1024);
		});
	}

	private static void awaitWaiting(Session session, int chunks) {
		await().untilAsserted(() -> {
			AtomicInteger waiting = new AtomicInteger();
			session.response().discard((chunk) -> waiting.incrementAndGet() < 0);
			assertThat(waiting).hasValue(chunks);
		});
	}

	private void audio(String itemId, int bytes) {
		this.openAi.say("{'type':'response.output_audio.delta','response_id':'r1','item_id':'" + itemId
				+ "','content_index':0,'delta':'" + Base64.getEncoder().encodeToString(new byte[bytes]) + "'}");
	}

	@Test
	void requestDuringAResponseWaitsForItsEnd() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.open());
		client.respond();
		client.respond();
		client.respond();
		assertThat(this.openAi.told("response.create")).hasSize(1);
		answer("r1", "One");
		this.openAi.awaitTold("response.create", 2);
		answer("r2", "Two");
		assertThat(this.openAi.takeUntilMarker()).extracting(StreamChunk::finishReason)
			.containsExactly(null, FinishReason.STOP, null, FinishReason.STOP);
		assertThat(this.openAi.told("response.create")).hasSize(2);
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	@Test
	void requestThatCollidesWithTheProvidersOwnResponseIsMadeAgain() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.open());
		client.respond();
		String eventId = this.openAi.awaitTold("response.create", 1).path("event_id").asString();
		this.openAi.say("{'type':'error','error':{'type':'invalid_request_error',"
				+ "'code':'conversation_already_has_active_response','message':'Busy','event_id':'" + eventId + "'}}");
		answer("r1", "By VAD");
		this.openAi.awaitTold("response.create", 2);
		assertThat(this.openAi.takeUntilMarker()).extracting(StreamChunk::error).containsOnlyNulls();
	}

	@Test
	void requestThatTheProvidersOwnResponseOvertookIsMadeAgainOnce() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.open());
		client.respond();
		String eventId = this.openAi.awaitTold("response.create", 1).path("event_id").asString();
		this.openAi.say("{'type':'response.created','response':{'id':'r1'}}",
				"{'type':'error','error':{'type':'invalid_request_error',"
						+ "'code':'conversation_already_has_active_response','message':'Busy','event_id':'" + eventId
						+ "'}}");
		assertThat(this.openAi.takeUntilMarker()).isEmpty();
		assertThat(this.openAi.told("response.create")).hasSize(1);
		answer("r1", "By VAD");
		this.openAi.awaitTold("response.create", 2);
		answer("r2", "Asked for");
		assertThat(this.openAi.takeUntilMarker()).extracting(StreamChunk::error).containsOnlyNulls();
		assertThat(this.openAi.told("response.create")).hasSize(2);
	}

	@Test
	void requestThatCollidesAndWasCancelledIsForgotten() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.open());
		client.respond();
		String eventId = this.openAi.awaitTold("response.create", 1).path("event_id").asString();
		client.cancel();
		this.openAi.say("{'type':'error','error':{'type':'invalid_request_error',"
				+ "'code':'conversation_already_has_active_response','message':'Busy','event_id':'" + eventId + "'}}");
		answer("r1", "By VAD");
		assertThat(this.openAi.takeUntilMarker()).extracting(StreamChunk::error).containsOnlyNulls();
		assertThat(this.openAi.told("response.create")).hasSize(1);
		client.respond();
		this.openAi.awaitTold("response.create", 2);
	}

	@Test
	void requestThatWasOvertakenAndCancelledIsForgotten() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.open());
		client.respond();
		String eventId = this.openAi.awaitTold("response.create", 1).path("event_id").asString();
		this.openAi.say("{'type':'response.created','response':{'id':'r1'}}");
		assertThat(this.openAi.takeUntilMarker()).isEmpty();
		client.cancel();
		this.openAi.say("{'type':'error','error':{'type':'invalid_request_error',"
				+ "'code':'conversation_already_has_active_response','message':'Busy','event_id':'" + eventId + "'}}");
		answer("r1", "By VAD");
		assertThat(this.openAi.takeUntilMarker()).extracting(StreamChunk::error).containsOnlyNulls();
		assertThat(this.openAi.told("response.create")).hasSize(1);
	}

	@Test
	void requestThatIsRefusedDoesNotBlockTheNext() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.open());
		client.respond();
		String eventId = this.openAi.awaitTold("response.create", 1).path("event_id").asString();
		this.openAi.say("{'type':'error','error':{'type':'invalid_request_error','code':'rate_limit_exceeded',"
				+ "'message':'Slow down','event_id':'" + eventId + "'}}");
		assertThat(this.openAi.take().error()).hasMessageContaining("rate_limit_exceeded");
		client.respond();
		assertThat(this.openAi.told("response.create")).hasSize(2);
	}

	@Test
	void cancelStopsTheResponseAndForgetsTheWaitingOne() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.open());
		client.cancel();
		assertThat(this.openAi.told("response.cancel")).isEmpty();
		client.respond();
		client.respond();
		client.cancel();
		String eventId = this.openAi.awaitTold("response.cancel", 1).path("event_id").asString();
		this.openAi.say("{'type':'response.created','response':{'id':'r1'}}",
				"{'type':'response.done','response':{'id':'r1','status':'cancelled','status_details':"
						+ "{'reason':'client_cancelled'}}}",
				"{'type':'error','error':{'type':'invalid_request_error','code':'response_cancel_not_active',"
						+ "'message':'None','event_id':'" + eventId + "'}}");
		assertThat(this.openAi.takeUntilMarker()).singleElement()
			.satisfies((chunk) -> assertThat(chunk.finishReason()).isEqualTo(FinishReason.CANCELLED));
		assertThat(this.openAi.told("response.create")).hasSize(1);
	}

	@Test
	void toolIsOfferedCalledAndAnswered() throws InterruptedException {
		this.openAi.tool(RealtimeTool.of("weather", "The weather", Place.class, (place) -> Map.of("in", place.city())));
		this.openAi.open();
		JsonNode tool = this.openAi.awaitTold("session.update", 1).at("/session/tools/0");
		assertThat(tool.path("type").asString()).isEqualTo("function");
		assertThat(tool.path("name").asString()).isEqualTo("weather");
		assertThat(tool.at("/parameters/properties/city/type").asString()).isEqualTo("string");
		call("c1", "weather", "{\\u0022city\\u0022:\\u0022Oslo\\u0022}");
		done("r1");
		JsonNode item = this.openAi.awaitTold("conversation.item.create", 1).path("item");
		assertThat(item.path("type").asString()).isEqualTo("function_call_output");
		assertThat(item.path("call_id").asString()).isEqualTo("c1");
		assertThat(item.path("output").asString()).isEqualTo("{\"in\":\"Oslo\"}");
		this.openAi.awaitTold("response.create", 1);
		List<StreamChunk> chunks = this.openAi.takeUntilMarker();
		assertThat(chunks).hasSize(2);
		assertThat(chunks.get(0).toolCalls()).extracting(ToolCall::name).containsExactly("weather");
		assertThat(chunks.get(0).metadata()).containsEntry("handled", true);
		assertThat(chunks.get(1).finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
	}

	private void call(String id, String name, String arguments) {
		this.openAi.say("{'type':'response.output_item.done','response_id':'r1','item':{'id':'f-" + id
				+ "','type':'function_call','status':'completed','call_id':'" + id + "','name':'" + name
				+ "','arguments':'" + arguments + "'}}");
	}

	private void done(String id) {
		this.openAi.say("{'type':'response.done','response':{'id':'" + id + "','status':'completed','output':[]}}");
	}

	@Test
	void errorOfAToolIsItsResult() throws InterruptedException {
		this.openAi.tool(RealtimeTool.of("weather", "The weather", Place.class, (place) -> {
			throw new IllegalStateException("No weather today");
		}));
		this.openAi.open();
		call("c1", "weather", "{\\u0022city\\u0022:\\u0022Oslo\\u0022}");
		assertThat(this.openAi.awaitTold("conversation.item.create", 1).at("/item/output").asString())
			.isEqualTo("{\"error\":\"The tool failed\"}");
	}

	@Test
	void modelContinuesOnceWhenAllResultsAreIn() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.open());
		call("c1", "a", "{}");
		StreamChunk first = this.openAi.take();
		client.toolResult(first.toolCalls().get(0), "1");
		call("c2", "b", "{}");
		done("r1");
		List<StreamChunk> rest = this.openAi.take(2);
		assertThat(this.openAi.told("response.create")).isEmpty();
		assertThat(this.openAi.handler().responseInFlight()).isTrue();
		client.toolResult(rest.get(0).toolCalls().get(0), "2");
		assertThat(this.openAi.told("response.create")).hasSize(1);
		client.respond();
		assertThat(this.openAi.told("response.create")).hasSize(1);
		answer("r2", "Done");
		this.openAi.takeUntilMarker();
		assertThat(this.openAi.told("response.create")).hasSize(1);
		client.respond();
		assertThat(this.openAi.told("response.create")).hasSize(2);
	}

	@Test
	void resultThatIsInBeforeTheEndOfItsResponseWaitsForThat() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.open());
		call("c1", "a", "{}");
		client.toolResult(this.openAi.take().toolCalls().get(0), "1");
		client.respond();
		assertThat(this.openAi.types()).containsExactly("session.update", "conversation.item.create");
		done("r1");
		this.openAi.awaitTold("response.create", 1);
		answer("r2", "Done");
		this.openAi.takeUntilMarker();
		assertThat(this.openAi.told("response.create")).hasSize(1);
	}

	@Test
	void toolsOfTheSessionReplaceTheOthers() throws InterruptedException {
		this.openAi.tool(RealtimeTool.of("weather", "The weather", Place.class, Place::city));
		this.openAi.open((spec) -> spec.attribute(RealtimeAttributes.TOOLS,
				List.of(RealtimeTool.of("mine", "My own", Map.class, (map) -> 1))));
		JsonNode tools = this.openAi.awaitTold("session.update", 1).at("/session/tools");
		assertThat(tools).hasSize(1);
		assertThat(tools.at("/0/name").asString()).isEqualTo("mine");
	}

	@Test
	void bargeInDropsWaitingAudioAndReportsTheHeardDuration() throws InterruptedException {
		this.openAi.session((session) -> session.responseChannelSize(2));
		Session session = this.openAi.open();
		RealtimeClient client = RealtimeClient.of(session);
		this.openAi.say("{'type':'response.created','response':{'id':'r1'}}");
		for (int i = 0; i < 5; i++) {
			audio("i1", 4800);
		}
		assertThat(this.openAi.take().media()).isNotNull();
		this.openAi.say("{'type':'input_audio_buffer.speech_started','audio_start_ms':3,'item_id':'u1'}");
		awaitWaiting(session, 5);
		int dropped = client.truncate(Duration.ofMillis(60));
		assertThat(dropped).isEqualTo(4);
		assertThat(this.openAi.take().interrupted()).isTrue();
		JsonNode truncate = this.openAi.awaitTold("conversation.item.truncate", 1);
		assertThat(truncate.path("item_id").asString()).isEqualTo("i1");
		assertThat(truncate.path("content_index").asInt()).isZero();
		assertThat(truncate.path("audio_end_ms").asInt()).isEqualTo(60);
		audio("i1", 4800);
		audio("i2", 480);
		assertThat(this.openAi.takeUntilMarker()).isEmpty();
		done("r1");
		this.openAi.say("{'type':'response.created','response':{'id':'r2'}}",
				"{'type':'response.output_audio.delta','response_id':'r2','item_id':'i3','content_index':0,"
						+ "'delta':'AAAA'}");
		assertThat(this.openAi.take(2)).last().extracting(StreamChunk::media).isNotNull();
	}

	@Test
	void heardDurationIsLimitedToTheAudio() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.open());
		assertThat(client.truncate(Duration.ofSeconds(1))).isZero();
		assertThat(this.openAi.told("conversation.item.truncate")).isEmpty();
		audio("i1", 4800);
		this.openAi.take();
		client.truncate(Duration.ofMinutes(1));
		assertThat(this.openAi.awaitTold("conversation.item.truncate", 1).path("audio_end_ms").asInt()).isEqualTo(100);
	}

	@ParameterizedTest
	@ValueSource(strings = { "insufficient_quota", "invalid_api_key" })
	void fatalErrorInTheSetupIsNotTriedAgain(String code) {
		this.openAi.first(error(code));
		assertThatExceptionOfType(SessionSetupException.class).isThrownBy(this.openAi::open)
			.withMessageContaining(code)
			.withMessageContaining("Sorry")
			.withCauseInstanceOf(PermanentFailureException.class);
		assertThat(this.openAi.transport().dials()).hasSize(1);
	}

	private static String error(String code) {
		return "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"code\":\"" + code
				+ "\",\"message\":\"Sorry\"}}";
	}

	@Test
	void settingsThatTheProviderRefusesFailTheSetupAtOnce() {
		this.openAi.onUpdate((peer) -> peer.text(error("invalid_value")));
		assertThatExceptionOfType(SessionSetupException.class).isThrownBy(this.openAi::open)
			.withMessageContaining("invalid_value")
			.withMessageContaining("Sorry");
		assertThat(this.openAi.transport().dials()).hasSize(1);
	}

	@Test
	void providersOwnTroubleInTheSetupIsTriedAgain() throws InterruptedException {
		String created = "{\"type\":\"session.created\",\"session\":{}}";
		String trouble = "{\"type\":\"error\",\"error\":{\"type\":\"server_error\",\"message\":\"Sorry\"}}";
		this.openAi.transport().nextDial((dial) -> dial.accept((peer) -> peer.text(trouble)));
		this.openAi.first(created).open();
		assertThat(this.openAi.transport().dials()).hasSize(2);
	}

	@Test
	void closeInTheSetupIsTheFailureWithItsReason() {
		this.openAi.onUpdate((peer) -> peer.close(new CloseStatus(3000, "invalid_request_error.invalid_api_key")));
		assertThatExceptionOfType(SessionSetupException.class).isThrownBy(this.openAi::open)
			.withMessageContaining("3000")
			.withMessageContaining("invalid_api_key");
		assertThat(this.openAi.transport().dials()).hasSize(1);
	}

	@Test
	void exhaustedQuotaEndsTheSessionPermanently() throws Exception {
		Session session = this.openAi.open();
		this.openAi.transport().peer().text(error("insufficient_quota"));
		session.done().toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(session.error()).get()
			.isInstanceOf(MessageHandlerException.class)
			.satisfies((error) -> assertThat(error).hasMessageContaining("insufficient_quota")
				.cause()
				.isInstanceOf(PermanentFailureException.class));
		assertThat(this.openAi.transport().dials()).hasSize(1);
	}

	@Test
	void recoverableErrorLeavesTheSessionOpen() throws InterruptedException {
		Session session = this.openAi.open();
		this.openAi.transport().peer().text(error("invalid_value"));
		assertThat(this.openAi.take().error()).isInstanceOf(OpenAiErrorException.class);
		assertThat(session.isClosed()).isFalse();
		RealtimeClient.of(session).sendText("Still there?");
		assertThat(this.openAi.told("conversation.item.create")).hasSize(1);
	}

	@Test
	void betaNamesAreUnderstood() throws InterruptedException {
		this.openAi.open();
		this.openAi.say("{'type':'response.created','response':{'id':'r1'}}",
				"{'type':'response.text.delta','response_id':'r1','item_id':'i1','content_index':0,'delta':'Hi'}",
				"{'type':'response.audio_transcript.delta','response_id':'r1','item_id':'i1','content_index':1,"
						+ "'delta':'!'}",
				"{'type':'response.audio.delta','response_id':'r1','item_id':'i1','content_index':1,'delta':'AAAA'}",
				"{'type':'response.audio.done','response_id':'r1','item_id':'i1','content_index':1}");
		done("r1");
		List<StreamChunk> chunks = this.openAi.takeUntilMarker();
		assertThat(chunks).hasSize(4);
		assertThat(chunks.get(3).content()).isEqualTo("Hi!");
		assertThat(this.openAi.handler().unknownEvents()).isZero();
	}

	@Test
	void clientIsRefusedForAnotherHandler() {
		assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> RealtimeClient.of(new NoSession()))
			.withMessageContaining("RealtimeProtocol");
	}

	record Place(String city) {

	}

}
