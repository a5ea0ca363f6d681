package dev.streaming.sample.provider;

import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectionLostException;
import dev.streaming.realtime.Pcm;
import dev.streaming.sample.provider.Faults.Fate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "sample.provider.word-delay=20ms")
@Tag("socket")
class EmbeddedProviderTests {

	private static final String ITEM = """
			{"type":"conversation.item.create","item":{"type":"message","role":"user",
			"content":[{"type":"input_text","text":"%s"}]}}""";

	private static final String SETUP = """
			{"setup":{"model":"models/embedded","generationConfig":{"responseModalities":["TEXT"]},
			"sessionResumption":{%s}}}""";

	private static final String SPOKEN_SETUP = """
			{"setup":{"model":"models/embedded","generationConfig":{"responseModalities":["AUDIO"]},
			"inputAudioTranscription":{},"outputAudioTranscription":{}}}""";

	private static final String TURN = """
			{"clientContent":{"turns":[{"role":"user","parts":[{"text":"%s"}]}],"turnComplete":true}}""";

	@LocalServerPort
	private int port;

	@Autowired
	private EmbeddedProvider provider;

	@Test
	void openAiAnswersInOrder() throws Exception {
		try (ProviderSocket client = new ProviderSocket(this.port, "openai")) {
			assertThat(client.next().json().path("type").asString()).isEqualTo("session.created");
			client.send("""
					{"type":"session.update","session":{"type":"realtime","instructions":"Be kind."}}""");
			assertThat(client.type("session.updated").path("session").path("instructions").asString())
				.isEqualTo("Be kind.");
			client.send(ITEM.formatted("hello")).send("{\"type\":\"response.create\"}");
			List<JsonNode> events = client.untilType("rate_limits.updated");
			assertThat(events.stream().map((event) -> event.path("type").asString()).distinct()).containsExactly(
					"conversation.item.added", "conversation.item.done", "response.created",
					"response.output_item.added", "response.content_part.added", "response.output_text.delta",
					"response.output_text.done", "response.content_part.done", "response.output_item.done",
					"response.done", "rate_limits.updated");
			JsonNode response = events.get(events.size() - 2).path("response");
			assertThat(response.path("status").asString()).isEqualTo("completed");
			assertThat(response.path("usage").path("total_tokens").asInt()).isPositive();
			assertThat(response.path("output").get(0).path("content").get(0).path("text").asString())
				.isEqualTo(
						events.stream().map((event) -> event.path("delta").asString("")).collect(Collectors.joining()))
				.contains("“olleh”");
		}
	}

	@Test
	void openAiSendsErrors() throws Exception {
		try (ProviderSocket client = new ProviderSocket(this.port, "openai")) {
			client.send("{not json");
			assertThat(code(client.type("error"))).isEqualTo("invalid_json");
			client.send("{}");
			assertThat(code(client.type("error"))).isEqualTo("missing_required_parameter");
			client.send("{\"type\":\"make.tea\",\"event_id\":\"mine\"}");
			JsonNode unknown = client.type("error");
			assertThat(code(unknown)).isEqualTo("invalid_value");
			assertThat(unknown.path("error").path("event_id").asString()).isEqualTo("mine");
			client.send("{\"type\":\"conversation.item.create\"}");
			assertThat(code(client.type("error"))).isEqualTo("missing_required_parameter");
			client.send("{\"type\":\"response.cancel\"}");
			assertThat(code(client.type("error"))).isEqualTo("response_cancel_not_active");
			client.send("{\"type\":\"session.update\",\"session\":{\"type\":\"realtime\","
					+ "\"output_modalities\":[\"image\"]}}");
			assertThat(code(client.type("error"))).isEqualTo("invalid_value");
		}
	}

	@Test
	void openAiGivesOneAnswerAtATimeAndCancelsIt() throws Exception {
		try (ProviderSocket client = new ProviderSocket(this.port, "openai")) {
			client.send(ITEM.formatted("count to 500")).send("{\"type\":\"response.create\"}");
			client.type("response.output_text.delta");
			client.send("{\"type\":\"response.create\"}");
			assertThat(code(client.type("error"))).isEqualTo("conversation_already_has_active_response");
			client.send("{\"type\":\"response.cancel\"}");
			JsonNode response = client.type("response.done").path("response");
			assertThat(response.path("status").asString()).isEqualTo("cancelled");
			assertThat(response.path("status_details").path("reason").asString()).isEqualTo("client_cancelled");
			client.send("{\"type\":\"response.create\"}");
			client.type("response.created");
		}
	}

