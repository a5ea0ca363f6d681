package dev.streaming.gemini;

import java.util.List;
import java.util.Map;

import com.google.genai.types.FunctionResponse;
import com.google.genai.types.LiveClientMessage;
import dev.streaming.MediaData;
import dev.streaming.ToolCall;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.ToolResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for images in the results of tools, which are supported since Gemini 3.
 */
@Timeout(30)
class GeminiResultImageTests {

	private static final String CALL = "{'toolCall':{'functionCalls':[{'id':'f1','name':'look','args':{}}]}}";

	private static final ToolCall LOOK = new ToolCall("f1", "look", "{}");

	private static final ToolResult SEEN = new ToolResult("{\"seen\":true}",
			List.of(new MediaData(new byte[] { 1, 2 }, "image/png", 0, 0),
					new MediaData(new byte[] { 3 }, "IMAGE/JPEG; quality=high", 0, 0)));

	private final GeminiFixture gemini = new GeminiFixture().toolsByHand();

	@AfterEach
	void close() {
		this.gemini.close();
	}

	private RealtimeClient called() throws InterruptedException {
		this.gemini.open();
		this.gemini.say(CALL);
		this.gemini.takeUntilMarker();
		return this.gemini.client();
	}

	private void assertSent(JsonNode message) {
		FunctionResponse response = LiveClientMessage.fromJson(message.toString())
			.toolResponse()
			.orElseThrow()
			.functionResponses()
			.orElseThrow()
			.get(0);
		assertThat(response.id()).contains("f1");
		assertThat(response.response().orElseThrow()).containsEntry("seen", true);
		assertThat(response.parts().orElseThrow()).hasSize(2).satisfiesExactly((part) -> {
			assertThat(part.inlineData().orElseThrow().mimeType()).contains("image/png");
			assertThat(part.inlineData().orElseThrow().data().orElseThrow()).containsExactly(1, 2);
		}, (part) -> {
			assertThat(part.inlineData().orElseThrow().mimeType()).contains("image/jpeg");
			assertThat(part.inlineData().orElseThrow().data().orElseThrow()).containsExactly(3);
		});
	}

	@Test
	void toolOfTheSessionAddsImages() throws InterruptedException {
		this.gemini.tool(RealtimeTool.of("look", "Looks", Map.class, (given, context) -> {
			SEEN.images().forEach(context::addImage);
			return Map.of("seen", true);
		}));
		called();
		this.gemini.runTools();
		assertSent(this.gemini.awaitSent(1, 2));
	}

	@Test
	void applicationAddsImages() throws InterruptedException {
		called().toolResult(LOOK, SEEN);
		assertSent(this.gemini.awaitSent(1, 2));
	}

	@Test
	void resultThatIsKeptWhileTheUserSpeaksKeepsItsImages() {
		GeminiSessionFixture fixture = new GeminiSessionFixture(
				RealtimeTool.of("look", "Looks", (arguments) -> "seen"));
		fixture.read(CALL, "{'voiceActivity':{'voiceActivityType':'ACTIVITY_START'}}");
		fixture.live.toolReturned(LOOK, SEEN);
		assertThat(fixture.context.sent).isEmpty();
		fixture.read("{'voiceActivity':{'voiceActivityType':'ACTIVITY_END'}}");
		assertThat(fixture.context.sent).hasSize(1);
		assertSent(fixture.context.sent.get(0));
	}

	@ParameterizedTest
	@CsvSource({ "gemini-2.5-flash, false", "models/gemini-live-2.5-flash, false", "gemini-3.1-flash-live, true",
			"gemini-3.8-live, true", "my-deployment, true" })
	void modelsOfTheSecondGenerationTakeNone(String model, boolean taken) {
		assertThat(GeminiModels.of(model).resultImages()).isEqualTo(taken);
	}

	@Test
	void imagesAreRefusedWhereTheModelTakesNone() throws InterruptedException {
		this.gemini.options((options) -> options.model("gemini-2.5-flash"))
			.tool(RealtimeTool.of("look", "Looks", Map.class,
					(given, context) -> Map.of("taken", context.takesImages())));
		RealtimeClient client = called();
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> client.toolResult(LOOK, SEEN))
			.withMessageContaining("capabilities.result-images");
		this.gemini.runTools();
		assertThat(this.gemini.awaitSent(1, 2).at("/toolResponse/functionResponses/0/response/taken").asBoolean(true))
			.isFalse();
	}

}
