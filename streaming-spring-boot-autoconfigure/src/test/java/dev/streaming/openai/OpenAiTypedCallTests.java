package dev.streaming.openai;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

import dev.streaming.MediaData;
import dev.streaming.Session;
import dev.streaming.ToolCall;
import dev.streaming.realtime.RealtimeCapabilities.Feature;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.Role;
import dev.streaming.realtime.ToolResult;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for the frame of each typed call.
 */
class OpenAiTypedCallTests extends AbstractOpenAiTests {

	private static final byte[] IMAGE = "not really a picture".getBytes(StandardCharsets.UTF_8);

	private static MediaData image(String type) {
		return new MediaData(IMAGE, type, 0, 0);
	}

	@Test
	void textHasItsRole() throws Exception {
		RealtimeClient client = client();
		client.sendText("Hello", Role.USER);
		client.sendText("The user is Ann", Role.SYSTEM);
		client.sendText("Hi", Role.ASSISTANT);
		assertThat(told(ITEM))
			.extracting((event) -> event.at("/item/role").asString(),
					(event) -> event.at("/item/content/0/type").asString(),
					(event) -> event.at("/item/content/0/text").asString())
			.containsExactly(tuple("user", "input_text", "Hello"), tuple("system", "input_text", "The user is Ann"),
					tuple("assistant", "output_text", "Hi"));
		assertThat(told(CREATE)).as("nothing is answered before respond()").isEmpty();
	}

	@Test
	void textOfAnyRoleIsHistory() throws Exception {
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		client.sendText("The user is Ann", Role.SYSTEM);
		client.sendText("Hi", Role.ASSISTANT);
		settle();
		assertDone(reconnecting(session));
		assertThat(OpenAiFixture.told(this.openAi.transport().peer(), ITEM))
			.extracting((event) -> event.at("/item/role").asString())
			.containsExactly("system", "assistant");
	}

	@Test
	void imageIsAnItemWithADataUrl() throws Exception {
		RealtimeClient client = client();
		client.sendImage(image("image/png"));
		client.sendImage(image("IMAGE/JPEG; quality=high"));
		List<JsonNode> items = told(ITEM);
		assertThat(items).extracting((event) -> event.at("/item/content/0/image_url").asString())
			.containsExactly("data:image/png;base64," + Base64.getEncoder().encodeToString(IMAGE),
					"data:image/jpeg;base64," + Base64.getEncoder().encodeToString(IMAGE));
		assertThat(items.get(0).at("/item/type").asString()).isEqualTo("message");
		assertThat(items.get(0).at("/item/role").asString()).isEqualTo("user");
		assertThat(items.get(0).at("/item/content/0/type").asString()).isEqualTo("input_image");
	}

	@Test
	void onlyJpegAndPngAreImages() throws Exception {
		RealtimeClient client = client();
		assertThatIllegalArgumentException().isThrownBy(() -> client.sendImage(image("image/webp")))
			.withMessageContaining("image/webp");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> client.sendImage(new MediaData(new byte[0], "image/png", 0, 0)));
		assertThat(told(ITEM)).isEmpty();
	}

	@Test
	void modelWithoutEyesIsSentNoImage() throws Exception {
		this.openAi.options((options) -> options.capability(Feature.IMAGES, false));
		RealtimeClient client = client();
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> client.sendImage(image("image/png")))
			.withMessageContaining("capabilities.images");
		assertThat(told(ITEM)).isEmpty();
	}

	@Test
	void resultHasNoImages() throws Exception {
		RealtimeClient client = client();
		calling("r1", "c1");
		settle();
		ToolCall call = new ToolCall("c1", "pay", "{}");
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> client.toolResult(call, new ToolResult("{}", List.of(image("image/png")))))
			.withMessageContaining("sendImage");
		assertThat(told(ITEM)).isEmpty();
		client.toolResult(call, ToolResult.of("{\"paid\":true}"));
		assertThat(told(ITEM)).singleElement()
			.extracting((event) -> event.at("/item/output").asString())
			.isEqualTo("{\"paid\":true}");
	}

	@Test
	void audioIsForgotten() throws Exception {
		this.openAi.options((options) -> options.turnDetection(TurnDetection.of("none")));
		Session session = open();
		RealtimeClient client = RealtimeClient.of(session);
		client.sendAudio(new byte[4]);
		assertThat(this.openAi.handler().responseInFlight()).isTrue();
		client.clearAudio();
		assertThat(told("input_audio_buffer.clear")).hasSize(1);
		assertThat(this.openAi.handler().responseInFlight()).as("the user's turn is cleared").isFalse();
	}

	@Test
	void confirmationOfAClearDoesNotEndTheTurnBehindIt() throws Exception {
		this.openAi.options((options) -> options.turnDetection(TurnDetection.of("none")));
		RealtimeClient client = client();
		client.sendAudio(new byte[4]);
		client.clearAudio();
		client.sendAudio(new byte[4]);
		say("{'type':'input_audio_buffer.cleared'}");
		settle();
		assertThat(this.openAi.handler().responseInFlight()).isTrue();
		say("{'type':'input_audio_buffer.cleared'}");
		settle();
		assertThat(this.openAi.handler().responseInFlight()).as("somebody else has cleared").isFalse();
	}

	@Test
	void callOfAnMcpToolIsApprovedOrRefused() throws Exception {
		RealtimeClient client = client();
		created("r1");
		say("{'type':'response.output_item.done','response_id':'r1','item':{'type':'mcp_approval_request','id':'m1',"
				+ "'name':'delete','arguments':'{}','server_label':'files'}}");
		done("r1");
		settle();
		assertThat(this.openAi.handler().responseInFlight()).as("an approval that waits").isTrue();
		client.approve("m1", false);
		client.approve("m2", true);
		assertThat(told(ITEM))
			.extracting((event) -> event.at("/item/type").asString(),
					(event) -> event.at("/item/approval_request_id").asString(),
					(event) -> event.at("/item/approve").asBoolean())
			.containsExactly(tuple("mcp_approval_response", "m1", false), tuple("mcp_approval_response", "m2", true));
		assertThat(told(ITEM).get(0).at("/item/id").asString()).isNotEmpty();
		settle();
		assertThat(this.openAi.handler().responseInFlight()).isFalse();
	}

}
