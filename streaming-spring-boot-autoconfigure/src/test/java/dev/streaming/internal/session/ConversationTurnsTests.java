package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

import dev.streaming.FinishReason;
import dev.streaming.MediaData;
import dev.streaming.ModelInfo;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.ToolCall;
import dev.streaming.ToolExecution;
import dev.streaming.ToolOutcome;
import dev.streaming.Turn;
import dev.streaming.TurnOutcome;
import dev.streaming.observation.ConnectionObserver;
import dev.streaming.observation.TurnObserver;
import dev.streaming.testsupport.Rule;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.helpers.NOPLogger;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Transitions of the turns of a conversation, one at a time, without a session.
 */
class ConversationTurnsTests {

	private static final ToolCall CALL = new ToolCall("call_1", "weather", "{}");

	private final List<String> events = new ArrayList<>();

	private final List<Turn> ended = new ArrayList<>();

	private final SerialEffects effects = new SerialEffects(new SessionLog(NOPLogger.NOP_LOGGER, "test-1", "test"));

	private final RecordingTurns observer = new RecordingTurns();

	private final ConversationTurns turns = new ConversationTurns(this.observer, this.effects, EndedTurns::new);

	private long now;

	@BeforeEach
	void setUp() {
		this.turns.model(new ModelInfo("provider", "chat", "model"));
	}

	@Test
	void turnOfTheUserEndsWithItsAnswer() {
		apply((turns, now) -> turns.userEnded(true, now));
		assertThat(this.events).containsExactly("1 started");
		passSeconds(2);
		deliver(audio("resp_1"));
		deliver(text("resp_1"));
		passSeconds(1);
		deliver(end("resp_1", FinishReason.STOP));
		assertThat(this.events).containsExactly("1 started", "1 audio after 2", "1 text after 2", "responded none",
				"1 COMPLETED");
		assertThat(this.ended).containsExactly(new Turn(TurnOutcome.COMPLETED, Duration.ofSeconds(3),
				Duration.ofSeconds(2), Duration.ofSeconds(2), null));
		assertThat(this.turns.current()).isNull();
	}

	@Test
	void turnThatTheProviderBeginsHasNoLatency() {
		deliver(audio("resp_1"));
		deliver(text("resp_1"));
		deliver(end("resp_1", FinishReason.STOP));
		assertThat(this.events).containsExactly("1 started", "responded none", "1 COMPLETED");
	}

	@Test
	void userWhoContinuesRestartsTheTurn() {
		apply((turns, now) -> turns.userEnded(true, now));
		passSeconds(5);
		apply((turns, now) -> turns.userEnded(true, now));
		passSeconds(1);
		deliver(text("resp_1"));
		assertThat(this.events).containsExactly("1 started", "1 text after 1");
	}

	@Test
	void requestForTheTurnOfTheUserIsThatTurn() {
		apply((turns, now) -> turns.userEnded(false, now));
		passSeconds(1);
		apply(ConversationTurns::requested);
		passSeconds(1);
		// Speech no longer restarts a requested turn
		apply((turns, now) -> turns.userEnded(true, now));
		deliver(text("resp_1"));
		assertThat(this.events).containsExactly("1 started", "1 text after 2");
	}

	@Test
	void requestLongAfterUnansweredWordsIsAnotherTurn() {
		apply((turns, now) -> turns.userEnded(true, now));
		passSeconds(11);
		apply(ConversationTurns::requested);
		assertThat(this.events).containsExactly("1 started", "1 abandoned", "2 started");
	}

	@Test
	void silenceOfTheUserAbandonsATurnThatIsNotRequested() {
		apply((turns, now) -> turns.userEnded(true, now));
		apply((turns, now) -> turns.userSilent());
		assertThat(this.events).containsExactly("1 started", "1 abandoned");
		apply((turns, now) -> turns.userEnded(true, now));
		apply(ConversationTurns::requested);
		apply((turns, now) -> turns.userSilent());
		assertThat(this.events).containsExactly("1 started", "1 abandoned", "2 started");
	}

	@Test
	void turnThatBeginsDuringAnAnswerFollowsIt() {
		request();
		deliver(text("resp_1"));
		apply((turns, now) -> turns.userEnded(true, now));
		deliver(interruption());
		deliver(end("resp_1", FinishReason.CANCELLED));
		deliver(text("resp_2"));
		deliver(end("resp_2", FinishReason.STOP));
		assertThat(outcomes()).containsExactly("1 INTERRUPTED", "2 COMPLETED");
	}

