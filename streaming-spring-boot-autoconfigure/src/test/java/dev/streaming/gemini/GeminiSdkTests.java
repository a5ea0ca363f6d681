package dev.streaming.gemini;

import java.util.List;

import com.google.genai.types.Content;
import com.google.genai.types.LiveClientContent;
import com.google.genai.types.LiveClientMessage;
import com.google.genai.types.LiveClientSetup;
import com.google.genai.types.LiveServerMessage;
import com.google.genai.types.Part;
import dev.streaming.MediaData;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.Role;
import dev.streaming.realtime.SessionChange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for messages of google-genai, which are sent as their JSON.
 */
@Timeout(30)
class GeminiSdkTests {

	private final GeminiFixture gemini = new GeminiFixture();

	@AfterEach
	void close() {
		this.gemini.close();
	}

	@Test
	void messagesAreSentAsTheirJson() throws InterruptedException {
		Content content = Content.builder().role("user").parts(List.of(Part.fromText("Hello"))).build();
		this.gemini.open()
			.send(LiveClientMessage.builder()
				.clientContent(LiveClientContent.builder().turns(List.of(content)).turnComplete(true).build())
				.build());
		JsonNode sent = this.gemini.awaitSent(1, 2);
		assertThat(sent.at("/clientContent/turns/0/parts/0/text").asString()).isEqualTo("Hello");
		assertThat(sent.at("/clientContent/turns/0/role").asString()).isEqualTo("user");
		assertThat(sent.at("/clientContent/turnComplete").asBoolean()).isTrue();
		assertThat(sent.size()).isEqualTo(1);
		assertThat(this.gemini.handler().responseInFlight()).as("the request is known").isTrue();
	}

	@Test
	void setupOfThisLibraryIsReadByTheSdk() throws InterruptedException {
		this.gemini.options((options) -> options.instructions("Be brief").voice("Kore")).open();
		LiveClientMessage read = LiveClientMessage.fromJson(this.gemini.sent(1).get(0).toString());
		assertThat(read.setup().orElseThrow().systemInstruction().orElseThrow().text()).isEqualTo("Be brief");
	}

	@Test
	void typedCallsOfThisLibraryAreReadByTheSdk() throws InterruptedException {
		this.gemini.open();
		RealtimeClient client = this.gemini.client();
		client.sendImage(new MediaData(new byte[] { 1, 2, 3 }, "image/jpeg", 0, 0));
		client.sendText("Hi", Role.ASSISTANT);
		client.sendText("Hello");
		client.respond();
		this.gemini.say("{'toolCall':{'functionCalls':[{'id':'f1','name':'look','args':{}}]}}");
		this.gemini.takeUntilMarker();
		client.toolResult("f1", "look", "{\"seen\":true}");
		List<LiveClientMessage> read = this.gemini.sent(1)
			.stream()
			.map((message) -> LiveClientMessage.fromJson(message.toString()))
			.toList();
		assertThat(read.get(1).realtimeInput().orElseThrow().video().orElseThrow()).satisfies((frame) -> {
			assertThat(frame.mimeType()).contains("image/jpeg");
			assertThat(frame.data().orElseThrow()).containsExactly(1, 2, 3);
		});
		assertThat(read.get(2).clientContent().orElseThrow().turns().orElseThrow()).singleElement()
			.satisfies((turn) -> assertThat(turn.role()).contains("model"));
		assertThat(read.get(3).clientContent().orElseThrow().turns().orElseThrow()).singleElement()
			.satisfies((turn) -> assertThat(turn.text()).isEqualTo("Hello"));
		assertThat(read.get(4).clientContent().orElseThrow().turnComplete()).contains(true);
		assertThat(read.get(5).toolResponse().orElseThrow().functionResponses().orElseThrow()).singleElement()
			.satisfies((result) -> {
				assertThat(result.id()).contains("f1");
				assertThat(result.name()).contains("look");
				assertThat(result.response().orElseThrow()).containsEntry("seen", true);
			});
	}

	@Test
	void changedSetupIsReadByTheSdk() throws InterruptedException {
		this.gemini.open();
		this.gemini.client()
			.update(SessionChange.builder()
				.instructions("Speak German")
				.voice("Kore")
				.tools(RealtimeTool.of("pay", "Pays", (given) -> "paid"))
				.build());
		LiveClientSetup setup = LiveClientMessage.fromJson(this.gemini.awaitSent(2, 1).toString())
			.setup()
			.orElseThrow();
		assertThat(setup.systemInstruction().orElseThrow().text()).isEqualTo("Speak German");
		assertThat(setup.tools().orElseThrow().get(0).functionDeclarations().orElseThrow()).singleElement()
			.satisfies((function) -> assertThat(function.name()).contains("pay"));
	}

	@Test
	void serverMessagesAreReadByTheSdk() {
		LiveServerMessage read = LiveServerMessage.fromJson("{\"goAway\":{\"timeLeft\":\"10s\"}}");
		assertThat(read.goAway()).isPresent();
	}

}
