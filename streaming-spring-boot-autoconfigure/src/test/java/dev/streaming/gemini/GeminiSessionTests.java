package dev.streaming.gemini;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.streaming.FinishReason;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeTool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When a turn is under way, and when the connection is left.
 */
class GeminiSessionTests {

	private static final String CONTENT = "{'serverContent':{'modelTurn':{'parts':[{'text':'a'}]}}}";

	private static final String END = "{'serverContent':{'turnComplete':true}}";

	private static final String HANDLE = "{'sessionResumptionUpdate':{'newHandle':'h','resumable':true}}";

	private final LiveFixture fixture = new LiveFixture();

	@ParameterizedTest
	@CsvSource({ "50s, 45000", "10s, 8000", "1.5s, 1200", "0s, 0", "-3s, 0", "soon, 8000", "'', 8000" })
	void turnMayHoldUpTheChangeAlmostAsLongAsTheServerWaits(String timeLeft, long millis) {
		this.fixture.read(CONTENT, "{'goAway':{'timeLeft':'" + timeLeft + "'}}");
		assertThat(this.fixture.context.changes).containsExactly(Duration.ofMillis(millis));
	}

	@Test
	void changeWaitsForTheHandleThatIncludesTheTurnButNotLong() {
		this.fixture.read(HANDLE, CONTENT, "{'goAway':{'timeLeft':'50s'}}");
		this.fixture.wait(Duration.ofSeconds(10));
		this.fixture.read(END);
		assertThat(this.fixture.live.isResponseInFlight()).isTrue();
		assertThat(this.fixture.context.changes).containsExactly(Duration.ofSeconds(45), Duration.ofSeconds(2));
		this.fixture.read(HANDLE);
		assertThat(this.fixture.live.isResponseInFlight()).isFalse();
	}

