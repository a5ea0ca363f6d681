package dev.streaming.test;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import dev.streaming.ReconnectFailedException;
import dev.streaming.Reconnected;
import dev.streaming.StreamChunk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.streaming.test.StreamingAssertions.assertThat;

/**
 * Conversations with every provider that lose their connection.
 */
@ParameterizedClass
@EnumSource
class OutageConversationTests extends AbstractConversationTests {

	@Parameter
	private Partner partner;

	@Override
	Partner partner() {
		return this.partner;
	}

	@Test
	void answerIsLostWithItsConnection() {
		provider().onText("A story").say("Once ").drop();
		provider().userSays("A story");
		assertLost();
		assertReconnected(1);
		assertThat(SessionRecords.of(session())).extracting(Reconnected::planned).containsOnly(false);
		assertThat(SessionRecords.of(session())).extracting(Reconnected::stateRestored)
			.containsOnly(partner().resumes());
		assertRemembers("A story", "Once ");
		// Without what was half said
		sayAndHear("Go on", "upon a time.");
	}

	@Test
	void lossIsToldBeforeThereIsAnotherConnection() {
		beginsAStory();
		time().holdBackOff();
		provider().drop();
		assertLost();
		assertThat(session()).isReconnecting();
	}

	@Test
	void lossIsToldOnceThoughTheNextSetupFails() {
		beginsAStory();
		provider().nextSetup().drop();
		provider().drop();
		assertLost();
		assertReconnected(1);
		assertThat(provider()).hasConnected(3);
		assertThat(delivered()).noneMatch(StreamChunk::interrupted);
	}

	@Test
	void lossIsToldThoughThereIsNoOtherConnection() throws Exception {
		reopen((spec) -> spec.session((config) -> config.maxReconnectAttempts(2)));
		beginsAStory();
		provider().nextDial().refuse(503);
		provider().nextDial().unreachable();
		provider().drop();
		assertLost();
		assertThat(session()).hasFailedWith(ReconnectFailedException.class);
		assertThat(delivered()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1001, 1008 })
	void lossIsToldWhereNothingFollows(int code) throws Exception {
		reopen((spec) -> spec.session((config) -> config.maxReconnectAttempts(0)));
		beginsAStory();
		provider().close(code, "");
		assertLost();
		assertThat(session()).isClosed();
		assertThat(provider()).wasDialled(2);
	}

	@Test
	void quietConversationLosesNothing() {
		sayAndHear("I am Ann", "Hello Ann.");
		provider().drop();
		assertReconnected(1);
		List<StreamChunk> chunks = delivered();
		assertThat(chunks).noneMatch(StreamChunk::interrupted);
		assertThat(chunks).filteredOn(StreamChunk::reset).hasSize(partner().resumes() ? 0 : 1);
		assertRemembers("I am Ann", "Hello Ann.");
		sayAndHear("Who am I?", "Ann.");
	}

	@Test
	void conversationGoesOnWhenTheTimeOfItsConnectionIsUp() {
		sayAndHear("I am Ann", "Hello Ann.");
		provider().expire();
		assertReconnected(1);
		assertThat(delivered()).noneMatch(StreamChunk::interrupted);
		assertRemembers("I am Ann", "Hello Ann.");
		sayAndHear("Who am I?", "Ann.");
	}

	@Test
	void refusedDialsAndSetupsDelayTheConversation() {
		sayAndHear("Hello", "Hi.");
		provider().nextDial().refuse(503, Duration.ofSeconds(20));
		provider().nextDial().unreachable();
		provider().nextSetup().drop();
		provider().hangUp();
		assertReconnected(1);
		assertThat(provider()).wasDialled(5).hasConnected(3);
		assertThat(time().backOffs()).contains(Duration.ofSeconds(20));
		assertThat(SessionRecords.of(session())).extracting(Reconnected::attempt).containsExactly(4);
		assertRemembers("Hello", "Hi.");
		sayAndHear("Hello again", "Hi again.");
	}

	@Test
	void conversationOutlivesOneOutageAfterTheOther() {
		IntStream.rangeClosed(1, 3).forEach((outage) -> {
			sayAndHear("Question " + outage, "Answer " + outage);
			provider().drop();
			assertReconnected(outage);
		});
		assertRemembers("Question 1", "Answer 1", "Question 2", "Answer 2", "Question 3", "Answer 3");
	}

}