	@Test
	void laterTurnReplacesTheOneThatWaits() {
		request();
		deliver(text("resp_1"));
		apply((turns, now) -> turns.userEnded(true, now));
		apply(ConversationTurns::requested);
		apply((turns, now) -> turns.userEnded(true, now));
		assertThat(this.events).as("the request is for the turn that waits").doesNotContain("2 abandoned", "3 started");
		deliver(interruption());
		deliver(end("resp_1", FinishReason.CANCELLED));
		deliver(interruption());
		apply((turns, now) -> turns.userEnded(true, now));
		apply((turns, now) -> turns.userSilent());
		assertThat(this.events).contains("3 started", "3 abandoned");
	}

	@Test
	void contentOfAnotherResponseEndsTheAnswerWhoseEndIsMissing() {
		request();
		deliver(text("resp_1"));
		apply((turns, now) -> turns.userEnded(true, now));
		deliver(text("resp_2"));
		deliver(end("resp_1", FinishReason.STOP));
		assertThat(outcomes()).as("the late end is of an older response").containsExactly("1 CANCELLED");
		deliver(end("resp_2", FinishReason.STOP));
		assertThat(outcomes()).containsExactly("1 CANCELLED", "2 COMPLETED");
	}

	@Test
	void requestThatIsSettledWithoutAnAnswerHasFailed() {
		request();
		settle();
		assertThat(this.events).containsExactly("1 started", "responded no_answer", "1 FAILED");
		apply((turns, now) -> turns.userEnded(false, now));
		settle();
		assertThat(this.events).endsWith("2 started", "2 abandoned");
	}

	@Test
	void settledTurnThatIsOverIsIgnored() {
		request();
		ConversationTurn turn = this.turns.current();
		assertThat(turn).isNotNull();
		deliver(text("resp_1"));
		deliver(end("resp_1", FinishReason.STOP));
		apply((turns, now) -> turns.settled(turn, now));
		assertThat(outcomes()).containsExactly("1 COMPLETED");
	}

	@Test
	void turnThatIsDueIsNotSettled() {
		apply((turns, now) -> turns.userEnded(true, now));
		settle();
		assertThat(this.turns.current()).isNotNull();
	}

	@ParameterizedTest
	@CsvSource({ "STOP, COMPLETED", "LENGTH, COMPLETED", "CONTENT_FILTER, COMPLETED", "CANCELLED, CANCELLED",
			"ERROR, FAILED" })
	void outcomeFollowsFromTheReason(FinishReason reason, TurnOutcome outcome) {
		request();
		deliver(text("resp_1"));
		deliver(end("resp_1", reason));
		assertThat(outcomes()).containsExactly("1 " + outcome);
	}

	@Test
	void endWithAnErrorHasFailed() {
		request();
		StreamingException error = new StreamingException("refused");
		deliver(StreamChunk.builder().responseId("resp_1").finishReason(FinishReason.STOP).error(error).build());
		assertThat(this.events).containsExactly("1 started", "responded StreamingException", "1 FAILED");
		assertThat(this.ended).singleElement().extracting(Turn::error).isSameAs(error);
	}

	@Test
	void turnContinuesBehindItsTools() {
		request();
		deliver(toolCall("resp_1"));
		apply((turns, now) -> turns.toolStarted(CALL, now));
		deliver(end("resp_1", FinishReason.TOOL_CALLS));
		assertThat(this.turns.isToolAtWork()).isTrue();
		passSeconds(3);
		apply((turns, now) -> assertThat(turns.toolEnded(CALL, ToolOutcome.SUCCESS, "sunny", now)).isTrue());
		assertThat(this.turns.isToolAtWork()).isFalse();
		apply(ConversationTurns::continued);
		deliver(text("resp_2"));
		deliver(end("resp_2", FinishReason.STOP));
		assertThat(this.events).containsExactly("1 started", "1 tool weather", "responded none",
				"1 tool SUCCESS after 3: sunny", "sink weather SUCCESS", "1 text after 3", "responded none",
				"1 COMPLETED");
	}

	@Test
	void requestAfterToolsIsForTheSameTurn() {
		request();
		deliver(toolCall("resp_1"));
		deliver(end("resp_1", FinishReason.TOOL_CALLS));
		request();
		deliver(text("resp_2"));
		deliver(end("resp_2", FinishReason.STOP));
		assertThat(outcomes()).containsExactly("1 COMPLETED");
	}

	@Test
	void requestBeforeTheEndOfTheCallingResponseIsForTheSameTurn() {
		request();
		deliver(toolCall("resp_1"));
		request();
		deliver(end("resp_1", FinishReason.TOOL_CALLS));
		assertThat(this.events).contains("2 started", "2 abandoned");
		deliver(text("resp_2"));
		deliver(end("resp_2", FinishReason.STOP));
		assertThat(outcomes()).containsExactly("1 COMPLETED");
	}

