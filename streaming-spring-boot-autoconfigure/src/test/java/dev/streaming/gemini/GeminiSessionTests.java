package dev.streaming.gemini;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.streaming.FinishReason;
import dev.streaming.Message;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeTool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for turns in progress, and the end of a connection.
 */
class GeminiSessionTests {

	private static final String CONTENT = "{'serverContent':{'modelTurn':{'parts':[{'text':'a'}]}}}";

	private static final String END = "{'serverContent':{'turnComplete':true}}";

	private static final String HANDLE = "{'sessionResumptionUpdate':{'newHandle':'h','resumable':true}}";

	private final GeminiSessionFixture fixture = new GeminiSessionFixture();

	@ParameterizedTest
	@CsvSource({ "60s, 55000", "50s, 45000", "10s, 8000", "1.5s, 1200", "0s, 0", "-3s, 0", "soon, 8000", "'', 8000" })
	void turnMayHoldUpTheChangeAlmostAsLongAsTheServerWaits(String timeLeft, long millis) {
		this.fixture.read(CONTENT, "{'goAway':{'timeLeft':'" + timeLeft + "'}}");
		assertThat(this.fixture.context.changes).containsExactly(Duration.ofMillis(millis));
	}

	@ParameterizedTest
	@ValueSource(strings = { "300s", "61s", "86400s" })
	void goAwayThatLeavesMuchTimeIsNoReasonToHurry(String timeLeft) {
		this.fixture.read("{'goAway':{'timeLeft':'" + timeLeft + "'}}");
		assertThat(this.fixture.context.changes).isEmpty();
		Duration early = ProtoDuration.parse(timeLeft).orElseThrow().minus(Departure.SOON);
		this.fixture.wait(early.minusMillis(1));
		assertThat(this.fixture.context.changes).isEmpty();
		this.fixture.wait(Duration.ofMillis(1));
		assertThat(this.fixture.context.changes).containsExactly(Duration.ofSeconds(55));
	}

	@Test
	void laterAnnouncementReplacesTheOneBefore() {
		this.fixture.read("{'goAway':{'timeLeft':'300s'}}", "{'goAway':{'timeLeft':'10s'}}");
		assertThat(this.fixture.context.changes).containsExactly(Duration.ofSeconds(8));
		assertThat(this.fixture.context.scheduler.pending()).isZero();
	}

	@Test
	void announcementIsOverWithItsConnection() {
		this.fixture.read("{'goAway':{'timeLeft':'300s'}}");
		this.fixture.live.disconnected(false);
		this.fixture.wait(Duration.ofSeconds(300));
		assertThat(this.fixture.context.changes).isEmpty();
	}

	@Test
	void changeWaitsForTheHandleThatIncludesTheTurnButNotLong() {
		this.fixture.read(HANDLE, CONTENT, "{'goAway':{'timeLeft':'50s'}}");
		this.fixture.wait(Duration.ofSeconds(10));
		this.fixture.read(END);
		assertThat(this.fixture.isInFlight()).isTrue();
		this.fixture.wait(Duration.ofMillis(1999));
		assertThat(this.fixture.isInFlight()).isTrue();
		this.fixture.read(HANDLE);
		assertThat(this.fixture.isInFlight()).isFalse();
	}

	@Test
	void turnThatBeginsWhileTheHandleIsAwaitedIsNotCut() {
		this.fixture.read(HANDLE, CONTENT, "{'goAway':{'timeLeft':'50s'}}", END);
		this.fixture.wait(Duration.ofSeconds(1));
		this.fixture.read(CONTENT);
		this.fixture.wait(Duration.ofSeconds(20));
		assertThat(this.fixture.isInFlight()).isTrue();
		assertThat(this.fixture.context.changes).as("nothing forces the change before the server's time is up")
			.containsExactly(Duration.ofSeconds(45));
	}

	@Test
	void handleThatDoesNotComeIsNotWaitedFor() {
		this.fixture.read(HANDLE, CONTENT, END);
		this.fixture.wait(Duration.ofSeconds(2));
		assertThat(this.fixture.isInFlight()).isFalse();
	}

	@Test
	void whereThereAreNoHandlesNoneIsWaitedFor() {
		this.fixture.read(CONTENT, END);
		assertThat(this.fixture.isInFlight()).isFalse();
	}

	@Test
	void questionIsUnderWayUntilItsAnswerHasEnded() {
		this.fixture.ask("Why?");
		assertThat(this.fixture.isInFlight()).isTrue();
		this.fixture.read(CONTENT);
		assertThat(this.fixture.isInFlight()).isTrue();
		this.fixture.read(END);
		assertThat(this.fixture.isInFlight()).isFalse();
	}

	@Test
	void questionThatInterruptsAnAnswerIsStillUnderWayWhenThatHasEnded() {
		this.fixture.read(CONTENT);
		this.fixture.ask("Why?");
		this.fixture.read(CONTENT, "{'serverContent':{'interrupted':true}}", END);
		assertThat(this.fixture.isInFlight()).isTrue();
		this.fixture.read(CONTENT, END);
		assertThat(this.fixture.isInFlight()).isFalse();
	}

