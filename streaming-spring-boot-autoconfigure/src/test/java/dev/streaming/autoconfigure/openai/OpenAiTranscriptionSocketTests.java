package dev.streaming.autoconfigure.openai;

import java.io.IOException;
import java.util.Base64;

import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.autoconfigure.AbstractProviderSocketTests;
import dev.streaming.testsupport.JsonPeer;
import dev.streaming.testsupport.RawWebSocketConnection;
import dev.streaming.testsupport.RawWebSocketServer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A dictation over sockets, across a loss of the connection.
 */
class OpenAiTranscriptionSocketTests extends AbstractProviderSocketTests {

	private static final byte[] SPEECH = speech(4800);

	OpenAiTranscriptionSocketTests() {
		super(OpenAiRealtimeAutoConfiguration.class, PREFIX + "provider=openai-transcription",
				PREFIX + "openai.api-key=sk-test-s3cret");
	}

	private static void dictate(JsonPeer client, String item, String text) throws IOException {
		String audio = client.hearType("input_audio_buffer.append").path("audio").asString();
		assertThat(Base64.getDecoder().decode(audio)).isEqualTo(SPEECH);
		client.hearType("input_audio_buffer.commit");
		client.say(
				"{'type':'input_audio_buffer.committed','event_id':'e','previous_item_id':null,'item_id':'" + item
						+ "'}",
				"{'type':'conversation.item.input_audio_transcription.delta','event_id':'e','item_id':'" + item
						+ "','content_index':0,'delta':'" + text.substring(0, 2) + "'}",
				"{'type':'conversation.item.input_audio_transcription.completed','event_id':'e','item_id':'" + item
						+ "','content_index':0,'transcript':'" + text + "','usage':{'type':'duration','seconds':1.5}}");
	}

	private static JsonPeer greet(RawWebSocketConnection connection) throws IOException {
		RawWebSocketConnection.Request request = connection.request();
		assertThat(request.target()).isEqualTo("/v1/realtime?intent=transcription");
		assertThat(request.header("Authorization")).isEqualTo("Bearer sk-test-s3cret");
		connection.upgrade();
		JsonPeer client = new JsonPeer(connection, false);
		client.say("{'type':'session.created','event_id':'e','session':{'type':'transcription','id':'s1'}}");
		JsonNode session = client.hearType("session.update").path("session");
		assertThat(session.path("type").asString()).isEqualTo("transcription");
		assertThat(session.at("/audio/input/transcription/model").asString()).isEqualTo("gpt-realtime-whisper");
		assertThat(session.has("tools")).as("nobody calls tools").isFalse();
		client.say("{'type':'session.updated','event_id':'e','session':{'type':'transcription','id':'s1'}}");
		return client;
	}

	@Test
	void dictationIsNotRepeatedToTheNextConnection() {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			JsonPeer client = greet(connection);
			dictate(client, "i" + connection.number(), (connection.number() == 1) ? "Hello" : "Goodbye");
			if (connection.number() == 2) {
				client.hearClose();
			}
		})) {
			talk(server, "/v1/realtime", (session, client) -> {
				client.sendAudio(SPEECH);
				client.commitAudio();
				StreamChunk whole = takeWhole(session);
				assertThat(whole.content()).isEqualTo("Hello");
				assertThat(whole.delta()).isEqualTo("llo");
				assertThat(whole.usage().audioSeconds()).isEqualTo(1.5);
				await().until(() -> server.connections() == 2 && session.state() == Session.State.OPEN);
				client.sendAudio(SPEECH);
				client.commitAudio();
				assertThat(takeWhole(session).content()).isEqualTo("Goodbye");
			});
			assertThat(server.connections()).isEqualTo(2);
		}
	}

	private static StreamChunk takeWhole(Session session) throws InterruptedException {
		StreamChunk chunk = take(session);
		while (!Boolean.TRUE.equals(chunk.metadata().get("final"))) {
			assertThat(chunk.finishReason()).isNull();
			chunk = take(session);
		}
		return chunk;
	}

}
