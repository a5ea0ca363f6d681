package dev.streaming.autoconfigure.gemini;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.streaming.FinishReason;
import dev.streaming.MediaData;
import dev.streaming.Session;
import dev.streaming.SessionSetupException;
import dev.streaming.StreamChunk;
import dev.streaming.Usage;
import dev.streaming.autoconfigure.AbstractProviderSocketTests;
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
 * Whole conversations of an application with Gemini's side of the protocol, over sockets.
 */
class GeminiLiveSocketTests extends AbstractProviderSocketTests {

	private static final byte[] SPEECH = speech(3200);

	GeminiLiveSocketTests() {
		super(GeminiLiveAutoConfiguration.class, PREFIX + "provider=gemini-live", PREFIX + "gemini.api-key=AIza-s3cret",
				PREFIX + "gemini.model=gemini-2.5-flash-live", PREFIX + "gemini.voice=Kore");
	}

	private static JsonPeer greet(RawWebSocketConnection connection) throws IOException {
		RawWebSocketConnection.Request request = connection.request();
		assertThat(request.target()).isEqualTo("/ws/live");
		assertThat(request.header("x-goog-api-key")).isEqualTo("AIza-s3cret");
		connection.upgrade();
		return new JsonPeer(connection, true);
	}

	/** Hear the setup, and return the handle that it has. */
	private static String hearSetup(JsonPeer client) throws IOException {
		JsonNode setup = client.hear("/setup");
		assertThat(setup.path("model").asString()).isEqualTo("models/gemini-2.5-flash-live");
		assertThat(setup.at("/generationConfig/responseModalities/0").asString()).isEqualTo("AUDIO");
		assertThat(setup.at("/generationConfig/speechConfig/voiceConfig/prebuiltVoiceConfig/voiceName").asString())
			.isEqualTo("Kore");
		assertThat(setup.at("/tools/0/functionDeclarations/0/name").asString()).isEqualTo("weather");
		return setup.at("/sessionResumption/handle").asString("");
	}

	private static JsonPeer start(RawWebSocketConnection connection) throws IOException {
		JsonPeer client = greet(connection);
		assertThat(hearSetup(client)).isEmpty();
		client.say("{'setupComplete':{}}");
		return client;
	}

	private static void hearQuestion(JsonPeer client, String text) throws IOException {
		JsonNode content = client.hear("/clientContent");
		assertThat(content.at("/turns/0/role").asString()).isEqualTo("user");
		assertThat(content.at("/turns/0/parts/0/text").asString()).isEqualTo(text);
		assertThat(content.path("turnComplete").asBoolean()).isFalse();
		assertThat(client.hear("/clientContent/turnComplete").asBoolean()).isTrue();
	}

	private static String spoken(String text) {
		return "{'serverContent':{'outputTranscription':{'text':'" + text + "'}}}";
	}

	private static String end(String more) {
		return "{'serverContent':{'turnComplete':true},'usageMetadata':{'promptTokenCount':2,'responseTokenCount':3,"
				+ "'totalTokenCount':5}" + more + "}";
	}

	private static String handle(String handle) {
		return ",'sessionResumptionUpdate':{'newHandle':'" + handle + "','resumable':true}";
	}

