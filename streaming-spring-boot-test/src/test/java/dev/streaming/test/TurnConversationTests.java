package dev.streaming.test;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.streaming.OutagePolicy;
import dev.streaming.SessionConfig;
import dev.streaming.StreamChunk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.annotation.Autowired;

import static dev.streaming.test.StreamingAssertions.assertThat;

/**
 * Conversations with the providers that tell the turns of a conversation, and that one
 * may write to.
 */
@ParameterizedClass
@EnumSource(names = { "OPENAI_REALTIME", "GEMINI_LIVE" })
class TurnConversationTests extends AbstractConversationTests {

	@Parameter
	private Partner partner;

	@Override
	Partner partner() {
		return this.partner;
	}

	private void ask(String text) {
		client().sendText(text);
		client().respond();
	}

	private void openBuffering() throws InterruptedException {
		reopen((spec) -> spec.session((config) -> config.sendWhileReconnecting(OutagePolicy.BUFFER)));
	}

	private Stream<Received> heardOf(String text) {
		int newest = provider().connections();
		return provider().received()
			.stream()
			.filter((message) -> message.connection() == newest && message.text().equals(text));
	}

	@Test
	void textIsAnsweredWhenAnAnswerIsWanted() {
		provider().onText("Hello").reply("Hi ", "there.").usage(3, 4);
		client().sendText("Hello");
		assertThat(provider()).hasReceivedTexts("Hello").hasNotReceived(Received.Kind.REQUEST);
		client().respond();
		assertThat(session()).delivers("the end",
				(chunk) -> chunk.finishReason() != null && chunk.content().equals("Hi there."));
		assertThat(provider().received(Received.Kind.REQUEST)).hasSize(1);
		assertThat(session().usage().totalTokens()).isEqualTo(7);
	}

	@Test
	void questionThatIsNotAnsweredIsLost() {
		provider().onText("Why?").staySilent();
		ask("Why?");
		assertThat(provider()).hasReceived(Received.Kind.REQUEST);
		provider().drop();
		assertLost();
		assertReconnected(1);
		sayAndHear("Still there?", "Yes.");
	}

	@Test
	void textThatWaitsForItsQuestionIsToldAgain() {
		provider().onText("Consider this.").reply("I do.");
		client().sendText("Consider this.");
		assertThat(provider()).hasReceivedTexts("Consider this.");
		provider().drop();
		assertReconnected(1);
		assertThat(heardOf("Consider this.")).hasSize(1);
		assertThat(delivered()).as("no answer was lost").noneMatch(StreamChunk::interrupted);
		client().respond();
		hears("I do.");
	}

	@Test
	void textThatIsHeldBackInAnOutageIsSaidOnce() throws Exception {
		openBuffering();
		time().holdBackOff();
		provider().drop();
		assertThat(session()).isReconnecting();
		provider().onText("Are you there?").reply("Yes.");
		ask("Are you there?");
		provider().nextDial().refuse(503);
		provider().nextSetup().drop();
		time().releaseBackOff();
		assertThat(session()).delivers("the end",
				(chunk) -> chunk.finishReason() != null && !isLoss(chunk) && chunk.content().equals("Yes."));
		assertThat(provider().received(Received.Kind.REQUEST)).hasSize(1);
		assertThat(heardOf("Are you there?")).hasSize(1);
		change();
		assertReconnected(2);
		assertRemembers("Are you there?", "Yes.");
	}

	@Test
	void requestThatIsHeldBackInAPlannedChangeIsNotLost() throws Exception {
		openBuffering();
		time().holdBackOff();
		provider().nextDial().refuse(503);
		changing();
		assertThat(provider()).wasDialled(3);
		provider().onText("Are you there?").reply("Yes.");
		ask("Are you there?");
		time().releaseBackOff();
		hears("Yes.");
		assertThat(provider().received(Received.Kind.REQUEST)).hasSize(1);
	}

	@Test
	void nothingIsToldAgainWhereThatIsOff() throws Exception {
		reopen("forgetful-" + partner().connection());
		sayAndHear("I am Ann", "Hello Ann.");
		provider().drop();
		assertReconnected(1);
		assertThat(provider()).hasNotReceived(Received.Kind.HISTORY);
		assertThat(delivered()).filteredOn(StreamChunk::reset)
			.extracting((chunk) -> chunk.metadata().get("replayed"))
			.containsExactly(0);
		sayAndHear("Who am I?", "I do not know.");
	}

	@Test
	void plannedChangeWaitsForToolsAndForWhatTheModelSaysToThem(@Autowired ToolGate gate) throws Exception {
		gate.close();
		provider().onText("The weather?").callTool("get_weather", OSLO).then().hold().say("It is cold.");
		provider().userSays("The weather?");
		gate.awaitCall();
		CompletableFuture<Void> change = changing();
		time().advance(Duration.ofMillis(500));
		assertThat(change).isNotDone();
		gate.open();
		assertThat(provider()).hasReceived(Received.Kind.TOOL_RESULT);
		time().advance(Duration.ofMillis(500));
		assertThat(change).isNotDone();
		provider().proceed();
		hears("It is cold.");
		time().advance(Duration.ofMillis(500));
		change.get(10, TimeUnit.SECONDS);
	}

	@Test
	void plannedChangeDoesNotWaitForever() throws Exception {
		beginsAStory();
		CompletableFuture<Void> change = changing();
		time().advance(SessionConfig.DEFAULT_PLANNED_CHANGE_MAX_WAIT);
		change.get(10, TimeUnit.SECONDS);
		assertLost();
		assertReconnected(1);
		assertThat(delivered()).noneMatch(StreamChunk::interrupted);
	}

}
