package dev.streaming.openai;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

import dev.streaming.FinishReason;
import dev.streaming.Message;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.ToolCall;
import dev.streaming.realtime.PeerMemory;
import dev.streaming.testsupport.RecordingContext;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the limits of the state that OpenAI can make a session keep, by count: the
 * oldest part is removed where that is harmless, otherwise the session ends with an error
 * that names the limit.
 */
@Rule("B3")
class OpenAiPeerBoundsTests extends AbstractOpenAiTests {

	private static final int MANY = 1024;

	private static final String MEGABYTE = "x".repeat(1024 * 1024);

	private void assertEnds(String message) throws Exception {
		this.openAi.session().done().toCompletableFuture().copy().handle((done, ex) -> true).get(10, TimeUnit.SECONDS);
		assertThat(this.openAi.session().error()).get()
			.extracting((error) -> String.valueOf(error.getCause()))
			.asString()
			.contains(message);
	}

	@ParameterizedTest
	@EnumSource
	void textsWithoutAnEndEndTheSessionAtTheirLimit(Text text) throws Exception {
		open();
		created("r1");
		for (int i = 0; i < 16; i++) {
			say(text.event.apply(i).replace("MEGABYTE", MEGABYTE.substring(100 + i)));
			settle();
		}
		assertThat(this.openAi.session().isClosed()).as("16 Mi characters are taken, but for the last").isFalse();
		say(text.event.apply(16).replace("MEGABYTE", MEGABYTE), text.event.apply(17).replace("MEGABYTE", MEGABYTE));
		assertEnds(text.error);
	}

	@Test
	void textsOfEndedResponsesDoNotCount() throws Exception {
		open();
		for (int i = 0; i < 20; i++) {
			answer("r" + i, MEGABYTE);
			settle();
		}
		assertThat(this.openAi.session().isClosed()).isFalse();
	}

	@Test
	void partsOfAnUnfinishedAnswerCountThoughTheyAreEmpty() {
		assertLimited(OpenAiPeerBoundsTests::part, 257, "texts of responses");
	}

	@Test
	void callsOfUnfinishedAnswersCountThoughTheyHaveNoArguments() {
		assertLimited(OpenAiPeerBoundsTests::call, 256, "arguments of function calls");
	}

	private static void assertLimited(IntFunction<Message> message, int size, String texts) {
		OpenAiRealtimeHandler handler = new OpenAiRealtimeHandler(
				OpenAiRealtimeOptions.builder().apiKey("sk-test").build(), List.of());
		RecordingContext context = new RecordingContext();
		int count = (int) (PeerMemory.LIMIT / size);
		for (int i = 0; i < count; i++) {
			handler.handle(message.apply(i), context);
		}
		assertThatExceptionOfType(StreamingException.class).isThrownBy(() -> {
			for (int i = 0; i < 10; i++) {
				handler.handle(message.apply(count + i), context);
			}
		}).withMessageContaining(texts + " of more than 16777216 characters");
	}

	private static Message part(int number) {
		return Message.text("{\"type\":\"response.output_text.delta\",\"response_id\":\"r\",\"item_id\":\"i\","
				+ "\"content_index\":" + number + ",\"delta\":\"x\"}");
	}

	private static Message call(int number) {
		return Message.text("{\"type\":\"response.output_item.added\",\"response_id\":\"r" + number / MANY
				+ "\",\"item\":{\"type\":\"function_call\",\"id\":\"i" + number + "\",\"call_id\":\"c" + number
				+ "\",\"name\":\"look\"}}");
	}

	@Test
	void textsOfForgottenResponsesDoNotCount() {
		OpenAiRealtimeHandler handler = new OpenAiRealtimeHandler(
				OpenAiRealtimeOptions.builder().apiKey("sk-test").build(), List.of());
		RecordingContext context = new RecordingContext();
		// Those of 1,024 responses are within the limit, those of all are not
		String text = "x".repeat((int) (PeerMemory.LIMIT / (MANY + 100)));
		for (int i = 0; i < MANY + 200; i++) {
			handler.handle(Message.text("{\"type\":\"response.created\",\"response\":{\"id\":\"r" + i + "\"}}"),
					context);
			assertThat(handler.handle(Message.text("{\"type\":\"response.output_text.delta\",\"response_id\":\"r" + i
					+ "\",\"item_id\":\"i\",\"delta\":\"" + text + "\"}"), context))
				.hasSize(1);
		}
	}

