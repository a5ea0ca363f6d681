package dev.streaming.autoconfigure.openai;

import java.io.IOException;
import java.time.Duration;
import java.util.Base64;

import dev.streaming.FinishReason;
import dev.streaming.MediaData;
import dev.streaming.Session;
import dev.streaming.SessionSetupException;
import dev.streaming.StreamChunk;
import dev.streaming.Usage;
import dev.streaming.autoconfigure.AbstractProviderSocketTests;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.RealtimeChunks;
import dev.streaming.realtime.ResponseOptions;
import dev.streaming.realtime.SessionChange;
import dev.streaming.testsupport.JsonPeer;
import dev.streaming.testsupport.RawWebSocketConnection;
import dev.streaming.testsupport.RawWebSocketServer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Whole conversations of an application with OpenAI's side of the protocol, over sockets.
 */
class OpenAiRealtimeSocketTests extends AbstractProviderSocketTests {

	private static final byte[] SPEECH = speech(4800);

	OpenAiRealtimeSocketTests() {
		super(OpenAiRealtimeAutoConfiguration.class, PREFIX + "provider=openai-realtime",
				PREFIX + "openai.api-key=sk-test-s3cret", PREFIX + "openai.voice=marin");
	}

	private static JsonPeer greet(RawWebSocketConnection connection) throws IOException {
		return greet(connection, "");
	}

	private static JsonPeer greet(RawWebSocketConnection connection, String instructions) throws IOException {
		RawWebSocketConnection.Request request = connection.request();
		assertThat(request.target()).isEqualTo("/v1/realtime?model=gpt-realtime-2.1");
		assertThat(request.header("Authorization")).isEqualTo("Bearer sk-test-s3cret");
		connection.upgrade();
		JsonPeer client = new JsonPeer(connection, false);
		client.say("{'type':'session.created','event_id':'e','session':{'type':'realtime','id':'s1'}}");
		JsonNode session = client.hearType("session.update").path("session");
		assertThat(session.path("type").asString()).isEqualTo("realtime");
		assertThat(session.at("/audio/output/voice").asString()).isEqualTo("marin");
		assertThat(session.at("/tools/0/name").asString()).isEqualTo("weather");
		assertThat(session.path("instructions").asString("")).isEqualTo(instructions);
		client.say("{'type':'session.updated','event_id':'e','session':{'type':'realtime','id':'s1'}}");
		return client;
	}

	private static JsonNode hearItem(JsonPeer client) throws IOException {
		JsonNode item = client.hearType("conversation.item.create").path("item");
		client.say("{'type':'conversation.item.added','event_id':'e','previous_item_id':null,'item':" + item + "}",
				"{'type':'conversation.item.done','event_id':'e','previous_item_id':null,'item':" + item + "}");
		return item;
	}

	private static void hearQuestion(JsonPeer client, String text) throws IOException {
		assertThat(hearItem(client).at("/content/0/text").asString()).isEqualTo(text);
		client.hearType("response.create");
	}

	private static String created(int number) {
		return "{'type':'response.created','event_id':'e','response':{'id':'r" + number
				+ "','object':'realtime.response','status':'in_progress','status_details':null,'output':[],"
				+ "'usage':null}}";
	}

	private static String delta(int number, String type, String delta) {
		return "{'type':'response." + type + ".delta','event_id':'e','response_id':'r" + number + "','item_id':'i"
				+ number + "','output_index':0,'content_index':0,'delta':'" + delta + "'}";
	}

	private static String done(int number, String status, String details) {
		return "{'type':'response.done','event_id':'e','response':{'id':'r" + number + "','status':'" + status
				+ "','status_details':" + details + ",'output':[],'usage':{'total_tokens':5,'input_tokens':2,"
				+ "'output_tokens':3,'input_token_details':{'text_tokens':2},'output_token_details':"
				+ "{'text_tokens':3}}}}";
	}

	private static void answer(JsonPeer client, int number, String... deltas) throws IOException {
		client.say(created(number), "{'type':'conversation.item.added','event_id':'e','item':{'id':'i" + number
				+ "','type':'message','role':'assistant','status':'in_progress','content':[]}}");
		for (String delta : deltas) {
			client.say(delta(number, "output_text", delta));
		}
		client.say(done(number, "completed", "null"));
	}

