package dev.streaming.autoconfigure.openai;

import java.io.IOException;
import java.util.Base64;
import java.util.List;

import dev.streaming.FinishReason;
import dev.streaming.MediaData;
import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.autoconfigure.AbstractProviderSocketTests;
import dev.streaming.realtime.RealtimeChunks;
import dev.streaming.testsupport.JsonPeer;
import dev.streaming.testsupport.RawWebSocketConnection;
import dev.streaming.testsupport.RawWebSocketServer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A whole conversation of an application with GPT-Live's side of the protocol, over
 * sockets.
 */
class OpenAiLiveSocketTests extends AbstractProviderSocketTests {

	private static final byte[] SPEECH = speech(4800);

	OpenAiLiveSocketTests() {
		super(OpenAiRealtimeAutoConfiguration.class, PREFIX + "provider=openai-live",
				PREFIX + "openai.api-key=sk-test-s3cret", PREFIX + "openai.voice=marin",
				PREFIX + "openai.delegation.model=gpt-work");
	}

	private static JsonPeer greet(RawWebSocketConnection connection, List<String> history) throws IOException {
		RawWebSocketConnection.Request request = connection.request();
		assertThat(request.target()).isEqualTo("/v1/live/sessions");
		assertThat(request.header("Authorization")).isEqualTo("Bearer sk-test-s3cret");
		connection.upgrade();
		JsonPeer client = new JsonPeer(connection, false);
		JsonNode session = client.hearType("session.start").path("session");
		assertThat(session.path("model").asString()).isEqualTo("gpt-live-1");
		assertThat(session.at("/audio/output/voice").asString()).isEqualTo("marin");
		assertThat(session.at("/delegation/responses/model").asString()).isEqualTo("gpt-work");
		assertThat(session.at("/delegation/responses/tools/0/name").asString()).isEqualTo("weather");
		assertThat(session.path("input").findValuesAsString("text")).containsExactlyElementsOf(history);
		client.say("{'type':'session.started','event_id':'e','session':{'id':'live_1','model':'gpt-live-1'}}");
		return client;
	}

	private static String transcript(String side, String text, int start, int end) {
		return "{'type':'session." + side + "_transcript.delta','event_id':'e','delta':'" + text + "','start_ms':"
				+ start + ",'end_ms':" + end + "}";
	}

	private static String envelope(String event) {
		return "{'type':'response.event','event_id':'e','delegation_id':'d1','event':" + event + "}";
	}

	@Test
	void conversationInSpeechWithAToolThatOutlivesItsConnection() {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			if (connection.number() == 2) {
				greet(connection, List.of("How is the weather?", "Clear.", "Go out!")).hearClose();
				return;
			}
			JsonPeer client = greet(connection, List.of());
			String audio = client.hearType("session.input_audio.append").path("audio").asString();
			assertThat(Base64.getDecoder().decode(audio)).isEqualTo(SPEECH);
			client.say(transcript("input", "How is the weather?", 0, 700),
					"{'type':'session.delegation.created','event_id':'e','offset_ms':700,"
							+ "'delegation':{'id':'d1','type':'delegation','target':'responses'}}",
					envelope("{'type':'response.created','response':{'id':'r'}}"),
					envelope("{'type':'response.output_item.done','item':{'type':'function_call','id':'f1',"
							+ "'status':'completed','call_id':'c1','name':'weather',"
							+ "'arguments':'{\\'city\\':\\'Oslo\\'}'}}"),
					envelope("{'type':'response.completed','response':{'id':'r'}}"));
			JsonNode output = client.hearType("response.item.create").path("item");
			assertThat(output.path("call_id").asString()).isEqualTo("c1");
			assertThat(output.path("output").asString()).isEqualTo("{\"sky\":\"clear over Oslo\"}");
			client.hearType("response.create");
			client.say(
					"{'type':'session.output_audio.delta','event_id':'e','delta':'"
							+ Base64.getEncoder().encodeToString(SPEECH) + "'}",
					transcript("output", "Clear.", 900, 1500), transcript("output", "Go out!", 2600, 3000),
					"{'type':'session.usage.updated','event_id':'e','usage':{'seconds':3.5}}");
			// Without a close frame
		})) {
			talk(server, "/v1/live/sessions", (session, client) -> {
				client.sendAudio(SPEECH);
				assertThat(takeTurn(session)).flatExtracting(StreamChunk::toolCalls)
					.singleElement()
					.satisfies((call) -> assertThat(call.arguments()).isEqualTo("{\"city\":\"Oslo\"}"));
				assertThat(this.chunks).filteredOn((chunk) -> chunk.source().equals(RealtimeChunks.INPUT))
					.extracting(StreamChunk::content)
					.contains("How is the weather?");
				assertThat(this.chunks).extracting(StreamChunk::media)
					.contains(new MediaData(SPEECH, "audio/pcm", 24000, 1));
				assertThat(this.chunks).last().satisfies((chunk) -> {
					assertThat(chunk.content()).isEqualTo("Clear.");
					assertThat(chunk.finishReason()).isEqualTo(FinishReason.STOP);
				});
				assertThat(takeTurn(session)).filteredOn((chunk) -> chunk.usage() != null)
					.extracting((chunk) -> chunk.usage().audioSeconds())
					.containsExactly(3.5);
				assertThat(this.chunks).last()
					.extracting((chunk) -> chunk.metadata().get(RealtimeChunks.REASON))
					.isEqualTo(RealtimeChunks.CONNECTION_LOST);
				await().until(() -> session.state() == Session.State.OPEN);
			});
			assertThat(server.connections()).isEqualTo(2);
		}
	}

}
