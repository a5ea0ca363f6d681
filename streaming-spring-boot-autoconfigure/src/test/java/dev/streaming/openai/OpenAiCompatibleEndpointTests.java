package dev.streaming.openai;

import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.streaming.FinishReason;
import dev.streaming.MediaData;
import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;
import dev.streaming.Usage;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.InMemoryPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for endpoints without all optional parts of the protocol: no ids, repeated ids,
 * errors without the id of an event.
 */
@Timeout(30)
class OpenAiCompatibleEndpointTests {

	private static final String DONE = "{'type':'response.done','response':{'id':'r1','status':'completed'}}";

	private final OpenAiFixture openAi = new OpenAiFixture();

	@AfterEach
	void close() {
		this.openAi.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "session.updated", "conversation.created" })
	void sessionMayBeAnnouncedOtherwise(String type) throws InterruptedException {
		this.openAi.first("{\"type\":\"" + type + "\",\"session\":{}}").open();
		assertThat(this.openAi.types()).containsExactly("session.update");
	}

	@Test
	void unknownEventOfTheSetupIsCounted() throws InterruptedException {
		this.openAi.onUpdate((peer) -> {
			peer.text("{\"type\":\"ping\"}");
			peer.text("{\"type\":\"session.updated\",\"session\":{}}");
		}).open();
		assertThat(this.openAi.handler().unknownEvents()).isOne();
	}

	@Test
	void responsesMayAllHaveTheSameId() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.open());
		for (int i = 1; i <= 3; i++) {
			client.sendText("Question " + i);
			client.respond();
			this.openAi.awaitTold("response.create", i);
			this.openAi.say("{'type':'response.created','response':{'id':'r1'}}",
					"{'type':'response.output_text.delta','response_id':'r1','item_id':'i1','delta':'Answer'}", DONE);
			assertThat(this.openAi.takeUntilMarker()).extracting(StreamChunk::content)
				.containsExactly("Answer", "Answer");
		}
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	@Test
	void callsOfTwoResponsesMayHaveTheSameId() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.open());
		for (int i = 1; i <= 2; i++) {
			this.openAi.say("{'type':'response.created','response':{'id':'r1'}}");
			call();
			call();
			this.openAi.say(DONE);
			List<StreamChunk> chunks = this.openAi.takeUntilMarker();
			assertThat(chunks).extracting(StreamChunk::finishReason).containsExactly(null, FinishReason.TOOL_CALLS);
			client.toolResult(chunks.get(0).toolCalls().get(0), "{}");
			this.openAi.awaitTold("response.create", i);
		}
	}

	private void call() {
		this.openAi.say("{'type':'response.function_call_arguments.done','response_id':'r1','item_id':'f1',"
				+ "'call_id':'c1','name':'weather','arguments':'{}'}");
	}

	private void completedCall() {
		this.openAi.say("{'type':'response.output_item.done','response_id':'r1','item':{'id':'f1',"
				+ "'type':'function_call','status':'completed','call_id':'c1','name':'weather','arguments':'{}'}}");
	}

	@Test
	void callMayHaveTheIdOfOneThatWasLost() throws InterruptedException {
		Session session = this.openAi.open();
		RealtimeClient client = RealtimeClient.of(session);
		this.openAi.say("{'type':'response.created','response':{'id':'r1'}}");
		completedCall();
		this.openAi.take();
		this.openAi.transport().peer().drop();
		InMemoryPeer next = this.openAi.transport().awaitPeer(2);
		assertThat(this.openAi.take(2)).extracting(StreamChunk::reset).containsExactly(false, true);
		this.openAi.say("{'type':'response.created','response':{'id':'r1'}}");
		completedCall();
		client.toolResult(this.openAi.take().toolCalls().get(0), "{}");
		assertThat(OpenAiFixture.awaitTold(next, "conversation.item.create", 1).at("/item/call_id").asString())
			.isEqualTo("c1");
	}

	@Test
	void itemsOfTwoResponsesMayHaveTheSameIdThoughOneWasTruncated() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.open());
		this.openAi.say("{'type':'response.created','response':{'id':'r1'}}", audio(4800));
		this.openAi.take();
		client.truncate(Duration.ofMillis(50));
		this.openAi.say(audio(480), DONE, "{'type':'response.created','response':{'id':'r2'}}", audio("r2", 960));
		assertThat(this.openAi.takeUntilMarker()).extracting(StreamChunk::media)
			.filteredOn((media) -> media != null)
			.extracting((media) -> media.data().length)
			.containsExactly(960);
	}

	@Test
	void playedAudioCanBeTruncatedUntilTheNextResponseSpeaks() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.open());
		this.openAi.say("{'type':'response.created','response':{'id':'r1'}}", audio(4800), DONE,
				"{'type':'response.created','response':{'id':'r2'}}");
		this.openAi.takeUntilMarker();
		client.truncate(Duration.ofMillis(50));
		assertThat(this.openAi.awaitTold("conversation.item.truncate", 1).path("item_id").asString()).isEqualTo("i1");
	}

	private static String audio(int bytes) {
		return audio("r1", bytes);
	}

	private static String audio(String response, int bytes) {
		return "{'type':'response.output_audio.delta','response_id':'" + response
				+ "','item_id':'i1','content_index':0,'delta':'" + Base64.getEncoder().encodeToString(new byte[bytes])
				+ "'}";
	}

	@Test
	void itemsWithIdsOfTheEndpointAreReplayedOnce() throws Exception {
		Session session = this.openAi.withoutConfirmations().open();
		RealtimeClient.of(session).sendText("My name is Ann");
		String item = "'item':{'id':'theirs','type':'message','role':'user','content':[{'type':'input_text',"
				+ "'text':'My name is Ann'}]}";
		this.openAi.say("{'type':'conversation.item.added'," + item + "}",
				"{'type':'conversation.item.done'," + item + "}");
		this.openAi.takeUntilMarker();
		session.reconnect("again").toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(this.openAi.told("conversation.item.create")).extracting((event) -> event.at("/item/content/0/text"))
			.extracting(JsonNode::asString)
			.containsExactly("My name is Ann");
	}

	@Test
	void answersWithoutItemIdsAreReplayedOneByOne() throws InterruptedException {
		Session session = this.openAi.withoutConfirmations().open();
		RealtimeClient client = RealtimeClient.of(session);
		for (String text : List.of("One", "Two")) {
			client.sendText("Say " + text);
			client.respond();
			this.openAi.say("{'type':'response.created','response':{}}",
					"{'type':'response.output_text.delta','delta':'" + text + "'}",
					"{'type':'response.done','response':{'status':'completed'}}");
			assertThat(this.openAi.takeUntilMarker()).extracting(StreamChunk::content).containsExactly(text, text);
		}
		session.reconnect("test").toCompletableFuture().join();
		assertThat(this.openAi.told("conversation.item.create")).extracting((event) -> event.at("/item/content/0/text"))
			.extracting(JsonNode::asString)
			.containsExactly("Say One", "One", "Say Two", "Two");
	}

	@Test
	void inputOfTheUserMayHaveNoItemId() throws InterruptedException {
		Session session = this.openAi.open();
		for (String text : List.of("One", "Two")) {
			this.openAi.say("{'type':'input_audio_buffer.committed'}",
					"{'type':'conversation.item.input_audio_transcription.completed','transcript':'" + text + "'}");
		}
		this.openAi.takeUntilMarker();
		session.reconnect("test").toCompletableFuture().join();
		assertThat(this.openAi.told("conversation.item.create")).extracting((event) -> event.at("/item/content/0/text"))
			.extracting(JsonNode::asString)
			.containsExactly("One", "Two");
	}

	@Test
	void endThatDoesNotNameItsResponseIsThatOfTheOnlyOne() throws InterruptedException {
		this.openAi.open();
		this.openAi.say("{'type':'response.output_text.delta','response_id':'r1','item_id':'i1','delta':'Hello'}",
				"{'type':'response.done','response':{'status':'completed'}}");
		assertThat(this.openAi.take(2).get(1).content()).isEqualTo("Hello");
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	@Test
	void usageMayHaveNoTotalAndNumbersMayBeText() throws InterruptedException {
		this.openAi.open();
		this.openAi.say("{'type':'response.done','response':{'id':'r1','status':'completed',"
				+ "'usage':{'input_tokens':'2','output_tokens':3}}}");
		assertThat(this.openAi.take().usage()).isEqualTo(new Usage(2, 3, 5));
	}

	@Test
	void rateIsThatOfTheEndpoint() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.onUpdate((peer) -> peer.text(
				"{\"type\":\"session.updated\",\"session\":{\"audio\":{\"output\":{\"format\":{\"type\":\"audio/pcm\","
						+ "\"rate\":16000}}}}}"))
			.open());
		this.openAi.say(audio(3200));
		assertThat(this.openAi.take().media()).isEqualTo(new MediaData(new byte[3200], "audio/pcm", 16000, 1));
		client.truncate(Duration.ofMinutes(1));
		assertThat(this.openAi.awaitTold("conversation.item.truncate", 1).path("audio_end_ms").asInt()).isEqualTo(100);
	}

	@Test
	void collisionMayNotSayWhichRequestItIsAbout() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.open());
		client.respond();
		this.openAi.say(error("conversation_already_has_active_response"),
				"{'type':'response.created','response':{'id':'r1'}}", DONE);
		this.openAi.awaitTold("response.create", 2);
		assertThat(this.openAi.takeUntilMarker()).extracting(StreamChunk::error).containsOnlyNulls();
	}

	@Test
	void refusalMayNotSayWhichRequestItIsAbout() throws InterruptedException {
		RealtimeClient client = RealtimeClient.of(this.openAi.open());
		client.respond();
		this.openAi.say(error("rate_limit_exceeded"));
		assertThat(this.openAi.take().error()).hasMessageContaining("rate_limit_exceeded");
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
		client.respond();
		assertThat(this.openAi.told("response.create")).hasSize(2);
	}

	@Test
	void cancelThatCameTooLateIsNoFailureThoughItIsNotNamed() throws InterruptedException {
		this.openAi.open();
		this.openAi.say(error("response_cancel_not_active"));
		assertThat(this.openAi.takeUntilMarker()).isEmpty();
	}

	private static String error(String code) {
		return "{'type':'error','error':{'type':'invalid_request_error','code':'" + code
				+ "','message':'No','event_id':null}}";
	}

	@Test
	void resultMayBeSentInTheProvidersOwnWords() throws InterruptedException {
		Session session = this.openAi.open();
		this.openAi.say("{'type':'response.created','response':{'id':'r1'}}");
		call();
		this.openAi.say(DONE);
		ToolCall call = this.openAi.take(2).get(0).toolCalls().get(0);
		assertThat(this.openAi.handler().responseInFlight()).isTrue();
		session.send(Map.of("type", "conversation.item.create", "item",
				Map.of("type", "function_call_output", "call_id", call.id(), "output", "{}")));
		session.send(Map.of("type", "response.create"));
		this.openAi.awaitTold("response.create", 1);
		this.openAi.say("{'type':'response.created','response':{'id':'r2'}}",
				"{'type':'response.done','response':{'id':'r2','status':'completed'}}");
		this.openAi.takeUntilMarker();
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
		assertThat(this.openAi.told("response.create")).hasSize(1);
	}

	@Test
	void echoOfOurOwnResultDoesNotStopTheModel() throws InterruptedException {
		this.openAi.tool(RealtimeTool.of("weather", "The weather", Map.class, (map) -> 1)).open();
		this.openAi.say("{'type':'response.created','response':{'id':'r1'}}");
		completedCall();
		this.openAi.awaitTold("conversation.item.create", 1);
		assertThat(this.openAi.takeUntilMarker()).hasSize(1);
		this.openAi.say(DONE);
		this.openAi.awaitTold("response.create", 1);
	}

}
