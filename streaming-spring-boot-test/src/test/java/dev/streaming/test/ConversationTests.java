package dev.streaming.test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.streaming.Reconnected;
import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeChunks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.streaming.test.StreamingAssertions.assertThat;

/**
 * Conversations with every provider, and changes of their connection.
 */
@ParameterizedClass
@EnumSource
class ConversationTests extends AbstractConversationTests {

	@Parameter
	private Partner partner;

	@Override
	Partner partner() {
		return this.partner;
	}

	@Test
	void speechIsHeardAndAnsweredInSpeech() {
		provider().onText("What time is it?").say("It is ", "noon.");
		int bytes = client().inputFormat().sampleRate() * 2 / 10;
		client().sendAudio(client().inputFormat().media(new byte[bytes]));
		provider().userSays("What time is it?");
		assertThat(session()).delivers("the words of the user",
				(chunk) -> RealtimeChunks.INPUT.equals(chunk.source()) && chunk.delta().contains("time"));
		assertThat(session()).delivers("speech", (chunk) -> chunk.media() != null
				&& chunk.media().sampleRate() == 24_000 && chunk.media().data().length == 4800);
		assertThat(session()).delivers("the last words", (chunk) -> chunk.delta().equals("noon."));
		ends();
		assertThat(provider()).hasReceivedAudio(Duration.ofMillis(100)).hasConnected(1);
		sayAndHear("And in Rome?", "The same.");
	}

	@Test
	void userInterruptsTheModel() {
		provider().onText("A story").say("Once ", "upon ").hold().say("a time.");
		provider().userSays("A story");
		assertThat(session()).delivers("the first pieces", (chunk) -> chunk.delta().equals("upon "));
		provider().userSpeaks();
		assertInterrupted();
		sayAndHear("Enough", "All right.");
		assertThat(provider().transcript()).doesNotContain("a time.");
	}

	@Test
	void plannedChangesOfTheConnectionAreNotHeard() throws Exception {
		sayAndHear("I am Ann", "Hello Ann.");
		for (int changes = 1; changes <= 3; changes++) {
			change();
			assertReconnected(changes);
			assertThat(provider()).hasConnected(changes + 1);
			assertRemembers("I am Ann", "Hello Ann.");
		}
		assertThat(provider().received(Received.Kind.CLOSE)).extracting(Received::text)
			.containsOnly("1000 maintenance")
			.hasSize(3);
		assertThat(SessionRecords.of(session())).extracting(Reconnected::planned).containsOnly(true);
		assertThat(SessionRecords.of(session())).extracting(Reconnected::stateRestored)
			.containsOnly(partner().resumes());
		List<StreamChunk> chunks = delivered();
		assertThat(chunks).noneMatch(StreamChunk::interrupted);
		assertThat(chunks).filteredOn(StreamChunk::reset)
			.extracting((chunk) -> chunk.metadata().get("replayed"))
			.hasSize(partner().resumes() ? 0 : 3)
			.allMatch(Integer.valueOf(2)::equals);
		sayAndHear("Who am I?", "Ann.");
	}

	@Test
	void plannedChangeWaitsForTheEndOfTheAnswer() throws Exception {
		beginsAStory();
		CompletableFuture<Void> change = changing();
		time().advance(Duration.ofMillis(500));
		assertThat(change).isNotDone();
		assertThat(provider()).hasConnected(1);
		provider().proceed();
		hears("upon a time.");
		time().advance(Duration.ofMillis(500));
		change.get(10, TimeUnit.SECONDS);
		assertRemembers("A story", "Once upon a time.");
		assertThat(delivered()).noneMatch(StreamChunk::interrupted);
	}

	@Test
	void connectionIsChangedBeforeItsTimeIsUp() {
		sayAndHear("I am Ann", "Hello Ann.");
		if (partner() == Partner.GEMINI_LIVE) {
			provider().goAway(Duration.ofSeconds(50));
		}
		else {
			time().advance(Duration.ofMinutes(61));
		}
		assertReconnected(1);
		assertThat(SessionRecords.of(session())).extracting(Reconnected::planned).containsOnly(true);
		assertRemembers("I am Ann", "Hello Ann.");
		sayAndHear("Who am I?", "Ann.");
	}

	@Test
	void changedInstructionsAreKeptOverAnOutage() {
		sayAndHear("Hello", "Hi.");
		changeInstructions("Speak German");
		assertThat(provider()).hasSetup(partner().instructions(), "Speak German");
		int connections = provider().connections();
		provider().drop();
		assertThat(provider()).hasConnected(connections + 1).hasSetup(partner().instructions(), "Speak German");
		assertThat(session()).isOpen();
	}

	@Test
	void errorOfTheProviderLeavesTheConversationOpen() {
		provider().onText("A story").say("Once ").error("server_error", "Sorry").say("upon a time.");
		provider().userSays("A story");
		assertThat(session()).delivers("the error",
				(chunk) -> chunk.error() != null && chunk.error().getMessage().contains("Sorry"));
		assertThat(session()).isOpen();
		assertThat(session().state()).isEqualTo(Session.State.OPEN);
	}

}
