package dev.streaming.openai;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.openai.core.ObjectMappers;
import com.openai.models.realtime.ConversationItemCreateEvent;
import com.openai.models.realtime.RealtimeClientEvent;
import com.openai.models.realtime.RealtimeConversationItemUserMessage;
import com.openai.models.realtime.RealtimeConversationItemUserMessage.Content;
import com.openai.models.realtime.RealtimeResponseCreateParams;
import com.openai.models.realtime.RealtimeServerEvent;
import com.openai.models.realtime.ResponseCreateEvent;
import dev.streaming.MediaData;
import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.ResponseOptions;
import dev.streaming.realtime.Role;
import dev.streaming.realtime.SessionChange;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for events of openai-java, which are sent as their JSON.
 */
class OpenAiSdkTests extends AbstractOpenAiTests {

	private static final Content TEXT = Content.builder().text("Hello").type(Content.Type.INPUT_TEXT).build();

	private static ConversationItemCreateEvent item() {
		return ConversationItemCreateEvent.builder()
			.eventId("mine")
			.item(RealtimeConversationItemUserMessage.builder().content(List.of(TEXT)).build())
			.build();
	}

	@Test
	void eventsAreSentAsTheirJson() throws InterruptedException {
		Session session = open();
		session.send(RealtimeClientEvent.ofConversationItemCreate(item()));
		session.send(item());
		session.send(RealtimeClientEvent.ofResponseCreate(ResponseCreateEvent.builder().build()));
		assertThat(told(ITEM)).hasSize(2).allSatisfy((event) -> {
			assertThat(event.path("event_id").asString()).isEqualTo("mine");
			assertThat(event.at("/item/role").asString()).isEqualTo("user");
			assertThat(event.at("/item/content/0/text").asString()).isEqualTo("Hello");
			assertThat(event.at("/item/content/0/type").asString()).isEqualTo("input_text");
			assertThat(event.size()).isEqualTo(3);
		});
		assertThat(told(CREATE)).hasSize(1);
		answer("r1", "Hi");
		assertThat(heard()).extracting(StreamChunk::delta).contains("Hi");
	}

	@Test
	void eventsInOtherObjectsAreSentAsTheirJson() throws InterruptedException {
		Session session = open();
		session.send(Map.of("type", "conversation.item.create", "item", item().item()));
		assertThat(told(ITEM)).singleElement()
			.extracting((event) -> event.at("/item/content/0/text").asString())
			.isEqualTo("Hello");
	}

	// The SDK would send the same
	@Test
	void eventsOfThisLibraryAreValid() throws Exception {
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		client.sendText("Hello");
		client.sendAudio(new byte[480]);
		client.commitAudio();
		client.respond();
		created("r1");
		audio("r1", "i1", 4800);
		settle();
		client.cancel();
		client.truncate(Duration.ofMillis(10));
		settle();
		List<JsonNode> sent = sent();
		assertThat(sent).hasSizeGreaterThan(5);
		for (JsonNode event : sent) {
			RealtimeClientEvent read = ObjectMappers.jsonMapper()
				.readValue(event.toString(), RealtimeClientEvent.class);
			assertThat(read.isValid()).as(event.toString()).isTrue();
		}
	}

	@Test
	void typedCallsOfThisLibraryAreValid() throws Exception {
		this.openAi.tool(RealtimeTool.of("look", "Looks", (given) -> "seen"));
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		client.sendText("Be kind", Role.SYSTEM);
		client.sendText("Hi", Role.ASSISTANT);
		client.sendImage(new MediaData(new byte[] { 1, 2, 3 }, "image/png", 0, 0));
		client.sendAudio(new byte[480]);
		client.clearAudio();
		client.approve("m1", false);
		client.update(SessionChange.builder()
			.instructions("Speak German")
			.voice("marin")
			.tools(RealtimeTool.of("pay", "Pays", (given) -> "paid"))
			.turnDetection(TurnDetection.of("semantic-vad"))
			.setup(Map.of("truncation", "disabled", "tools",
					List.of(Map.of("type", "mcp", "server_label", "docs", "server_url", "https://example.org/mcp"))))
			.build());
		client.respond(ResponseOptions.builder()
			.instructions("Name the mood")
			.outputModalities("text")
			.tools(List.of("pay", RealtimeTool.of("look", "Looks", (given) -> "seen")))
			.toolChoice("pay")
			.maxOutputTokens(7)
			.metadata("topic", "mood")
			.input("Hello")
			.outOfBand()
			.build());
		client.ask("Topic?", ResponseOptions.builder().outOfBand().build());
		settle();
		assertThat(told(CREATE)).hasSize(2);
		List<JsonNode> sent = sent();
		assertThat(sent).extracting((event) -> event.path("type").asString())
			.contains("session.update", ITEM, "input_audio_buffer.clear", CREATE);
		for (JsonNode event : sent) {
			ObjectMappers.jsonMapper().readValue(event.toString(), RealtimeClientEvent.class).validate();
		}
		RealtimeClientEvent response = ObjectMappers.jsonMapper()
			.readValue(told(CREATE).get(0).toString(), RealtimeClientEvent.class);
		RealtimeResponseCreateParams params = response.asResponseCreate().response().orElseThrow();
		assertThat(params.toolChoice().orElseThrow().asFunction().name()).isEqualTo("pay");
		assertThat(params.input().orElseThrow()).hasSize(1);
		assertThat(params.conversation().orElseThrow().asString()).isEqualTo("none");
	}

	@Test
	void eventsOfATranscriptionAreValid() throws Exception {
		this.openAi
			.options((options) -> options.transcription(new Transcription("gpt-realtime-whisper", "en", null))
				.noiseReduction("near_field")
				.turnDetection(TurnDetection.of("server-vad"))
				.session((session) -> session.put("include", List.of("item.input_audio_transcription.logprobs"))))
			.transcribing();
		RealtimeClient client = RealtimeClient.of(open());
		client.sendAudio(new byte[480]);
		client.commitAudio();
		client.sendAudio(new byte[480]);
		client.clearAudio();
		settle();
		List<JsonNode> sent = sent();
		assertThat(sent).extracting((event) -> event.path("type").asString())
			.contains("session.update", "input_audio_buffer.append", "input_audio_buffer.commit",
					"input_audio_buffer.clear");
		for (JsonNode event : sent) {
			ObjectMappers.jsonMapper().readValue(event.toString(), RealtimeClientEvent.class).validate();
		}
		RealtimeClientEvent update = ObjectMappers.jsonMapper()
			.readValue(told("session.update").get(0).toString(), RealtimeClientEvent.class);
		assertThat(update.asSessionUpdate().session().isRealtimeTranscriptionSessionCreateRequest()).isTrue();
	}

	private List<JsonNode> sent() {
		return this.openAi.transport().peer().texts().stream().map(OpenAiFixture.MAPPER::readTree).toList();
	}

	@Test
	void serverEventsAreReadByTheSdk() throws Exception {
		String json = "{\"type\":\"response.output_text.delta\",\"event_id\":\"e\",\"response_id\":\"r\",\"item_id\":\"i\","
				+ "\"output_index\":0,\"content_index\":0,\"delta\":\"Hi\"}";
		RealtimeServerEvent event = ObjectMappers.jsonMapper().readValue(json, RealtimeServerEvent.class);
		assertThat(event.asResponseOutputTextDelta().delta()).isEqualTo("Hi");
	}

}