	@Test
	void keyThatIsNotAcceptedFailsTheOpeningAtOnce() {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.request();
			connection.upgrade();
			JsonPeer client = new JsonPeer(connection, false);
			client.say("{'type':'error','event_id':'e','error':{'type':'invalid_request_error',"
					+ "'code':'invalid_api_key','message':'Incorrect API key provided: sk-test-s3cret.'}}");
			client.hearClose();
		})) {
			assertThatExceptionOfType(SessionSetupException.class)
				.isThrownBy(() -> talk(server, "/v1/realtime", (session, client) -> take(session)))
				.withMessageContaining("invalid_api_key")
				.withMessageContaining("Incorrect API key")
				.withMessageNotContaining("s3cret");
			assertThat(server.connections()).isOne();
		}
	}

	@Test
	void conversationInWritingWithATool() {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			JsonPeer client = greet(connection);
			hearQuestion(client, "Hello");
			answer(client, 1, "Hi ", "there");
			hearQuestion(client, "How is the weather?");
			client
				.say(created(2),
						"{'type':'response.output_item.added','event_id':'e','response_id':'r2','output_index':0,"
								+ "'item':{'id':'f1','type':'function_call','status':'in_progress','call_id':'c1',"
								+ "'name':'weather','arguments':''}}",
						"{'type':'response.function_call_arguments.delta','event_id':'e','response_id':'r2',"
								+ "'item_id':'f1','output_index':0,'call_id':'c1','delta':'{'}",
						call("response.function_call_arguments.done", "'item_id':'f1',", "}"),
						call("response.output_item.done",
								"'item':{'id':'f1','type':'function_call','status':'completed',", "}}"),
						done(2, "completed", "null"));
			JsonNode output = hearItem(client);
			assertThat(output.path("type").asString()).isEqualTo("function_call_output");
			assertThat(output.path("call_id").asString()).isEqualTo("c1");
			assertThat(output.path("output").asString()).isEqualTo("{\"sky\":\"clear over Oslo\"}");
			client.hearType("response.create");
			answer(client, 3, "Clear.");
			client.hearClose();
		})) {
			talk(server, "/v1/realtime", (session, client) -> {
				client.sendText("Hello");
				client.respond();
				assertThat(takeTurn(session)).extracting(StreamChunk::delta).containsExactly("Hi ", "there", "");
				assertThat(this.chunks.get(2).content()).isEqualTo("Hi there");
				assertThat(this.chunks.get(2).usage()).isEqualTo(new Usage(2, 3, 5, 2, 0, 0, 3, 0, 0));
				client.sendText("How is the weather?");
				client.respond();
				assertThat(takeTurn(session)).flatExtracting(StreamChunk::toolCalls)
					.singleElement()
					.satisfies((call) -> assertThat(call.arguments()).isEqualTo("{\"city\":\"Oslo\"}"));
				assertThat(this.chunks).last().extracting(StreamChunk::finishReason).isEqualTo(FinishReason.TOOL_CALLS);
				assertThat(takeTurn(session)).last().extracting(StreamChunk::content).isEqualTo("Clear.");
			});
		}
	}

	private static String call(String type, String before, String after) {
		return "{'type':'" + type + "','event_id':'e','response_id':'r2','output_index':0," + before
				+ "'call_id':'c1','name':'weather','arguments':'{\\'city\\':\\'Oslo\\'}'" + after;
	}

	@Test
	void conversationInSpeechThatTheUserInterrupts() {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			JsonPeer client = greet(connection);
			String audio = client.hearType("input_audio_buffer.append").path("audio").asString();
			assertThat(Base64.getDecoder().decode(audio)).isEqualTo(SPEECH);
			client.say("{'type':'input_audio_buffer.speech_started','event_id':'e','audio_start_ms':0,'item_id':'u1'}",
					"{'type':'input_audio_buffer.speech_stopped','event_id':'e','audio_end_ms':100,'item_id':'u1'}",
					"{'type':'input_audio_buffer.committed','event_id':'e','previous_item_id':null,'item_id':'u1'}",
					created(1), delta(1, "output_audio_transcript", "Once"),
					delta(1, "output_audio", Base64.getEncoder().encodeToString(SPEECH)),
					"{'type':'conversation.item.input_audio_transcription.completed','event_id':'e','item_id':'u1',"
							+ "'content_index':0,'transcript':'A story','usage':{'type':'duration','seconds':1}}",
					"{'type':'input_audio_buffer.speech_started','event_id':'e','audio_start_ms':150,'item_id':'u2'}",
					done(1, "cancelled", "{'type':'cancelled','reason':'turn_detected'}"));
			JsonNode truncate = client.hearType("conversation.item.truncate");
			assertThat(truncate.path("item_id").asString()).isEqualTo("i1");
			assertThat(truncate.path("content_index").asInt()).isZero();
			assertThat(truncate.path("audio_end_ms").asInt()).isEqualTo(40);
			client.say("{'type':'conversation.item.truncated','event_id':'e','item_id':'i1','content_index':0,"
					+ "'audio_end_ms':40}");
			client.hearClose();
		})) {
			talk(server, "/v1/realtime", (session, client) -> {
				client.sendAudio(SPEECH);
				assertThat(takeTurn(session)).extracting(StreamChunk::media)
					.filteredOn((media) -> media != null)
					.containsExactly(new MediaData(SPEECH, "audio/pcm", 24000, 1));
				assertThat(this.chunks).filteredOn((chunk) -> chunk.source().equals(RealtimeChunks.INPUT))
					.extracting(StreamChunk::content)
					.containsExactly("A story");
				assertThat(this.chunks).filteredOn(StreamChunk::interrupted).hasSize(1);
				assertThat(this.chunks).last().satisfies((chunk) -> {
					assertThat(chunk.finishReason()).isEqualTo(FinishReason.CANCELLED);
					assertThat(chunk.metadata()).containsEntry("reason", "turn_detected");
				});
				client.truncate(Duration.ofMillis(40));
			});
		}
	}

	@Test
	void conversationThatOutlivesItsConnections() {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			JsonPeer client = greet(connection);
			switch (connection.number()) {
				case 1 -> {
					hearQuestion(client, "Hello");
					answer(client, 1, "Hi");
					client.say("{'type':'error','event_id':'e','error':{'type':'invalid_request_error',"
							+ "'code':'session_expired','message':'Your session hit the maximum duration of 60 minutes.',"
							+ "'param':null,'event_id':null}}");
					client.close(1001, "Your session hit the maximum duration of 60 minutes.");
				}
				case 2 -> {
					assertReplayed(client, "input_text", "Hello");
					assertReplayed(client, "output_text", "Hi");
					hearQuestion(client, "Tell me more");
					client.say(created(2), delta(2, "output_text", "There was "));
					// Without a close frame
				}
				default -> {
					assertReplayed(client, "input_text", "Hello");
					assertReplayed(client, "output_text", "Hi");
					assertReplayed(client, "input_text", "Tell me more");
					assertReplayed(client, "output_text", "There was ");
					client.hearClose();
				}
			}
		})) {
			talk(server, "/v1/realtime", (session, client) -> {
				client.sendText("Hello");
				client.respond();
				assertThat(takeTurn(session)).hasSize(2);
				assertThat(take(session).error()).hasMessageContaining("session_expired");
				assertThat(take(session).reset()).isTrue();
				client.sendText("Tell me more");
				client.respond();
				assertThat(takeTurn(session)).hasSize(2);
				assertThat(this.chunks.get(1).metadata()).containsEntry(RealtimeChunks.REASON,
						RealtimeChunks.CONNECTION_LOST);
				assertThat(take(session).metadata()).containsEntry("replayed", 4);
				await().until(() -> session.state() == Session.State.OPEN);
			});
			assertThat(server.connections()).isEqualTo(3);
		}
	}

	@Test
	void imageAndQuestionBesideTheConversationAndChangeThatSticks() {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			if (connection.number() == 2) {
				JsonPeer client = greet(connection, "Speak German");
				assertReplayed(client, "input_text", "What do you see?");
				assertReplayed(client, "output_text", "Ein Bild");
				client.hearClose();
				return;
			}
			JsonPeer client = greet(connection);
			JsonNode image = hearItem(client).at("/content/0");
			assertThat(image.path("type").asString()).isEqualTo("input_image");
			assertThat(image.path("image_url").asString())
				.isEqualTo("data:image/png;base64," + Base64.getEncoder().encodeToString(SPEECH));
			JsonNode change = client.hearType("session.update").path("session");
			assertThat(change.path("instructions").asString()).isEqualTo("Speak German");
			client.say("{'type':'session.updated','event_id':'e','session':{'type':'realtime','id':'s1',"
					+ "'instructions':'Speak German'}}");
			hearQuestion(client, "What do you see?");
			client.say(created(1));
			JsonNode beside = client.hearType("response.create").path("response");
			assertThat(beside.path("conversation").asString()).isEqualTo("none");
			assertThat(beside.at("/input/0/content/0/text").asString()).isEqualTo("Which mood?");
			String response = "'response':{'id':'b1','object':'realtime.response','conversation_id':null,'metadata':"
					+ beside.path("metadata") + ",'output':[],'status':";
			client.say("{'type':'response.created','event_id':'e'," + response + "'in_progress'}}",
					"{'type':'response.output_text.delta','event_id':'e','response_id':'b1','item_id':'bi',"
							+ "'output_index':0,'content_index':0,'delta':'happy'}",
					"{'type':'response.done','event_id':'e'," + response + "'completed'}}",
					"{'type':'conversation.item.added','event_id':'e','item':{'id':'i1','type':'message',"
							+ "'role':'assistant','status':'in_progress','content':[]}}",
					delta(1, "output_text", "Ein Bild"), done(1, "completed", "null"));
			// Without a close frame
		})) {
			talk(server, "/v1/realtime", (session, client) -> {
				client.sendImage(new MediaData(SPEECH, "image/png", 0, 0));
				client.update(SessionChange.builder().instructions("Speak German").build());
				client.sendText("What do you see?");
				client.respond();
				Answer mood = client.ask("Which mood?",
						ResponseOptions.builder().outputModalities("text").outOfBand().build());
				assertThat(mood.text()).isEqualTo("happy");
				assertThat(takeTurn(session)).last().extracting(StreamChunk::content).isEqualTo("Ein Bild");
				await().until(() -> server.connections() == 2 && session.state() == Session.State.OPEN);
			});
		}
	}

	private static void assertReplayed(JsonPeer client, String type, String text) throws IOException {
		JsonNode content = hearItem(client).at("/content/0");
		assertThat(content.path("type").asString()).isEqualTo(type);
		assertThat(content.path("text").asString()).isEqualTo(text);
	}

}
