package dev.streaming;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.streaming.StreamChunk.Kind;
import dev.streaming.realtime.AccumulatedText;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StreamChunk}, {@link FinishReason} and {@link Usage}.
 */
class StreamChunkTests {

	private static final MediaData MEDIA = new MediaData(new byte[10], "audio/pcm", 24000, 1);

	private static final ToolCall CALL = new ToolCall("call_1", "pay", "{}");

	private static StreamChunk.Builder full() {
		return StreamChunk.builder()
			.finishReason(FinishReason.STOP)
			.toolCalls(List.of(CALL))
			.source("input")
			.media(MEDIA)
			.delta("delta")
			.metadata("transcript", true)
			.reasoning("reasoning");
	}

	static Stream<Arguments> kinds() {
		return Stream.of(Arguments.of(full(), Kind.END), Arguments.of(full().finishReason(null), Kind.TOOL_CALL),
				Arguments.of(full().finishReason(null).toolCalls(List.of()), Kind.INPUT),
				Arguments.of(full().finishReason(null).toolCalls(List.of()).source(""), Kind.AUDIO),
				Arguments.of(full().finishReason(null).toolCalls(List.of()).source("").media(null), Kind.TRANSCRIPT),
				Arguments.of(StreamChunk.builder().delta("a").reasoning("b"), Kind.TEXT),
				Arguments.of(StreamChunk.builder().content("a").source("other"), Kind.TEXT),
				Arguments.of(StreamChunk.builder().reasoning("b"), Kind.REASONING),
				Arguments.of(StreamChunk.builder().interrupted(true), Kind.EVENT),
				Arguments.of(StreamChunk.builder().error(new StreamingException("x")), Kind.EVENT));
	}

	@ParameterizedTest
	@MethodSource("kinds")
	void kindIsTheFirstThatFits(StreamChunk.Builder chunk, Kind kind) {
		assertThat(chunk.build().kind()).isEqualTo(kind);
	}

	@ParameterizedTest
	@EnumSource
	void onlyToolCallsIsNotFinal(FinishReason reason) {
		assertThat(reason.isFinal()).isEqualTo(reason != FinishReason.TOOL_CALLS);
	}

	@Test
	void metadataAreSharedUntilTheyChange() {
		StreamChunk first = StreamChunk.builder().delta("a").metadata("item_id", "i").build();
		StreamChunk.Builder builder = first.toBuilder().delta("b");
		StreamChunk second = builder.build();
		assertThat(second.metadata()).isSameAs(first.metadata());
		StreamChunk third = builder.metadata("phase", "commentary").build();
		builder.metadata("phase", "final_answer");
		assertThat(first.metadata()).containsOnlyKeys("item_id");
		assertThat(second.metadata()).containsOnlyKeys("item_id");
		assertThat(third.metadata()).containsEntry("item_id", "i").containsEntry("phase", "commentary");
		assertThat(second.weightBehind(first)).isLessThan(second.weight());
		assertThat(third.weightBehind(second)).isEqualTo(third.weight());
	}

	@Test
	void deltaIsMadeOfTheTextThatChunksShare() {
		AccumulatedText text = new AccumulatedText().append("x".repeat(60));
		for (String delta : List.of("Grüße, ", "世界", "y".repeat(300), "z")) {
			text.append(delta);
			StreamChunk chunk = StreamChunk.builder().delta(delta).content(text.prefix()).responseId("r").build();
			StreamChunk own = StreamChunk.builder().delta(delta).content(text.toString()).responseId("r").build();
			assertThat(chunk.delta()).isEqualTo(delta);
			assertThat(chunk.content()).isEqualTo(text.toString());
			assertThat(chunk).isEqualTo(own).hasSameHashCodeAs(own).hasToString(own.toString());
			assertThat(chunk.kind()).isEqualTo(StreamChunk.Kind.TEXT);
			assertThat(chunk.toBuilder().responseId("s").build().delta()).isEqualTo(delta);
			assertThat(chunk.toBuilder().content("Something else").build().delta()).isEqualTo(delta);
			assertThat(chunk.toBuilder().delta("").build().delta()).isEmpty();
		}
	}

	@Test
	void deltaThatIsNotTheEndOfTheTextIsKept() {
		AccumulatedText text = new AccumulatedText().append("One two");
		for (String delta : List.of("One", "two ", "x One two", "tWo")) {
			StreamChunk chunk = StreamChunk.builder().delta(delta).content(text.prefix()).build();
			assertThat(chunk.delta()).isEqualTo(delta);
			assertThat(chunk.content()).isEqualTo("One two");
		}
	}

	/**
	 * The end of the shared text is no text of its own, and the rest is shared with the
	 * chunk before.
	 */
	@Test
	@Rule("B1")
	void chunkOfASharedTextWeighsLittleMoreThanItsNewText() {
		AccumulatedText text = new AccumulatedText().append("Hello ");
		StreamChunk first = StreamChunk.builder()
			.delta("Hello ")
			.content(text.prefix())
			.responseId("r")
			.metadata("item_id", "i")
			.build();
		text.append("x".repeat(1000));
		StreamChunk second = first.toBuilder().delta("x".repeat(1000)).content(text.prefix()).build();
		assertThat(second.weightBehind(first)).isBetween(2000L, 2100L);
	}

	@Test
	void responseIdIsPartOfTheChunk() {
		StreamChunk chunk = StreamChunk.builder().responseId("resp_1").build();
		assertThat(chunk.responseId()).isEqualTo("resp_1");
		assertThat(chunk.toBuilder().build()).isEqualTo(chunk).hasSameHashCodeAs(chunk);
		assertThat(chunk).isNotEqualTo(StreamChunk.builder().build());
		assertThat(chunk.toString()).contains("resp_1");
		assertThat(StreamChunk.delta("a").responseId()).isEmpty();
	}

	@Test
	void jsonHasContentAndResponseId() {
		StreamChunk chunk = StreamChunk.builder().content(new StringBuilder("abc")).responseId("resp_1").build();
		Map<?, ?> json = JsonMapper.shared().convertValue(chunk, Map.class);
		assertThat(json).isEqualTo(Map.of("content", "abc", "responseId", "resp_1"));
	}

	@Test
	void weightExcludesSharedText() {
		assertThat(StreamChunk.delta("x".repeat(1000)).weight()).isBetween(1000L, 1300L);
		assertThat(StreamChunk.content("x".repeat(1000)).weight()).isBetween(1000L, 1300L);
		assertThat(StreamChunk.content("y").toBuilder().content(new StringBuilder("x".repeat(1000))).build().weight())
			.isLessThan(300);
		assertThat(StreamChunk.audio(new MediaData(new byte[5000], "audio/pcm", 24000, 1)).weight()).isBetween(5000L,
				5300L);
		assertThat(StreamChunk.toolCall(new ToolCall("id", "name", "x".repeat(2000))).weight()).isBetween(2000L, 2400L);
		assertThat(StreamChunk.builder()
			.metadata("a", Map.of("b", List.of("x".repeat(3000), new byte[4000])))
			.build()
			.weight()).isBetween(7000L, 7600L);
	}

	@Test
	void usageOfThreeHasNoDetails() {
		assertThat(new Usage(1, 2, 3)).isEqualTo(new Usage(1, 2, 3, 0, 0, 0, 0, 0, 0));
	}

}
