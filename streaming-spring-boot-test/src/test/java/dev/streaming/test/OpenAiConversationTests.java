package dev.streaming.test;

import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.streaming.ConnectionLostException;
import dev.streaming.FinishReason;
import dev.streaming.MediaData;
import dev.streaming.MessageHandlerException;
import dev.streaming.PermanentFailureException;
import dev.streaming.SessionSetupException;
import dev.streaming.StreamChunk;
import dev.streaming.openai.OpenAiErrorException;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.ResponseOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.streaming.test.StreamingAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Conversations with OpenAI Realtime.
 */
class OpenAiConversationTests extends AbstractConversationTests {

	@Override
	Partner partner() {
		return Partner.OPENAI_REALTIME;
	}

	@Test
	void imageIsSeenBeforeTheQuestion() {
		byte[] image = { 1, 2, 3 };
		provider().onText("What is it?").say("A dog.");
		client().sendImage(new MediaData(image, "image/png", 0, 0));
		client().sendText("What is it?");
		client().respond();
		hears("A dog.");
		String url = "data:image/png;base64," + Base64.getEncoder().encodeToString(image);
		assertThat(provider()).hasReceived(Received.Kind.IMAGE)
			.hasReceivedMessage("the image", (json) -> url.equals(json.at("/item/content/0/image_url").asString("")));
	}

	@Test
	void questionBesideTheConversationIsAnsweredInWriting() {
		provider().onText("A story").say("Once ").hold().say("upon a time.");
		provider().onText("Which mood?").reply("happy");
		provider().userSays("A story");
		assertThat(session()).delivers("its begin", (chunk) -> chunk.delta().equals("Once "));
		Answer mood = client().ask("Which mood?",
				ResponseOptions.builder().outputModalities("text").metadata("topic", "mood").outOfBand().build());
		assertThat((Iterable<StreamChunk>) mood).isNotEmpty()
			.allSatisfy((chunk) -> assertThat(chunk.metadata()).containsEntry("metadata", Map.of("topic", "mood")));
		assertThat(mood).hasText("happy");
		assertThat(mood.audio()).isEmpty();
		provider().proceed();
		hears("upon a time.");
	}

	@Test
	void questionIsNotForgottenForOneBesideTheConversation() {
		provider().onText("Which mood?").reply("happy");
		provider().onText("What time is it?").say("Noon.");
		client().sendText("What time is it?");
		assertThat(client().ask("Which mood?", ResponseOptions.builder().outOfBand().build())).hasText("happy");
		client().respond();
		hears("Noon.");
	}

	@Test
	void changeOfTheVoiceLeavesTheRestOfTheAudioSettings() {
		Map<String, Object> input = Map.of("format", Map.of("type", "audio/pcmu"));
		session().send(Map.of("type", "session.update", "session", Map.of("audio", Map.of("input", input))));
		session().send(Map.of("type", "session.update", "session",
				Map.of("audio", Map.of("output", Map.of("voice", "marin")))));
		session().send(Map.of("type", "input_audio_buffer.append", "audio",
				Base64.getEncoder().encodeToString(new byte[800])));
		assertThat(provider()).hasReceivedAudio(Duration.ofMillis(100));
	}

	@Test
	void userHearsAPartOfAnAnswer() {
		provider().onText("A story").say("Once ", "upon ").interrupt();
		provider().userSays("A story");
		assertInterrupted();
		client().truncate(Duration.ofMillis(120));
		assertThat(provider()).hasReceivedMessage("a truncation", (json) -> json.path("audio_end_ms").asInt() == 120);
		provider().onText("Enough").say("All right.");
		provider().userSays("Enough");
		assertThat(session()).delivers("the next answer", (chunk) -> chunk.delta().equals("All right."));
	}

	@Test
	void textThatWasNotHeardIsNotToldAgain() {
		provider().onText("Count").say("0123456789").interrupt();
		provider().userSays("Count");
		assertThat(session()).delivers("an interruption", StreamChunk::interrupted);
		client().truncate(Duration.ofMillis(40));
		ends();
		provider().onText("Stop").say("Yes.");
		provider().userSays("Stop");
		hears("Yes.");
		provider().drop();
		assertReconnected(1);
		assertRemembers("Count", "0123", "Stop", "Yes.");
	}