	@Test
	void openAiKeepsItsItems() throws Exception {
		try (ProviderSocket client = new ProviderSocket(this.port, "openai")) {
			client.send(ITEM.formatted("hello"));
			String id = client.type("conversation.item.done").path("item").path("id").asString();
			client.send("{\"type\":\"conversation.item.retrieve\",\"item_id\":\"" + id + "\"}");
			assertThat(client.type("conversation.item.retrieved").path("item").path("id").asString()).isEqualTo(id);
			client.send("{\"type\":\"conversation.item.delete\",\"item_id\":\"" + id + "\"}");
			client.type("conversation.item.deleted");
			client.send("{\"type\":\"conversation.item.retrieve\",\"item_id\":\"" + id + "\"}");
			assertThat(code(client.type("error"))).isEqualTo("item_not_found");
		}
	}

	@Test
	void geminiAnswersInBinaryFrames() throws Exception {
		try (ProviderSocket client = new ProviderSocket(this.port, "gemini")) {
			client.send(SETUP.formatted(""));
			ProviderSocket.Frame complete = client.next();
			assertThat(complete.binary()).isTrue();
			assertThat(complete.json().path("setupComplete").isObject()).isTrue();
			client.send(TURN.formatted("hello"));
			assertThat(client.next().json().path("sessionResumptionUpdate").path("resumable").asBoolean(true))
				.isFalse();
			List<JsonNode> messages = client.until(EmbeddedProviderTests::isTurnComplete);
			assertThat(textOf(messages)).startsWith("You said “hello”").endsWith("“olleh”.");
			assertThat(messages.get(messages.size() - 2).path("serverContent").path("generationComplete").asBoolean())
				.isTrue();
			assertThat(messages.get(messages.size() - 1).path("usageMetadata").path("totalTokenCount").asInt())
				.isPositive();
		}
	}

	@Test
	void geminiResumesByHandle() throws Exception {
		String handle;
		try (ProviderSocket client = new ProviderSocket(this.port, "gemini")) {
			client.send(SETUP.formatted("")).send(TURN.formatted("one"));
			List<JsonNode> messages = client
				.until((message) -> message.path("sessionResumptionUpdate").path("resumable").asBoolean(false));
			handle = messages.get(messages.size() - 1).path("sessionResumptionUpdate").path("newHandle").asString();
		}
		try (ProviderSocket client = new ProviderSocket(this.port, "gemini")) {
			client.send(SETUP.formatted("\"handle\":\"" + handle + "\"")).send(TURN.formatted("two"));
			assertThat(textOf(client.until(EmbeddedProviderTests::isTurnComplete))).contains("before that “one”");
		}
		try (ProviderSocket client = new ProviderSocket(this.port, "gemini")) {
			client.send(SETUP.formatted("\"handle\":\"made-up\""));
			assertThat(client.closeCode()).isEqualTo(1007);
		}
	}

	@Test
	void geminiTakesTheHistoryWithoutAnswering() throws Exception {
		try (ProviderSocket client = new ProviderSocket(this.port, "gemini")) {
			client.send("{\"setup\":{\"model\":\"m\",\"generationConfig\":{\"responseModalities\":[\"TEXT\"]},"
					+ "\"historyConfig\":{\"initialHistoryInClientContent\":true}}}");
			client.send(TURN.formatted("one")).send("{\"realtimeInput\":{\"text\":\"two\"}}");
			List<JsonNode> messages = client.until(EmbeddedProviderTests::isTurnComplete);
			assertThat(textOf(messages)).startsWith("You said “two”, and before that “one”.");
		}
	}

	@Test
	void geminiIsInterrupted() throws Exception {
		try (ProviderSocket client = new ProviderSocket(this.port, "gemini")) {
			client.send(SETUP.formatted("")).send(TURN.formatted("count to 500"));
			client.until((message) -> message.path("serverContent").has("modelTurn"));
			client.send(TURN.formatted("hello"));
			client.until((message) -> message.path("serverContent").path("interrupted").asBoolean(false));
			assertThat(isTurnComplete(client.next().json())).isTrue();
			assertThat(textOf(client.until(EmbeddedProviderTests::isTurnComplete))).startsWith("You said “hello”");
		}
	}

