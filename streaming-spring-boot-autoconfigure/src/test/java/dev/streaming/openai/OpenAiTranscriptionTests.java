package dev.streaming.openai;

import java.net.URI;
import java.util.List;
import java.util.Map;

import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for sessions that only transcribe.
 */
class OpenAiTranscriptionTests extends AbstractOpenAiTests {

	private JsonNode setup() throws InterruptedException {
		return told("session.update").get(0).path("session");
	}

	@Test
	void setupHasOnlyTheInput() throws InterruptedException {
		this.openAi.tool(RealtimeTool.of("look", "Looks", (arguments) -> "seen")).transcribing();
		this.openAi.open((spec) -> spec.attribute(RealtimeAttributes.INSTRUCTIONS, "Be brief")
			.attribute(RealtimeAttributes.VOICE, "marin"));
		assertThat(this.openAi.transport().dials().get(0).request().uri())
			.isEqualTo(URI.create("wss://api.openai.com/v1/realtime?intent=transcription"));
		assertThat(setup().toString()).isEqualTo("{\"type\":\"transcription\",\"audio\":{\"input\":{"
				+ "\"transcription\":{\"model\":\"gpt-realtime-whisper\"},\"turn_detection\":null}}}");
	}

	@Test
	void settingsOfTheInputAreSent() throws InterruptedException {
		this.openAi
			.options((options) -> options.transcription(new Transcription("gpt-4o-transcribe", "en", null))
				.noiseReduction("near_field")
				.session((session) -> session.put("include", List.of("item.input_audio_transcription.logprobs"))))
			.transcribing();
		open();
		assertThat(setup().at("/audio/input/transcription/language").asString()).isEqualTo("en");
		assertThat(setup().at("/audio/input/noise_reduction/type").asString()).isEqualTo("near_field");
		assertThat(setup().at("/audio/input").has("turn_detection")).as("that of the provider").isFalse();
		assertThat(setup().at("/include/0").asString()).endsWith("logprobs");
	}

	@Test
	void settingsOfAnswersAreRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> OpenAiTranscription.options(OpenAiRealtimeOptions.builder().voice("marin").build()))
			.withMessageStartingWith("voice must not be set");
	}

	@Test
	void textsComeByItemWithTheirUsage() throws InterruptedException {
		this.openAi.transcribing();
		open();
		say("{'type':'conversation.item.input_audio_transcription.delta','item_id':'a','content_index':0,'delta':'Good '}",
				"{'type':'conversation.item.input_audio_transcription.delta','item_id':'b','content_index':0,'delta':'And'}",
				"{'type':'conversation.item.input_audio_transcription.completed','item_id':'a','content_index':0,"
						+ "'transcript':'Good morning','usage':{'type':'duration','seconds':1.5},"
						+ "'logprobs':[{'token':'Good','bytes':[1],'logprob':-0.25}],'languages':[{'code':'en'}]}");
		List<StreamChunk> chunks = heard();
		assertThat(chunks).extracting((chunk) -> chunk.metadata().get("item_id")).containsExactly("a", "b", "a");
		StreamChunk last = chunks.get(2);
		assertThat(last.content()).isEqualTo("Good morning");
		assertThat(last.delta()).isEqualTo("morning");
		assertThat(last.metadata()).containsEntry("final", true)
			.containsEntry("languages", "[{\"code\":\"en\"}]")
			.hasEntrySatisfying("logprobs", (value) -> assertThat(value.toString()).contains("-0.25"));
		assertThat(last.usage()).isNotNull().satisfies((usage) -> {
			assertThat(usage.audioSeconds()).isEqualTo(1.5);
			assertThat(usage.totalTokens()).isZero();
		});
	}

	// V3, where the application marks the turns
	@Test
	void transcriptOfACommittedTurnEndsItAtOnce() throws Exception {
		this.openAi.transcribing();
		RealtimeClient client = client();
		client.sendAudio(new byte[4800]);
		client.commitAudio();
		committed("u1");
		settle();
		assertThat(this.openAi.handler().responseInFlight()).isTrue();
		transcript("u1", "One");
		settle();
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	@Test
	void failureOfATranscriptEndsItsTurnToo() throws Exception {
		this.openAi.transcribing();
		RealtimeClient client = client();
		client.sendAudio(new byte[4800]);
		client.commitAudio();
		committed("u1");
		say("{'type':'conversation.item.input_audio_transcription.failed','item_id':'u1','content_index':0,"
				+ "'error':{'message':'Noise'}}");
		assertThat(heard()).singleElement().satisfies((chunk) -> assertThat(chunk.error()).isNotNull());
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

	@Test
	void nothingIsReplayed() throws Exception {
		this.openAi.transcribing();
		Session session = open();
		transcript("u1", "One");
		settle();
		assertDone(reconnecting(session));
		assertThat(this.openAi.types()).containsExactly("session.update");
	}

	@Test
	void purposeIsAddedToAnotherUrl() {
		assertThat(ModelQuery.withTranscription(URI.create("wss://host/openai/v1/realtime?model=a&api-version=1")))
			.isEqualTo(URI.create("wss://host/openai/v1/realtime?api-version=1&intent=transcription"));
		OpenAiRealtimeOptions azure = OpenAiTranscription
			.options(OpenAiRealtimeOptions.builder().azure(new AzureOpenAi("my-resource", "whisper")).build());
		assertThat(OpenAiTranscription.url(azure))
			.hasToString("wss://my-resource.openai.azure.com/openai/v1/realtime?intent=transcription");
		assertThat(azure.transcription()).isEqualTo(Transcription.of("whisper"));
	}

	@Test
	void sessionJoinsACallAndReplaysNothing() throws Exception {
		this.openAi.virtualTime();
		Session session = this.openAi.open((spec) -> spec.attribute(RealtimeAttributes.CALL_ID, "rtc_1"));
		assertThat(this.openAi.transport().dials().get(0).request().uri())
			.isEqualTo(URI.create("wss://api.openai.com/v1/realtime?call_id=rtc_1"));
		RealtimeClient client = RealtimeClient.of(session);
		client.sendText("Hello");
		say("{'type':'output_audio_buffer.started','response_id':'r1'}");
		assertThat(heard()).extracting(StreamChunk::metadata)
			.contains(Map.of("event", "output_audio_buffer.started", "response_id", "r1"));
		client.truncate(SECOND);
		assertThat(told("output_audio_buffer.clear")).hasSize(1);
		assertThat(told("conversation.item.truncate")).isEmpty();
		assertDone(reconnecting(session));
		assertThat(this.openAi.types()).containsExactly("session.update");
		assertThat(this.openAi.awaitReconnects(1).get(0).stateRestored()).isTrue();
	}

}