	@Test
	void continuedWithoutATurnIsARequest() {
		apply(ConversationTurns::continued);
		assertThat(this.events).containsExactly("1 started");
		settle();
		assertThat(outcomes()).containsExactly("1 FAILED");
	}

	@Test
	void toolOutsideOfAnAnswerBeginsATurn() {
		apply((turns, now) -> turns.toolStarted(CALL, now));
		assertThat(this.events).containsExactly("1 started", "1 tool weather");
	}

	@Test
	void endOfAnUnknownToolIsIgnored() {
		apply((turns, now) -> assertThat(turns.toolEnded(CALL, ToolOutcome.SUCCESS, "", now)).isFalse());
		assertThat(this.events).isEmpty();
	}

	@Test
	@Rule("B3")
	void toolsAreBounded() {
		int bound = 1024;
		for (int i = 0; i < bound + 10; i++) {
			ToolCall call = new ToolCall("call_" + i, "weather", "{}");
			apply((turns, now) -> turns.toolStarted(call, now));
		}
		assertThat(this.events.stream().filter((event) -> event.contains("tool"))).hasSize(bound);
	}

	@Test
	@Rule("V4")
	void contentOfACancelledResponseThatArrivesLateIsNoTurn() {
		request();
		apply(ConversationTurns::cancelled);
		deliver(text("resp_1"));
		deliver(end("resp_1", FinishReason.CANCELLED));
		assertThat(outcomes()).containsExactly("1 CANCELLED");
		deliver(text("resp_2"));
		deliver(end("resp_2", FinishReason.STOP));
		assertThat(outcomes()).containsExactly("1 CANCELLED", "2 COMPLETED");
	}

	@Test
	@Rule("V4")
	void inputIsNoContentOfTheCancelledResponse() {
		request();
		apply(ConversationTurns::cancelled);
		deliver(interruption());
		deliver(StreamChunk.builder().source("input").metadata("final", true).build());
		deliver(text("resp_1"));
		assertThat(this.events).as("the content is still of the cancelled response").doesNotContain("2 started");
	}

	@Test
	@Rule("V4")
	void requestAfterTheCancellationBeginsATurn() {
		request();
		apply(ConversationTurns::cancelled);
		request();
		deliver(text("resp_2"));
		deliver(end("resp_2", FinishReason.STOP));
		assertThat(outcomes()).containsExactly("1 CANCELLED", "2 COMPLETED");
	}

	@ParameterizedTest
	@CsvSource({ "true", "false" })
	@Rule("V4")
	void responseOnTheNextConnectionIsNotTheCancelledOne(boolean planned) {
		request();
		apply(ConversationTurns::cancelled);
		apply((turns, now) -> turns.connectionEnded(planned, now));
		deliver(text("resp_2"));
		deliver(end("resp_2", FinishReason.STOP));
		assertThat(outcomes()).containsExactly("1 CANCELLED", "2 COMPLETED");
	}

	@Test
	@Rule("V4")
	void answerBehindItsToolsIsCancelled() {
		request();
		deliver(toolCall("resp_1"));
		deliver(end("resp_1", FinishReason.TOOL_CALLS));
		apply(ConversationTurns::cancelled);
		assertThat(outcomes()).containsExactly("1 CANCELLED");
	}

	@Test
	@Rule("V4")
	void cancellationLeavesAnAnswerToItsEnd() {
		request();
		deliver(text("resp_1"));
		apply(ConversationTurns::cancelled);
		assertThat(outcomes()).isEmpty();
		deliver(end("resp_1", FinishReason.CANCELLED));
		assertThat(outcomes()).containsExactly("1 CANCELLED");
	}

	@Test
	void turnsAreLostWithTheirConnection() {
		request();
		deliver(text("resp_1"));
		apply((turns, now) -> turns.userEnded(true, now));
		apply((turns, now) -> turns.connectionEnded(false, now));
		assertThat(this.events).containsExactly("1 started", "1 text after 0", "2 started", "responded connection_lost",
				"1 LOST", "responded connection_lost", "2 LOST");
	}

	@Test
	void noiseIsNotLostWithItsConnection() {
		apply((turns, now) -> turns.userEnded(false, now));
		apply((turns, now) -> turns.connectionEnded(false, now));
		apply((turns, now) -> turns.userEnded(true, now));
		passSeconds(11);
		apply((turns, now) -> turns.connectionEnded(false, now));
		assertThat(this.events).containsExactly("1 started", "1 abandoned", "2 started", "2 abandoned");
	}

	@Test
	@Rule("S10")
	void requestIsHeldOverAPlannedChange() {
		request();
		apply((turns, now) -> turns.connectionEnded(true, now));
		deliver(text("resp_1"));
		deliver(end("resp_1", FinishReason.STOP));
		assertThat(outcomes()).containsExactly("1 COMPLETED");
	}