	@Test
	void questionWithoutAnAnswerIsOverWithItsTurn() {
		this.fixture.ask("Why?");
		this.fixture.read("{'serverContent':{'turnComplete':true,'turnCompleteReason':'PROHIBITED_INPUT_CONTENT'}}");
		assertThat(this.fixture.isInFlight()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "'waitingForInput':true", "'interactionStatus':'IDLE'" })
	void modelThatWaitsOwesNoAnswer(String status) {
		this.fixture.ask("Why?");
		this.fixture.read("{'serverContent':{" + status + "}}");
		assertThat(this.fixture.isInFlight()).as("it may have crossed the question").isTrue();
		this.fixture.wait(WrittenInput.CROSSING);
		this.fixture.read("{'serverContent':{" + status + "}}");
		assertThat(this.fixture.isInFlight()).isFalse();
	}

	@Test
	void callThatTheModelDidNotWaitForIsStillAnswered() {
		List<StreamChunk> chunks = this.fixture.read("{'toolCall':{'functionCalls':[{'id':'f1','name':'n'}]}}", CONTENT,
				END);
		assertThat(chunks.get(2).finishReason()).isEqualTo(FinishReason.STOP);
		assertThat(this.fixture.isInFlight()).isFalse();
		OpenCalls.Call first = this.fixture.conversation
			.apply((state) -> state.tools().returning("f1", AnswerRequest.Cancellation.NONE));
		OpenCalls.Call second = this.fixture.conversation
			.apply((state) -> state.tools().returning("f1", AnswerRequest.Cancellation.NONE));
		assertThat(first).isNotNull();
		assertThat(second).isNull();
	}

	@Test
	void asynchronousCallIsNotReportedAsLost() {
		this.fixture.read("{'toolCall':{'functionCalls':[{'id':'f1','name':'n'}]}}", CONTENT, END);
		this.fixture.live.disconnected(false);
		assertThat(this.fixture.context.emitted).isEmpty();
	}

	@Test
	void toolThatRunsIsAwaitedThoughTheModelGoesOn() {
		GeminiSessionFixture running = new GeminiSessionFixture(RealtimeTool.of("n", "N", Map::size));
		running.read("{'toolCall':{'functionCalls':[{'id':'f1','name':'n'}]}}", CONTENT, END);
		assertThat(running.isInFlight()).isTrue();
	}

	@Test
	void lossIsReportedOnce() {
		this.fixture.read(CONTENT);
		this.fixture.live.disconnected(false);
		this.fixture.live.disconnected(false);
		assertThat(this.fixture.context.emitted).hasSize(1);
	}

	@Test
	void questionThatIsHeldBackIsNotLostAndUnderWayOnTheNextConnection() {
		this.fixture.live.disconnected(false);
		this.fixture.ask("Why?", true);
		this.fixture.live.disconnected(false);
		assertThat(this.fixture.context.emitted).isEmpty();
		this.fixture.conversation.accept(GeminiTurnState::reconnected);
		assertThat(this.fixture.isInFlight()).isTrue();
	}

	@Test
	void resultOfAToolThatCouldNotBeSentIsSentLater() {
		GeminiSessionFixture running = new GeminiSessionFixture(RealtimeTool.of("n", "N", Map::size));
		running.read("{'toolCall':{'functionCalls':[{'id':'f1','name':'n','args':{}}]}}", END);
		running.context.broken = true;
		running.runTools();
		assertThat(running.context.sent).isEmpty();
		assertThat(running.isInFlight()).isTrue();
		running.context.broken = false;
		running.wait(Duration.ofSeconds(1));
		assertThat(running.context.sent).singleElement()
			.extracting((message) -> message.at("/toolResponse/functionResponses/0/id").asString())
			.isEqualTo("f1");
		running.read(CONTENT, END);
		assertThat(running.isInFlight()).isFalse();
		assertThat(running.context.scheduler.pending()).isZero();
	}

	@Test
	void resultThatCouldNotBeSentIsLostWithItsConnection() {
		GeminiSessionFixture running = new GeminiSessionFixture(RealtimeTool.of("n", "N", Map::size));
		running.read("{'toolCall':{'functionCalls':[{'id':'f1','name':'n','args':{}}]}}", END);
		running.context.broken = true;
		running.runTools();
		running.live.disconnected(false);
		running.context.broken = false;
		running.wait(Duration.ofSeconds(1));
		assertThat(running.context.sent).isEmpty();
		assertThat(running.context.scheduler.pending()).isZero();
	}

	// Late events of an older response do not affect the turn (V2)
	@Test
	void responseThatBeganBeforeTheUserSpokeIsNoAnswerToThat() {
		this.fixture.read("{'serverContent':{'outputTranscription':{'text':'rest'}}}",
				"{'voiceActivity':{'voiceActivityType':'ACTIVITY_START'}}", CONTENT, END);
		assertThat(this.fixture.isInFlight()).as("the user speaks").isTrue();
		this.fixture.read("{'voiceActivity':{'voiceActivityType':'ACTIVITY_END'}}", CONTENT, END);
		assertThat(this.fixture.isInFlight()).isFalse();
	}