	@Test
	void plannedChangeWaitsWhileTheUserSpeaks() throws Exception {
		provider().userSpeaks();
		CompletableFuture<Void> change = changing();
		time().advance(Duration.ofMillis(500));
		assertThat(change).isNotDone();
		sayAndHear("Hello", "Hi.");
		time().advance(Duration.ofMillis(500));
		change.get(10, TimeUnit.SECONDS);
	}

	@Test
	void onlyTheLastTextsAreToldAgain() throws Exception {
		reopen("brief");
		sayAndHear("I am Ann", "Hello Ann.");
		sayAndHear("Who am I?", "Ann.");
		change();
		assertRemembers("Who am I?", "Ann.");
	}

	@Test
	void requestsAreAnsweredOneAfterTheOther() {
		provider().next().reply("One.").hold();
		provider().next().reply("Two.");
		client().respond();
		client().respond();
		client().respond();
		assertThat(session()).delivers("the first", (chunk) -> chunk.delta().equals("One."));
		assertThat(provider().received(Received.Kind.REQUEST)).hasSize(1);
		provider().proceed();
		hears("");
		hears("Two.");
		assertThat(provider().received(Received.Kind.REQUEST)).hasSize(2);
	}

	@Test
	void cancelForgetsTheRequestThatWaits() {
		provider().next().reply("One.").hold();
		client().cancel();
		client().respond();
		client().respond();
		assertThat(session()).delivers("the first", (chunk) -> chunk.delta().equals("One."));
		client().cancel();
		assertThat(session()).delivers("its end", (chunk) -> chunk.finishReason() == FinishReason.CANCELLED);
		assertThat(provider().received(Received.Kind.CANCEL)).hasSize(1);
		assertThat(provider().received(Received.Kind.REQUEST)).hasSize(1);
		sayAndHear("Hello", "Hi.");
	}

	@Test
	void refusedRequestDoesNotBlockTheNext() {
		provider().onText("One?").error("rate_limit_exceeded", "Later");
		provider().onText("Two?").reply("Yes.");
		client().sendText("One?");
		client().respond();
		assertThat(session()).delivers("the error", (chunk) -> chunk.error() instanceof OpenAiErrorException);
		client().sendText("Two?");
		client().respond();
		hears("Yes.");
	}

	@Test
	void expiryIsALossThatPassesWhateverItsCode() {
		provider().close(4001, "session_expired");
		assertReconnected(1);
	}

	@Test
	void closeForGoodIsTheEnd() {
		beginsAStory();
		provider().close(1011, "insufficient_quota");
		assertLost();
		assertThat(session()).hasFailedWith(ConnectionLostException.class);
		assertThat(provider()).wasDialled(1);
	}

	@Test
	void errorForGoodIsTheEnd() {
		provider().send(error("insufficient_quota"));
		assertThat(session()).hasFailedWith(MessageHandlerException.class);
		assertThat(session().error()).get()
			.satisfies((error) -> assertThat(error).hasMessageContaining("insufficient_quota")
				.cause()
				.isInstanceOf(PermanentFailureException.class));
		assertThat(provider()).wasDialled(1);
	}

	private static String error(String code) {
		return "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"code\":\"" + code
				+ "\",\"message\":\"Sorry\"}}";
	}

	@ParameterizedTest
	@ValueSource(strings = { "insufficient_quota", "invalid_api_key", "invalid_value" })
	void refusedSetupIsNotTriedAgain(String code) {
		provider().nextSetup().error(code, "Sorry");
		assertThatExceptionOfType(SessionSetupException.class).isThrownBy(() -> reopen("caller"))
			.withMessageContaining(code)
			.withMessageContaining("Sorry")
			.withCauseInstanceOf(PermanentFailureException.class);
		assertThat(provider()).wasDialled(2);
	}

	@Test
	void closeInTheSetupIsTheFailureWithItsReason() {
		provider().nextSetup().close(3000, "invalid_request_error.invalid_api_key");
		assertThatExceptionOfType(SessionSetupException.class).isThrownBy(() -> reopen("caller"))
			.withMessageContaining("3000")
			.withMessageContaining("invalid_api_key");
		assertThat(provider()).wasDialled(2);
	}

}