	@ParameterizedTest
	@CsvSource({ "true, CANCELLED", "false, LOST" })
	void turnsEndWithTheSession(boolean ours, TurnOutcome outcome) {
		request();
		deliver(text("resp_1"));
		apply((turns, now) -> turns.userEnded(true, now));
		apply((turns, now) -> turns.sessionEnded(ours, null, now));
		assertThat(outcomes()).containsExactly("1 " + outcome);
		assertThat(this.events).endsWith("2 abandoned");
	}

	@Test
	void contentIsReportedOnlyIfItIsRecorded() {
		request();
		deliver(text("resp_1"));
		deliver(end("resp_1", FinishReason.STOP));
		assertThat(this.events).noneMatch((event) -> event.contains("content"));
		this.observer.recordsContent = true;
		deliver(StreamChunk.builder().content("Will it rain?").source("input").metadata("final", true).build());
		request();
		deliver(text("resp_2"));
		deliver(end("resp_2", FinishReason.STOP));
		assertThat(this.events).contains("2 content Will it rain? / word");
	}

	private void apply(BiConsumer<ConversationTurns, Long> transition) {
		transition.accept(this.turns, this.now);
		this.effects.run();
	}

	private void request() {
		apply(ConversationTurns::requested);
	}

	private void settle() {
		ConversationTurn turn = this.turns.current();
		assertThat(turn).isNotNull();
		apply((turns, now) -> turns.settled(turn, now));
	}

	private void deliver(StreamChunk chunk) {
		apply((turns, now) -> turns.delivering(chunk, chunk.kind(), now));
	}

	private void passSeconds(long seconds) {
		this.now += Duration.ofSeconds(seconds).toNanos();
	}

	private List<String> outcomes() {
		List<String> names = List.of(TurnOutcome.values()).stream().map(Enum::name).toList();
		return this.events.stream().filter((event) -> names.contains(event.substring(event.indexOf(' ') + 1))).toList();
	}

	private static StreamChunk text(String responseId) {
		return StreamChunk.builder().responseId(responseId).delta("word").build();
	}

	private static StreamChunk audio(String responseId) {
		return StreamChunk.builder()
			.responseId(responseId)
			.media(new MediaData(new byte[2], "audio/pcm", 24_000, 1))
			.build();
	}

	private static StreamChunk toolCall(String responseId) {
		return StreamChunk.builder().responseId(responseId).toolCalls(List.of(CALL)).build();
	}

	private static StreamChunk interruption() {
		return StreamChunk.interruption();
	}

	private static StreamChunk end(String responseId, FinishReason reason) {
		return StreamChunk.builder().responseId(responseId).finishReason(reason).build();
	}

	private final class EndedTurns implements ConversationSink {

		@Override
		public void turnEnded(Turn turn) {
			ConversationTurnsTests.this.ended.add(turn);
		}

		@Override
		public void toolEnded(ToolExecution tool) {
			ConversationTurnsTests.this.events.add("sink " + tool.tool() + " " + tool.outcome());
		}

	}

	private final class RecordingTurns implements ConnectionObserver {

		private boolean recordsContent;

		private int started;

		@Override
		public boolean recordsContent() {
			return this.recordsContent;
		}

		@Override
		public TurnObserver turnStarted(ModelInfo model) {
			this.started++;
			RecordingTurn turn = new RecordingTurn(this.started);
			turn.record("started");
			return turn;
		}

		@Override
		public void responded(ModelInfo model, Duration duration, String errorType) {
			ConversationTurnsTests.this.events.add("responded " + errorType);
		}

	}

	private final class RecordingTurn implements TurnObserver {

		private final int number;

		RecordingTurn(int number) {
			this.number = number;
		}

		void record(String event) {
			ConversationTurnsTests.this.events.add(this.number + " " + event);
		}

		@Override
		public void firstAudio(Duration duration) {
			record("audio after " + duration.toSeconds());
		}

		@Override
		public void firstText(Duration duration) {
			record("text after " + duration.toSeconds());
		}

		@Override
		public ToolObserver toolStarted(ToolCall call) {
			record("tool " + call.name());
			return (outcome, duration,
					result) -> record("tool " + outcome + " after " + duration.toSeconds() + ": " + result);
		}

		@Override
		public void content(String input, String output) {
			record("content " + input + " / " + output);
		}

		@Override
		public void ended(TurnOutcome outcome, Duration duration, @Nullable Throwable error) {
			record(outcome.name());
		}

		@Override
		public void abandoned() {
			record("abandoned");
		}

	}

}