	@Test
	void oldestOfTheActiveResponsesIsForgotten() throws Exception {
		open();
		for (int i = 0; i <= MANY; i++) {
			created("r" + i);
		}
		text("r0", "forgotten");
		text("r1", "kept");
		text("r" + MANY, "newest");
		assertThat(deltas(heard())).isEqualTo("keptnewest");
	}

	@Test
	void endedResponsesAreForgottenAtSomeTime() throws Exception {
		open();
		for (int i = 0; i <= MANY; i++) {
			created("r" + i);
			done("r" + i);
			if (i % 50 == 0) {
				settle();
			}
		}
		heard();
		text("r1", "late");
		done("r1");
		assertThat(heard()).as("it is remembered").isEmpty();
		text("r0", "late");
		done("r0");
		assertThat(ends(heard())).as("one that is forgotten is another one").containsExactly(FinishReason.STOP);
	}

	@Test
	void responseThatCallsWithoutEndEndsTheSession() throws Exception {
		open();
		created("r1");
		for (int i = 0; i < MANY; i++) {
			callBegins("r1", "c" + i);
		}
		settle();
		callBegins("r1", "one-more");
		assertEnds("A response has called more than 1024 functions");
	}

	@Test
	void callsWithoutAResultEndTheSession() throws Exception {
		open();
		for (int response = 0; response < 4; response++) {
			String[] calls = new String[MANY / 4];
			for (int i = 0; i < calls.length; i++) {
				calls[i] = "c" + response + "-" + i;
			}
			calling("r" + response, calls);
			List<ToolCall> told = calls(heard());
			assertThat(told).hasSize(calls.length);
		}
		created("r5");
		callDone("r5", "one-more", "completed", "{}");
		assertEnds("More than 1024 function calls have no result");
	}

	@ParameterizedTest
	@EnumSource
	void eventWithALongIdIsLeftOut(Id id) throws Exception {
		open();
		String longest = "i".repeat(1024);
		say(id.event.replace("ID", longest));
		assertThat(heard()).noneMatch((chunk) -> chunk.error() != null);
		say(id.event.replace("ID", longest + "i"));
		assertThat(heard()).singleElement()
			.extracting(StreamChunk::error)
			.asString()
			.contains("more than 1024 characters");
	}

	/**
	 * Texts that a peer can extend.
	 */
	enum Text {

		ANSWER("A text of the provider is longer than 16777216 characters",
				(i) -> "{'type':'response.output_text.delta','response_id':'r1','item_id':'i','delta':'MEGABYTE'}"),

		ANSWERS("texts of responses of more than 16777216 characters",
				(i) -> "{'type':'response.output_text.delta','response_id':'r" + i
						+ "','item_id':'i','delta':'MEGABYTE'}"),

		TRANSCRIPTS("transcripts of more than 16777216 characters",
				(i) -> "{'type':'conversation.item.input_audio_transcription.delta','item_id':'u" + i
						+ "','content_index':0,'delta':'MEGABYTE'}"),

		ARGUMENTS("arguments of function calls of more than 16777216 characters",
				(i) -> "{'type':'response.function_call_arguments.delta','response_id':'r1','item_id':'f" + i
						+ "','call_id':'c" + i + "','delta':'MEGABYTE'}"),

		WHOLE_ARGUMENTS("arguments of function calls of more than 16777216 characters",
				(i) -> "{'type':'response.function_call_arguments.done','response_id':'r1','item_id':'f" + i
						+ "','call_id':'c" + i + "','name':'search','arguments':'MEGABYTE'}");

		private final String error;

		private final IntFunction<String> event;

		Text(String error, IntFunction<String> event) {
			this.error = error;
			this.event = event;
		}

	}

	/**
	 * Ids and names that a session remembers.
	 */
	enum Id {

		RESPONSE("{'type':'response.created','response':{'id':'ID','conversation_id':'c'}}"),

		ITEM("{'type':'response.output_text.delta','response_id':'r','item_id':'ID','delta':''}"),

		CALL("{'type':'response.function_call_arguments.delta','response_id':'r','item_id':'i','call_id':'ID',"
				+ "'delta':'{'}");

		private final String event;

		Id(String event) {
			this.event = event;
		}

	}

}