	@Test
	void responseThatBeganBeforeAQuestionIsNoAnswerToThat() {
		this.fixture.read("{'serverContent':{'outputTranscription':{'text':'rest'}}}");
		this.fixture.ask("Why?");
		this.fixture.read("{'serverContent':{'modelTurn':{'parts':[{'text':'a'}]}}}", END);
		assertThat(this.fixture.isInFlight()).as("the question is not answered").isTrue();
		this.fixture.read(CONTENT, END);
		assertThat(this.fixture.isInFlight()).isFalse();
	}

	@Test
	void resultThatCouldNotBeSentIsNotAnswered() {
		this.fixture.read("{'toolCall':{'functionCalls':[{'id':'f1','name':'n'}]}}", END);
		OpenCalls.Call call = this.fixture.conversation
			.apply((state) -> state.tools().returning("f1", AnswerRequest.Cancellation.NONE));
		this.fixture.conversation.accept((state) -> state.tools().notReturned("f1", Objects.requireNonNull(call)));
		assertThat(this.fixture.isInFlight()).isTrue();
		this.fixture.conversation.apply((state) -> state.tools().returning("f1", AnswerRequest.Cancellation.NONE));
		this.fixture.read(CONTENT, END);
		assertThat(this.fixture.isInFlight()).as("one answer is all that comes").isFalse();
	}

	@Test
	void modelThatWaitsDoesNotEndATurnOfSpeechThatItsWordHasCrossed() {
		GeminiSessionFixture marked = new GeminiSessionFixture(true, UserSpeech.Marking.BY_APPLICATION);
		marked.conversation.accept((state) -> {
			state.spoken().sending(false);
			state.spoken().ending(false);
			state.spoken().ended();
		});
		marked.read("{'serverContent':{'interactionStatus':'IDLE'}}");
		assertThat(marked.isInFlight()).isTrue();
		marked.wait(WrittenInput.CROSSING);
		marked.read("{'serverContent':{'interactionStatus':'IDLE'}}");
		assertThat(marked.isInFlight()).isFalse();
	}

	// The service has received it meanwhile, and the handle after the answer includes it
	@Test
	void textIsNotRequestedAgainAfterTheModelHasSpoken() {
		this.fixture.conversation.apply((state) -> state.written().saying("Consider this.", false));
		this.fixture.read("{'serverContent':{'inputTranscription':{'text':'Well?'}}}", CONTENT);
		this.fixture.conversation.apply((state) -> state.written().saying("And this.", false));
		this.fixture.read(END);
		this.fixture.live.disconnected(false);
		List<String> unasked = this.fixture.conversation.apply((state) -> state.written().unasked());
		assertThat(unasked).containsExactly("And this.");
		assertThat(question()).isNotNull();
	}

	@Test
	void questionBehindTheLastWordBeforeAPlannedChangeIsHeldBack() {
		assertThat(this.fixture.isInFlight()).isFalse();
		// The change has begun, but the handler was not notified yet
		this.fixture.ask("Why?");
		this.fixture.live.disconnected(true);
		assertThat(this.fixture.context.emitted).isEmpty();
		this.fixture.conversation.accept(GeminiTurnState::reconnected);
		assertThat(this.fixture.isInFlight()).isTrue();
	}

	@Test
	void questionThatIsTakenBackIsNotUnderWay() {
		this.fixture.conversation.apply((state) -> state.written().saying("Consider this.", false));
		AnswerRequest request = this.fixture.conversation
			.apply((state) -> state.written().asking(Message.text("{}"), false));
		assertThat(question()).isNull();
		this.fixture.conversation.accept((state) -> state.written().notAsked(request));
		this.fixture.wait(WrittenInput.UNASKED);
		assertThat(this.fixture.isInFlight()).isFalse();
		List<String> unasked = this.fixture.conversation.apply((state) -> state.written().unasked());
		assertThat(unasked).containsExactly("Consider this.");
	}

	@Test
	void refusalThatCannotBeSentDoesNotEndTheSession() {
		this.fixture.read(CONTENT);
		this.fixture.conversation.accept(GeminiTurnState::cancel);
		this.fixture.context.broken = true;
		assertThat(this.fixture.read("{'toolCall':{'functionCalls':[{'id':'f1','name':'n'}]}}")).isEmpty();
	}

	// The session opens before it notifies the conversation: a change in between would
	// lose the request
	@Test
	void requestThatWaitsForAConnectionIsInFlight() {
		this.fixture.live.disconnected(false);
		AnswerRequest request = this.fixture.ask("Why?", true);
		assertThat(this.fixture.isInFlight()).isTrue();
		this.fixture.conversation.accept(GeminiTurnState::reconnected);
		assertThat(this.fixture.isInFlight()).isTrue();
		this.fixture.conversation.accept((state) -> state.written().notAsked(request));
		this.fixture.wait(WrittenInput.UNASKED);
		assertThat(this.fixture.isInFlight()).isFalse();
	}

	private @Nullable Message question() {
		return this.fixture.conversation.apply((state) -> state.written().question());
	}

}