	@Test
	void geminiAnswersSpeechAndIsInterruptedBySpeech() throws Exception {
		try (ProviderSocket client = new ProviderSocket(this.port, "gemini")) {
			client.send(SPOKEN_SETUP);
			speak(client);
			List<JsonNode> messages = client.until((message) -> message.path("serverContent").has("modelTurn"));
			assertThat(messages)
				.extracting((message) -> message.path("voiceActivity").path("voiceActivityType").asString())
				.containsSubsequence("ACTIVITY_START", "ACTIVITY_END");
			assertThat(messages).anyMatch((message) -> message.at("/serverContent/inputTranscription/text")
				.asString("")
				.contains("seconds of speech"));
			JsonNode part = messages.get(messages.size() - 1).at("/serverContent/modelTurn/parts/0/inlineData");
			assertThat(part.path("mimeType").asString()).isEqualTo("audio/pcm;rate=24000");
			assertThat(Base64.getDecoder().decode(part.path("data").asString())).isNotEmpty();
			speak(client);
			client.until((message) -> message.path("serverContent").path("interrupted").asBoolean(false));
			messages = client
				.until((message) -> message.path("serverContent").path("generationComplete").asBoolean(false));
			assertThat(messages.stream()
				.map((message) -> message.at("/serverContent/outputTranscription/text").asString(""))
				.collect(Collectors.joining())).startsWith("I heard you.");
		}
	}

	@Test
	void geminiParrotsTheVoice() throws Exception {
		try (ProviderSocket client = new ProviderSocket(this.port, "gemini")) {
			client.send(SPOKEN_SETUP).send(TURN.formatted("parrot"));
			client.until(EmbeddedProviderTests::isTurnComplete);
			int spoken = speak(client);
			int heard = client.until(EmbeddedProviderTests::isTurnComplete)
				.stream()
				.map((message) -> message.at("/serverContent/modelTurn/parts/0/inlineData/data").asString(""))
				.mapToInt((data) -> Base64.getDecoder().decode(data).length)
				.sum();
			// Two samples in 16 kHz are three in 24 kHz; silence around the words is
			// heard too
			assertThat(heard).isBetween(spoken * 3 / 2 - 24_000, spoken * 3 / 2 + 48_000);
		}
	}

	@Test
	void faultsMeetTheirVisitorOnly() throws Exception {
		try (ProviderSocket ann = new ProviderSocket(this.port, "openai", "ann");
				ProviderSocket bob = new ProviderSocket(this.port, "openai", "bob")) {
			ann.type("session.created");
			bob.type("session.created");
			this.provider.next("ann", Fate.FLOOD);
			assertThat(answer(bob)).doesNotContain("3000");
			assertThat(answer(ann)).endsWith(" 2999 3000");
			this.provider.next("ann", Fate.NEVER);
			assertThat(answer(bob)).contains("“hello”");
			ann.send("{\"type\":\"response.create\"}").send("{\"type\":\"response.cancel\"}");
			assertThat(code(ann.type("error"))).isEqualTo("response_cancel_not_active");
			this.provider.dropInNextAnswer("ann");
			assertThat(answer(bob)).contains("“hello”");
			assertThat(this.provider.dropIsDue("ann")).isTrue();
			assertThat(this.provider.refuse("ann", Duration.ofMinutes(1), HttpStatus.UNAUTHORIZED)).isEqualTo(1);
			assertThat(this.provider.refusal("ann")).hasValue(HttpStatus.UNAUTHORIZED);
			assertThat(this.provider.refusal("bob")).isEmpty();
			assertThat(this.provider.refusal(null)).isEmpty();
			assertThat(answer(bob)).contains("“hello”");
			assertThat(this.provider.retire("ann")).isZero();
			assertThat(this.provider.freeze("bob")).isEqualTo(1);
		}
	}

	@Test
	void faultOfEverybodyMeetsOneVisitor() {
		this.provider.dropInNextAnswer(null);
		assertThat(this.provider.dropIsDue("ann")).isTrue();
		assertThat(this.provider.dropIsDue("bob")).isFalse();
		this.provider.next(null, Fate.NEVER);
		assertThat(this.provider.takeNext("bob")).isEqualTo(Fate.NEVER);
		assertThat(this.provider.takeNext("ann")).isEqualTo(Fate.GIVEN);
	}

	private static String answer(ProviderSocket client) throws InterruptedException {
		client.send(ITEM.formatted("hello")).send("{\"type\":\"response.create\"}");
		return client.type("response.output_text.done").path("text").asString();
	}

	/** Says some words and is silent; returns how many bytes the words were. */
	private static int speak(ProviderSocket client) {
		byte[] words = Pcm.resample(SpokenWords.speak("Good morning, everybody."), Synthesizer.SAMPLE_RATE, 16_000);
		for (byte[] audio : List.of(words, new byte[32_000])) {
			for (int from = 0; from < audio.length; from += 16_000) {
				byte[] piece = Arrays.copyOfRange(audio, from, Math.min(audio.length, from + 16_000));
				client.send("{\"realtimeInput\":{\"audio\":{\"mimeType\":\"audio/pcm;rate=16000\",\"data\":\""
						+ Base64.getEncoder().encodeToString(piece) + "\"}}}");
			}
		}
		return words.length;
	}

