package dev.streaming.gemini;

import java.util.List;

import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.ToolCall;
import dev.streaming.realtime.ConversationHistory;
import dev.streaming.realtime.PeerMemory;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the limits of the state that Gemini can make a session keep, by count.
 */
@Rule("B3")
class GeminiPeerBoundsTests {

	private static final String MEGABYTE = "x".repeat(1024 * 1024 - 1);

	private final GeminiSessionFixture fixture = new GeminiSessionFixture();

	private static String call(String id) {
		return "{'toolCall':{'functionCalls':[{'id':'" + id + "','name':'search','args':{}}]}}";
	}

	private static String piece(String id, String path, String value) {
		return "{'toolCall':{'functionCalls':[{'id':'" + id + "','name':'search','willContinue':true,"
				+ "'partialArgs':[{'jsonPath':'$." + path + "','stringValue':'" + value + "'}]}]}}";
	}

	@Test
	void transcriptOfTheUserWithoutAnEndIsLimited() {
		assertLimited("{'serverContent':{'inputTranscription':{'text':'" + MEGABYTE + "'}}}");
	}

	@Test
	void transcriptOfAnAnswerWithoutAnEndIsLimited() {
		assertLimited("{'serverContent':{'outputTranscription':{'text':'" + MEGABYTE + "'}}}");
	}

	@Test
	void textOfAnAnswerWithoutAnEndIsLimited() {
		assertLimited("{'serverContent':{'modelTurn':{'parts':[{'text':'" + MEGABYTE + "'}]}}}");
	}

	private void assertLimited(String event) {
		for (int i = 0; i < 16; i++) {
			this.fixture.read(event);
		}
		assertThatExceptionOfType(StreamingException.class).isThrownBy(() -> this.fixture.read(event))
			.withMessageContaining("longer than 16777216 characters");
	}

	@Test
	void argumentsOfUnfinishedCallsAreLimitedTogether() {
		for (int i = 0; i < 15; i++) {
			this.fixture.read(piece("c" + i, "a", MEGABYTE));
		}
		assertThatExceptionOfType(StreamingException.class).isThrownBy(() -> {
			this.fixture.read(piece("c15", "a", MEGABYTE));
			this.fixture.read(piece("c16", "a", MEGABYTE));
		}).withMessageContaining("partial arguments of function calls of more than 16777216 characters");
	}

	@Test
	void oldestOfTheUnfinishedCallsIsForgotten() {
		for (int i = 0; i <= 1024; i++) {
			this.fixture.read(piece("c" + i, "a", "1"));
		}
		String last = "{'toolCall':{'functionCalls':[{'id':'%s','name':'search','partialArgs':[{'jsonPath':'$.b',"
				+ "'stringValue':'2'}]}]}}";
		assertThat(arguments(last.formatted("c0"))).isEqualTo("{\"b\":\"2\"}");
		assertThat(arguments(last.formatted("c1"))).isEqualTo("{\"a\":\"1\",\"b\":\"2\"}");
	}

	private String arguments(String event) {
		return this.fixture.readOne(event).toolCalls().get(0).arguments();
	}

	@Test
	void oldestOfTheIdsOfCallsIsForgotten() {
		OpenCalls calls = new OpenCalls(10);
		for (int i = 0; i <= 1024; i++) {
			assertThat(calls.fresh(List.of(new ToolCall("c" + i, "search", "{}")))).hasSize(1);
		}
		assertThat(calls.fresh(List.of(new ToolCall("c1", "search", "{}")))).isEmpty();
		assertThat(calls.fresh(List.of(new ToolCall("c0", "search", "{}")))).hasSize(1);
	}

	@Test
	void oldestOfTheRequestsWithoutAnAnswerIsForgotten() {
		WrittenInput input = new WrittenInput(new Transcript(new ConversationHistory(20)));
		AnswerRequest oldest = input.expectAnswer(0);
		for (int i = 1; i < 1024; i++) {
			input.expectAnswer(i);
		}
		assertThat(input.requests()).hasSize(1024).startsWith(oldest);
		input.expectAnswer(1024);
		assertThat(input.requests()).hasSize(1024).doesNotContain(oldest);
	}

	@Test
	void callsBeyondTheLimitAreRefused() {
		for (int i = 0; i < OpenCalls.MAX_OPEN; i++) {
			assertThat(this.fixture.readOne(call("c" + i)).toolCalls()).hasSize(1);
		}
		assertThat(this.fixture.read(call("one-more"))).flatExtracting(StreamChunk::toolCalls).isEmpty();
		assertThat(this.fixture.context.sent).last().asString().contains("Too many tool calls have no result yet");
	}

	@Test
	void longIdOrNameEndsTheSession() {
		String longest = "i".repeat(PeerMemory.MAX_ID_LENGTH);
		assertThat(this.fixture.read(call(longest))).hasSize(1);
		for (String event : List.of(call(longest + "i"), call("c").replace("search", longest + "i"))) {
			assertThatExceptionOfType(StreamingException.class).isThrownBy(() -> this.fixture.read(event))
				.withMessageContaining("more than 1024 characters");
		}
	}

	@Test
	void cancellationsOfLongIdsAreLeftOut() {
		assertThat(this.fixture
			.read("{'toolCallCancellation':{'ids':['" + "i".repeat(PeerMemory.MAX_ID_LENGTH + 1) + "']}}")).isEmpty();
	}

}
