package dev.streaming.openai;

import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.PermanentFailureException;
import dev.streaming.Session;
import dev.streaming.SessionSetupException;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.testsupport.InMemoryPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the frames of one connection, in both directions.
 */
@Timeout(30)
class OpenAiConnectionTests {

	private final OpenAiFixture openAi = new OpenAiFixture();

	@AfterEach
	void close() {
		this.openAi.close();
	}

	private String respond(RealtimeClient client) throws InterruptedException {
		client.respond();
		return this.openAi.awaitTold("response.create", 1).path("event_id").asString();
	}

	private static String busy(String eventId) {
		return "{'type':'error','error':{'type':'invalid_request_error',"
				+ "'code':'conversation_already_has_active_response','message':'Busy','event_id':'" + eventId + "'}}";
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
		assertThat(OpenAiFixture.types(peer)).containsExactly("session.update");
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
	void requestThatCollidesWithTheProvidersOwnResponseIsMadeAgain() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.open());
		String eventId = respond(client);
		this.openAi.say(busy(eventId));
		answer("r1", "By VAD");
		this.openAi.awaitTold("response.create", 2);
		assertThat(this.openAi.takeUntilMarker()).extracting(StreamChunk::error).containsOnlyNulls();
	}

	@Test
	void requestThatTheProvidersOwnResponseOvertookIsMadeAgainOnce() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.open());
		String eventId = respond(client);
		this.openAi.say("{'type':'response.created','response':{'id':'r1'}}", busy(eventId));
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
		String eventId = respond(client);
		client.cancel();
		this.openAi.say(busy(eventId));
		answer("r1", "By VAD");
		assertThat(this.openAi.takeUntilMarker()).extracting(StreamChunk::error).containsOnlyNulls();
		assertThat(this.openAi.told("response.create")).hasSize(1);
		client.respond();
		this.openAi.awaitTold("response.create", 2);
	}

	@Test
	void requestThatWasOvertakenAndCancelledIsForgotten() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.open());
		String eventId = respond(client);
		this.openAi.say("{'type':'response.created','response':{'id':'r1'}}");
		assertThat(this.openAi.takeUntilMarker()).isEmpty();
		client.cancel();
		this.openAi.say(busy(eventId));
		answer("r1", "By VAD");
		assertThat(this.openAi.takeUntilMarker()).extracting(StreamChunk::error).containsOnlyNulls();
		assertThat(this.openAi.told("response.create")).hasSize(1);
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
	void bargeInDropsPendingAudioAndReportsThePlayedDuration() throws InterruptedException {
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
	void playedDurationIsLimitedToTheAudio() throws InterruptedException {
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
	void providersOwnTroubleInTheSetupIsTriedAgain() throws InterruptedException {
		String created = "{\"type\":\"session.created\",\"session\":{}}";
		String trouble = "{\"type\":\"error\",\"error\":{\"type\":\"server_error\",\"message\":\"Sorry\"}}";
		this.openAi.transport().nextDial((dial) -> dial.accept((peer) -> peer.text(trouble)));
		this.openAi.first(created).open();
		assertThat(this.openAi.transport().dials()).hasSize(2);
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

}