	@Test
	void turnThatBeginsMeanwhileHasTheTimeThatIsLeft() {
		this.fixture.read(HANDLE, CONTENT, "{'goAway':{'timeLeft':'50s'}}", END);
		this.fixture.wait(Duration.ofSeconds(1));
		this.fixture.read(CONTENT);
		assertThat(this.fixture.context.changes).last().isEqualTo(Duration.ofSeconds(44));
		this.fixture.wait(Duration.ofSeconds(43));
		this.fixture.read(END);
		assertThat(this.fixture.context.changes).last().isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void goAwayRightBehindATurnWaitsForItsHandleToo() {
		this.fixture.read(HANDLE, CONTENT, END);
		this.fixture.wait(Duration.ofMillis(500));
		this.fixture.read("{'goAway':{'timeLeft':'50s'}}");
		assertThat(this.fixture.context.changes).containsExactly(Duration.ofSeconds(2));
		assertThat(this.fixture.live.isResponseInFlight()).isTrue();
	}

	@Test
	void handleThatDoesNotComeIsNotWaitedFor() {
		this.fixture.read(HANDLE, CONTENT, END);
		this.fixture.wait(Duration.ofSeconds(2));
		assertThat(this.fixture.live.isResponseInFlight()).isFalse();
	}

	@Test
	void whereThereAreNoHandlesNoneIsWaitedFor() {
		this.fixture.read(CONTENT, END);
		assertThat(this.fixture.live.isResponseInFlight()).isFalse();
	}

	@Test
	void questionIsUnderWayUntilItsAnswerHasEnded() {
		this.fixture.conversation.asking("Why?", false);
		assertThat(this.fixture.live.isResponseInFlight()).isTrue();
		this.fixture.read(CONTENT);
		assertThat(this.fixture.live.isResponseInFlight()).isTrue();
		this.fixture.read(END);
		assertThat(this.fixture.live.isResponseInFlight()).isFalse();
	}

	@Test
	void questionThatInterruptsAnAnswerIsStillUnderWayWhenThatHasEnded() {
		this.fixture.read(CONTENT);
		this.fixture.conversation.asking("Why?", false);
		this.fixture.read(CONTENT, "{'serverContent':{'interrupted':true}}", END);
		assertThat(this.fixture.live.isResponseInFlight()).isTrue();
		this.fixture.read(CONTENT, END);
		assertThat(this.fixture.live.isResponseInFlight()).isFalse();
	}

	@Test
	void questionWithoutAnAnswerIsOverWithItsTurn() {
		this.fixture.conversation.asking("Why?", false);
		this.fixture.read("{'serverContent':{'turnComplete':true,'turnCompleteReason':'PROHIBITED_INPUT_CONTENT'}}");
		assertThat(this.fixture.live.isResponseInFlight()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "'waitingForInput':true", "'interactionStatus':'IDLE'" })
	void modelThatWaitsOwesNoAnswer(String status) {
		this.fixture.conversation.asking("Why?", false);
		this.fixture.read("{'serverContent':{" + status + "}}");
		assertThat(this.fixture.live.isResponseInFlight()).isFalse();
	}

	@Test
	void resultMayBeSentInTheProvidersOwnWords() {
		List<StreamChunk> chunks = this.fixture.read("{'toolCall':{'functionCalls':[{'id':'f1','name':'n'}]}}", CONTENT,
				END);
		assertThat(chunks.get(2).finishReason()).isEqualTo(FinishReason.STOP);
		assertThat(this.fixture.live.isResponseInFlight()).isFalse();
		this.fixture.live.disconnected();
		assertThat(this.fixture.context.emitted).isEmpty();
	}

	@Test
	void callThatTheModelDidNotWaitForIsStillAnswered() {
		this.fixture.read("{'toolCall':{'functionCalls':[{'id':'f1','name':'n'}]}}", CONTENT, END);
		assertThat(this.fixture.conversation.returning("f1")).isTrue();
		assertThat(this.fixture.conversation.returning("f1")).isFalse();
	}

	@Test
	void toolThatRunsIsAwaitedThoughTheModelGoesOn() {
		LiveFixture running = new LiveFixture(RealtimeTool.of("n", "N", Map::size));
		running.read("{'toolCall':{'functionCalls':[{'id':'f1','name':'n'}]}}", CONTENT, END);
		assertThat(running.live.isResponseInFlight()).isTrue();
	}

	@Test
	void lossIsToldOnce() {
		this.fixture.read(CONTENT);
		this.fixture.live.disconnected();
		this.fixture.live.disconnected();
		assertThat(this.fixture.context.emitted).hasSize(1);
	}

	@Test
	void questionThatIsHeldBackIsNotLostAndUnderWayOnTheNextConnection() {
		this.fixture.live.disconnected();
		this.fixture.conversation.asking("Why?", true);
		this.fixture.live.disconnected();
		assertThat(this.fixture.context.emitted).isEmpty();
		assertThat(this.fixture.live.isResponseInFlight()).isFalse();
		this.fixture.conversation.reconnected();
		assertThat(this.fixture.live.isResponseInFlight()).isTrue();
	}

	@Test
	void questionThatIsTakenBackIsNotUnderWay() {
		this.fixture.conversation.saying("Consider this.", false);
		Runnable takeBack = this.fixture.conversation.asking(false);
		assertThat(this.fixture.conversation.hasUnasked()).isFalse();
		takeBack.run();
		assertThat(this.fixture.conversation.isTurnOpen()).isFalse();
		assertThat(this.fixture.conversation.unasked()).containsExactly("Consider this.");
	}

	@Test
	void refusalThatCannotBeSentDoesNotEndTheSession() {
		this.fixture.read(CONTENT);
		this.fixture.conversation.cancel();
		this.fixture.context.broken = true;
		assertThat(this.fixture.read("{'toolCall':{'functionCalls':[{'id':'f1','name':'n'}]}}")).isEmpty();
	}

}
