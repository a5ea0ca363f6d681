package dev.streaming.test;

import java.time.Duration;
import java.util.List;

import dev.streaming.ConnectionLostException;
import dev.streaming.MediaData;
import dev.streaming.ReconnectFailedException;
import dev.streaming.Reconnected;
import dev.streaming.SessionConfig;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.ResponseOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.streaming.test.StreamingAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Conversations with Gemini Live, which remembers them for a client that has a handle.
 */
class GeminiConversationTests extends AbstractConversationTests {

	@Override
	Partner partner() {
		return Partner.GEMINI_LIVE;
	}

	@Test
	void imageIsSeenBeforeTheQuestion() {
		provider().onText("What is it?").say("A dog.");
		client().sendImage(new MediaData(new byte[] { 1, 2, 3 }, "image/jpeg", 0, 0));
		client().sendText("What is it?");
		client().respond();
		hears("A dog.");
		assertThat(provider()).hasReceived(Received.Kind.IMAGE)
			.hasReceivedMessage("the image",
					(json) -> "image/jpeg".equals(json.at("/realtimeInput/video/mimeType").asString("")));
	}

	@Test
	void questionBesideTheConversationIsRefused() {
		ResponseOptions beside = ResponseOptions.builder().outOfBand().build();
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> client().ask("Which mood?", beside));
		assertThat(provider()).hasNotReceived(Received.Kind.TEXT);
	}

	@Test
	void modelThinksAloud() {
		provider().onText("Why?").think("Hm, ", "why. ").say("Because.").usage(7, 3);
		provider().userSays("Why?");
		assertThat(session()).delivers("a thought", (chunk) -> chunk.reasoning().contains("Hm, "))
			.delivers("another", (chunk) -> chunk.reasoning().contains("why. "))
			.delivers("Because.");
		assertThat(session().usage().totalTokens()).isEqualTo(10);
	}

	@Test
	void connectionIsChangedBeforeTheProviderGoesAway() {
		provider().onText("A story").say("Once ").goAway(Duration.ofSeconds(20)).hold().say("upon a time.");
		provider().userSays("A story");
		assertThat(session()).delivers("its begin", (chunk) -> chunk.delta().equals("Once "));
		assertThat(provider()).hasConnected(1);
		provider().proceed();
		hears("upon a time.");
		assertThat(session()).hasReconnected(1).isOpen();
		assertRemembers("A story", "Once upon a time.");
	}

	@Test
	void answerIsCutWhereTheTimeThatIsLeftIsOver() {
		provider().onText("A story").say("Once ").goAway(Duration.ofSeconds(20)).hold();
		provider().userSays("A story");
		assertThat(session()).delivers("its begin", (chunk) -> chunk.delta().equals("Once "));
		time().advance(Duration.ofSeconds(20));
		assertLost();
		assertReconnected(1);
	}

	private void assertTellsTheHistory() {
		assertReconnected(1);
		assertThat(provider()).hasConnected(3).hasReceivedHistory("I am Ann", "Hello Ann.");
		assertThat(provider().setup().at("/sessionResumption/handle").asString("")).isEmpty();
		assertThat(session()).delivers("the loss of the conversation", StreamChunk::reset);
		assertThat(SessionRecords.of(session())).extracting(Reconnected::attempt, Reconnected::stateRestored)
			.containsExactly(tuple(2, false));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1007, 1008, 1011 })
	void historyIsToldWhereTheResumptionIsRefused(int code) {
		sayAndHear("I am Ann", "Hello Ann.");
		provider().nextSetup().close(code, "Invalid handle");
		provider().drop();
		assertTellsTheHistory();
	}

	@Test
	void historyIsToldWhereTheResumptionIsNotAnswered() {
		sayAndHear("I am Ann", "Hello Ann.");
		provider().nextSetup().staySilent();
		provider().drop();
		assertThat(provider()).hasConnected(2);
		time().advance(SessionConfig.DEFAULT_RECONNECT_HOOK_TIMEOUT);
		assertTellsTheHistory();
	}

	@Test
	void refusedNewSessionIsTheEnd() {
		provider().refuseResumption();
		provider().nextSetup().close(1008, "Key revoked");
		provider().drop();
		assertThat(session()).hasFailedWith(ReconnectFailedException.class);
		assertThat(session().error()).get().extracting(Throwable::getMessage).asString().contains("1008: Key revoked");
		assertThat(provider()).wasDialled(3);
	}

	@Test
	void closeForGoodIsTheEnd() {
		beginsAStory();
		provider().close(1007, "Context exhausted");
		assertLost();
		assertThat(session()).hasFailedWith(ConnectionLostException.class);
		assertThat(provider()).wasDialled(1);
	}

	@Test
	void openCallsAreCancelledWithTheirConnection() {
		provider().onText("My trip?").callTool("find_trip", OSLO);
		provider().userSays("My trip?");
		String[] id = new String[1];
		assertThat(session()).delivers("the call", (chunk) -> {
			chunk.toolCalls().forEach((call) -> id[0] = call.id());
			return id[0] != null;
		});
		provider().drop();
		assertThat(session()).delivers("the cancellation",
				(chunk) -> "tool_calls_cancelled".equals(chunk.metadata().get("event"))
						&& List.of(id[0]).equals(chunk.metadata().get("ids")));
		assertLost();
	}

}