	@Test
	void setupThatIsNotAcceptedFailsTheOpeningAtOnce() {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			JsonPeer client = greet(connection);
			hearSetup(client);
			client.close(1007, "API key not valid. Please pass a valid API key.");
		})) {
			assertThatExceptionOfType(SessionSetupException.class)
				.isThrownBy(() -> talk(server, "/ws/live", (session, client) -> take(session)))
				.withMessageContaining("1007")
				.withMessageContaining("API key not valid");
			assertThat(server.connections()).isOne();
		}
	}

	@Test
	void conversationWithATool() {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			JsonPeer client = start(connection);
			hearQuestion(client, "Hello");
			client.say(spoken("Hi "), spoken("there"), "{'serverContent':{'generationComplete':true}}", end(""));
			hearQuestion(client, "How is the weather?");
			client.say("{'toolCall':{'functionCalls':[{'id':'f1','name':'weather','args':{'city':'Oslo'}},"
					+ "{'id':'f2','name':'weather','args':{'city':'Rome'}}]}}");
			List<String> results = new ArrayList<>();
			for (int i = 0; i < 2; i++) {
				JsonNode response = client.hear("/toolResponse/functionResponses/0");
				assertThat(response.path("name").asString()).isEqualTo("weather");
				results.add(response.path("id").asString() + response.path("response"));
			}
			assertThat(results).containsExactlyInAnyOrder("f1{\"sky\":\"clear over Oslo\"}",
					"f2{\"sky\":\"clear over Rome\"}");
			client.say(spoken("Clear."), end(""));
			client.hearClose();
		})) {
			talk(server, "/ws/live", (session, client) -> {
				client.sendText("Hello");
				client.respond();
				assertThat(takeTurn(session)).extracting(StreamChunk::delta).containsExactly("Hi ", "there", "", "");
				assertThat(this.chunks.get(3).content()).isEqualTo("Hi there");
				assertThat(this.chunks.get(3).usage()).isEqualTo(new Usage(2, 3, 5));
				client.sendText("How is the weather?");
				client.respond();
				assertThat(takeTurn(session)).flatExtracting(StreamChunk::toolCalls).hasSize(2);
				assertThat(this.chunks).last().satisfies((chunk) -> {
					assertThat(chunk.content()).isEqualTo("Clear.");
					assertThat(chunk.finishReason()).isEqualTo(FinishReason.STOP);
				});
			});
		}
	}

	@Test
	void conversationInSpeechThatTheUserInterrupts() {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			JsonPeer client = start(connection);
			JsonNode audio = client.hear("/realtimeInput/audio");
			assertThat(audio.path("mimeType").asString()).isEqualTo("audio/pcm;rate=16000");
			assertThat(Base64.getDecoder().decode(audio.path("data").asString())).isEqualTo(SPEECH);
			assertThat(client.hear("/realtimeInput/audioStreamEnd").asBoolean()).isTrue();
			String data = Base64.getEncoder().encodeToString(SPEECH);
			client.say("{'serverContent':{'inputTranscription':{'text':'A story'}}}",
					"{'serverContent':{'modelTurn':{'role':'model','parts':[{'inlineData':{'mimeType':"
							+ "'audio/pcm;rate=24000','data':'" + data + "'}},{'inlineData':{'mimeType':"
							+ "'audio/pcm;rate=24000','data':'AQI='}}]},'outputTranscription':{'text':'Once'}}}",
					"{'serverContent':{'interrupted':true}}", end(""));
			client.hearClose();
		})) {
			talk(server, "/ws/live", (session, client) -> {
				client.sendAudio(SPEECH);
				client.commitAudio();
				assertThat(takeTurn(session)).extracting(StreamChunk::media)
					.filteredOn((media) -> media != null)
					.containsExactly(new MediaData(SPEECH, "audio/pcm", 24000, 1),
							new MediaData(new byte[] { 1, 2 }, "audio/pcm", 24000, 1));
				assertThat(this.chunks.get(0)).satisfies((chunk) -> {
					assertThat(chunk.source()).isEqualTo(RealtimeChunks.INPUT);
					assertThat(chunk.content()).isEqualTo("A story");
				});
				assertThat(this.chunks).filteredOn(StreamChunk::interrupted).hasSize(1);
				assertThat(this.chunks).last().extracting(StreamChunk::finishReason).isEqualTo(FinishReason.CANCELLED);
			});
		}
	}

	@Test
	void conversationThatOutlivesItsConnections() {
		AtomicBoolean left = new AtomicBoolean();
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			switch (connection.number()) {
				case 1 -> {
					JsonPeer client = start(connection);
					hearQuestion(client, "Hello");
					client.say("{'goAway':{'timeLeft':'20s'}}", "{'sessionResumptionUpdate':{'resumable':false}}",
							spoken("Hi"), end(handle("h1")));
					client.hearClose();
					left.set(true);
				}
				case 2 -> {
					assertThat(left).as("the old connection is closed").isTrue();
					JsonPeer client = greet(connection);
					assertThat(hearSetup(client)).isEqualTo("h1");
					client.say("{'setupComplete':{}}");
					hearQuestion(client, "Tell me more");
					client.say(spoken("There was "));
					// Without a close frame
				}
				case 3 -> {
					JsonPeer client = greet(connection);
					assertThat(hearSetup(client)).isEqualTo("h1");
					client.close(1007, "Request contains an invalid argument.");
				}
				default -> {
					JsonPeer client = start(connection);
					JsonNode content = client.hear("/clientContent");
					assertThat(content.path("turnComplete").asBoolean()).isFalse();
					assertThat(content.path("turns").findValuesAsString("text")).containsExactly("Hello", "Hi",
							"Tell me more", "There was ");
					assertThat(content.path("turns").findValuesAsString("role")).containsExactly("user", "model",
							"user", "model");
					client.hearClose();
				}
			}
		})) {
			talk(server, "/ws/live", (session, client) -> {
				client.sendText("Hello");
				client.respond();
				assertThat(takeTurn(session)).last().extracting(StreamChunk::content).isEqualTo("Hi");
				await().until(() -> server.connections() == 2 && session.state() == Session.State.OPEN);
				client.sendText("Tell me more");
				client.respond();
				assertThat(takeTurn(session)).hasSize(2);
				assertThat(this.chunks.get(1).metadata()).containsEntry(RealtimeChunks.REASON,
						RealtimeChunks.CONNECTION_LOST);
				assertThat(take(session)).satisfies((chunk) -> {
					assertThat(chunk.reset()).isTrue();
					assertThat(chunk.metadata()).containsEntry("replayed", 4);
				});
				await().until(() -> session.state() == Session.State.OPEN);
			});
			assertThat(server.connections()).isEqualTo(4);
		}
	}

	@Test
	void imageAndChangeThatTakesANewConnection() {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			if (connection.number() == 2) {
				JsonPeer client = greet(connection);
				JsonNode setup = client.hear("/setup");
				assertThat(setup.at("/systemInstruction/parts/0/text").asString()).isEqualTo("Speak German");
				assertThat(setup.at("/sessionResumption/handle").asString()).isEqualTo("h1");
				client.say("{'setupComplete':{}}");
				client.hearClose();
				return;
			}
			JsonPeer client = start(connection);
			JsonNode frame = client.hear("/realtimeInput/video");
			assertThat(frame.path("mimeType").asString()).isEqualTo("image/jpeg");
			assertThat(Base64.getDecoder().decode(frame.path("data").asString())).isEqualTo(SPEECH);
			hearQuestion(client, "What do you see?");
			client.say(spoken("A picture"), end(handle("h1")));
			client.hearClose();
		})) {
			talk(server, "/ws/live", (session, client) -> {
				client.sendImage(new MediaData(SPEECH, "image/jpeg", 0, 0));
				client.sendText("What do you see?");
				client.respond();
				assertThat(takeTurn(session)).last().extracting(StreamChunk::content).isEqualTo("A picture");
				ResponseOptions beside = ResponseOptions.builder().outOfBand().build();
				assertThatExceptionOfType(UnsupportedOperationException.class)
					.isThrownBy(() -> client.ask("Which mood?", beside))
					.withMessageContaining("outOfBand");
				client.update(SessionChange.builder().instructions("Speak German").build());
				await().until(() -> server.connections() == 2 && session.state() == Session.State.OPEN);
			});
		}
	}

}