	@Test
	void geminiClosesOnWhatItDoesNotUnderstand() throws Exception {
		try (ProviderSocket client = new ProviderSocket(this.port, "gemini")) {
			client.send(TURN.formatted("hello"));
			assertThat(client.closeCode()).isEqualTo(1007);
		}
		try (ProviderSocket client = new ProviderSocket(this.port, "gemini")) {
			client.send("{\"setup\":{\"model\":\"m\",\"generationConfig\":{\"responseModalities\":[\"IMAGE\"]}}}");
			assertThat(client.closeCode()).isEqualTo(1007);
		}
		try (ProviderSocket client = new ProviderSocket(this.port, "gemini")) {
			client.send(SETUP.formatted("")).send("{\"make\":\"tea\"}");
			assertThat(client.closeCode()).isEqualTo(1007);
		}
	}

	@Test
	void conversationRemembersTheLastThings() throws Exception {
		try (ProviderSocket client = new ProviderSocket(this.port, "openai")) {
			client.send(ITEM.formatted("first"));
			String first = client.type("conversation.item.done").path("item").path("id").asString();
			for (int i = 1; i < Conversation.REMEMBERED; i++) {
				client.send(ITEM.formatted("more"));
				client.type("conversation.item.done");
			}
			client.send("{\"type\":\"conversation.item.retrieve\",\"item_id\":\"" + first + "\"}");
			assertThat(client.type("conversation.item.retrieved").path("item").path("id").asString()).isEqualTo(first);
			client.send(ITEM.formatted("too much"));
			client.type("conversation.item.done");
			client.send("{\"type\":\"conversation.item.retrieve\",\"item_id\":\"" + first + "\"}");
			assertThat(code(client.type("error"))).isEqualTo("item_not_found");
		}
	}

	@Test
	void geminiConversationRemembersTheLastThings() throws Exception {
		try (ProviderSocket client = new ProviderSocket(this.port, "gemini")) {
			client.send(SETUP.formatted(""));
			String turn = TURN.formatted("more").replace("\"turnComplete\":true", "\"turnComplete\":false");
			for (int i = 0; i < Conversation.REMEMBERED * 2; i++) {
				client.send(turn);
			}
			client.send(TURN.formatted("last"));
			List<JsonNode> messages = client.until(EmbeddedProviderTests::isTurnComplete);
			// One word each
			assertThat(messages.get(messages.size() - 1).path("usageMetadata").path("promptTokenCount").asInt())
				.isLessThan(Conversation.REMEMBERED * 2);
		}
	}

	@Test
	void messageBeyondTheLimitEndsTheConnection() throws Exception {
		try (ProviderSocket client = new ProviderSocket(this.port, "openai")) {
			client.send(ITEM.formatted("x".repeat(100_000)));
			client.type("conversation.item.done");
			client.send(ITEM.formatted("x".repeat(140_000)));
			assertThat(client.closeCode()).isEqualTo(1009);
		}
	}

	@Test
	void clientsBeyondTheLimitAreRefused() {
		EmbeddedProvider crowded = new EmbeddedProvider(new EmbeddedProviderProperties(true, Duration.ZERO));
		try {
			for (int i = 0; i < EmbeddedProvider.MAX_CLIENTS; i++) {
				assertThat(crowded.refusal(null)).isEmpty();
				crowded.add(mock(Conversation.class));
			}
			assertThat(crowded.refusal(null)).hasValue(HttpStatus.SERVICE_UNAVAILABLE);
		}
		finally {
			crowded.destroy();
		}
	}

	/**
	 * With the library's own connection: the JDK's client now and then misses an end.
	 */
	@Test
	void dropHasNoCloseFrame() throws Exception {
		ConnConfig config = ConnConfig.builder("ws://localhost:" + this.port + "/provider/gemini").build();
		try (Conn client = Conn.create(config)) {
			client.connect();
			client.sendRaw(SETUP.formatted(""));
			client.receive();
			assertThat(this.provider.drop(null)).isPositive();
			assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(client::receive)
				.satisfies((lost) -> assertThat(lost.closeStatus().getCode()).isEqualTo(1006));
		}
	}

	private static String code(JsonNode error) {
		return error.path("error").path("code").asString();
	}

	private static boolean isTurnComplete(JsonNode message) {
		return message.path("serverContent").path("turnComplete").asBoolean(false);
	}

	private static String textOf(List<JsonNode> messages) {
		return messages.stream()
			.flatMap((message) -> message.path("serverContent").path("modelTurn").path("parts").values().stream())
			.map((part) -> part.path("text").asString())
			.collect(Collectors.joining());
	}

}
