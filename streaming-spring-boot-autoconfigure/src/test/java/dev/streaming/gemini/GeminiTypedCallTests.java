package dev.streaming.gemini;

import java.util.Base64;
import java.util.List;

import dev.streaming.MediaData;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.ResponseOptions;
import dev.streaming.realtime.Role;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the frame of each typed call, and for calls that the protocol does not
 * support.
 */
class GeminiTypedCallTests {

	private final GeminiFixture gemini = new GeminiFixture();

	@AfterEach
	void close() {
		this.gemini.close();
	}

	private RealtimeClient open() throws Exception {
		this.gemini.open();
		return this.gemini.client();
	}

	private List<JsonNode> sent() throws Exception {
		List<JsonNode> sent = this.gemini.sent(1);
		return sent.subList(1, sent.size());
	}

	private static JsonNode json(String text) {
		return GeminiJson.MAPPER.readTree(text.replace('\'', '"'));
	}

	private static void unsupported(ThrowingCallable call, String reason) {
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(call).withMessageContaining(reason);
	}

	@Test
	void textHasItsRole() throws Exception {
		RealtimeClient client = open();
		client.sendText("Hello", Role.USER);
		client.sendText("Hi", Role.ASSISTANT);
		assertThat(sent()).containsExactly(
				json("{'clientContent':{'turns':[{'role':'user','parts':[{'text':'Hello'}]}],'turnComplete':false}}"),
				json("{'clientContent':{'turns':[{'role':'model','parts':[{'text':'Hi'}]}],'turnComplete':false}}"));
	}

	@Test
	void textOfTheModelIsHistory() throws Exception {
		this.gemini.options((options) -> options.sessionResumption(false));
		RealtimeClient client = open();
		client.sendText("I am Max", Role.ASSISTANT);
		this.gemini.session().reconnect("test").toCompletableFuture().get();
		assertThat(this.gemini.awaitSent(2, 2)).isEqualTo(json(
				"{'clientContent':{'turns':[{'role':'model','parts':[{'text':'I am Max'}]}],'turnComplete':false}}"));
	}

	@Test
	void unsupportedRolesAreRejected() throws Exception {
		this.gemini.options((options) -> options.model("gemini-3.1-flash-live"));
		RealtimeClient client = open();
		unsupported(() -> client.sendText("You are Max", Role.SYSTEM), "update");
		unsupported(() -> client.sendText("I am Max", Role.ASSISTANT), "texts of the user only");
		assertThat(sent()).isEmpty();
	}

	@Test
	void imageIsAFrameOfAVideo() throws Exception {
		byte[] image = { 1, 2, 3 };
		RealtimeClient client = open();
		client.sendImage(new MediaData(image, "image/jpeg", 0, 0));
		assertThat(sent()).containsExactly(json("{'realtimeInput':{'video':{'data':'"
				+ Base64.getEncoder().encodeToString(image) + "','mimeType':'image/jpeg'}}}"));
	}

	@Test
	void noSettingsAreThoseOfTheSession() throws Exception {
		RealtimeClient client = open();
		client.sendText("Hello");
		client.respond(ResponseOptions.NONE);
		assertThat(sent().get(1)).isEqualTo(json("{'clientContent':{'turnComplete':true}}"));
	}

	@Test
	void unsupportedOperationNamesTheReason() throws Exception {
		RealtimeClient client = open();
		unsupported(client::clearAudio, "cannot clear audio");
		unsupported(() -> client.approve("a1", true), "approval");
		ResponseOptions options = ResponseOptions.builder().instructions("Be brief").outOfBand().build();
		unsupported(() -> client.respond(options), "[instructions, outOfBand]");
		unsupported(() -> client.ask("Hello", options), "[instructions, outOfBand]");
		assertThat(sent()).isEmpty();
	}

}
