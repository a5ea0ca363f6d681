package dev.streaming.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.streaming.FinishReason;
import dev.streaming.OutagePolicy;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.annotation.Autowired;

import static dev.streaming.test.StreamingAssertions.assertThat;

/**
 * Conversations in which the application asks, and has each answer apart from the rest.
 */
@ParameterizedClass
@EnumSource(names = { "OPENAI_REALTIME", "GEMINI_LIVE" })
class AnswerConversationTests extends AbstractConversationTests {

	@Parameter
	private Partner partner;

	@Override
	Partner partner() {
		return this.partner;
	}

	private void assertNothingElseWasAnswered() {
		assertThat(delivered()).filteredOn((chunk) -> chunk.finishReason() != null || !chunk.delta().isEmpty())
			.isEmpty();
	}

	@Test
	void answerHasItsChunksAloneAndTheConversationTheRest() {
		provider().onText("How are you?").transcribe("Something that was said").say("I am ", "fine.");
		Answer answer = client().ask("How are you?");
		assertThat(answer).hasText("I am fine.").hasAudio();
		assertThat(provider()).hasReceivedTexts("How are you?");
		assertThat(delivered()).filteredOn((chunk) -> !chunk.delta().isEmpty() || !chunk.content().isEmpty())
			.isNotEmpty()
			.extracting(StreamChunk::source)
			.containsOnly("input");
	}

	@Test
	void chunksOfAnAnswerHaveTheIdOfTheirResponse() {
		provider().onText("One").reply("First");
		provider().onText("Two").reply("Second");
		List<String> first = ids(client().ask("One"));
		List<String> second = ids(client().ask("Two"));
		assertThat(first).hasSize(1).doesNotContain("");
		assertThat(second).hasSize(1).doesNotContain("").doesNotContainAnyElementsOf(first);
	}

	private static List<String> ids(Answer answer) {
		List<StreamChunk> chunks = new ArrayList<>();
		answer.forEach(chunks::add);
		assertThat(chunks.get(chunks.size() - 1)).hasFinishReason(FinishReason.STOP);
		return chunks.stream().map(StreamChunk::responseId).distinct().toList();
	}

	@Test
	void answerGoesOnBehindTools() {
		provider().onText("The weather?").say("One moment. ").callTool("get_weather", OSLO).thenSay("It is cold.");
		assertThat(client().ask("The weather?")).hasText("One moment. It is cold.");
		assertNothingElseWasAnswered();
	}

	@Test
	void answersOfTwoCallersDoNotMix() {
		provider().onText("One").reply("Fi").hold().reply("rst");
		provider().onText("Two").reply("Second");
		Answer first = client().ask("One");
		Answer second = client().ask("Two");
		assertThat(provider()).hasReceivedTexts("One");
		provider().proceed();
		assertThat(second).hasText("Second");
		assertThat(first).hasText("First");
		assertThat(provider()).hasReceivedTexts("One", "Two");
		assertNothingElseWasAnswered();
	}

	@Test
	void requestOfTheApplicationHasItsOwnAnswer() {
		provider().onText("Aside").say("To the ").hold().say("aside");
		provider().onText("One").reply("First");
		client().sendText("Aside");
		client().respond();
		Answer answer = client().ask("One");
		assertThat(provider()).hasReceivedTexts("Aside");
		provider().proceed();
		assertThat(answer).hasText("First");
		hears("To the aside");
		assertNothingElseWasAnswered();
	}

	@Test
	void silentModelEndsTheAnswer() {
		provider().onText("Anybody?").reply("Hm").staySilent();
		Answer answer = client().ask("Anybody?");
		CompletableFuture<String> text = CompletableFuture.supplyAsync(answer::text);
		time().advance(Answer.DEFAULT_TIMEOUT.minusMillis(1));
		assertThat(text).isNotDone();
		time().advance(Duration.ofMillis(1));
		assertThat(answer).hasFailedWith("no sign of the answer for 30000 ms");
		if (partner() == Partner.OPENAI_REALTIME) {
			assertThat(provider()).hasReceived(Received.Kind.CANCEL);
		}
	}

	@Test
	void silenceIsCountedFromTheLastSign() {
		provider().onText("One").after(Duration.ofSeconds(20)).reply("La").after(Duration.ofSeconds(20)).reply("te");
		Answer answer = client().ask("One");
		time().advance(Duration.ofSeconds(40));
		assertThat(answer).hasText("Late");
	}

	@Test
	void silenceDoesNotCountWhileAToolWorks(@Autowired ToolGate gate) throws Exception {
		reopen((spec) -> spec.session((config) -> config.toolTimeout(Duration.ofHours(1))));
		gate.close();
		provider().onText("The weather?").callTool("get_weather", OSLO).thenReply("It is cold.");
		Answer answer = client().ask("The weather?");
		gate.awaitCall();
		time().advance(Duration.ofMinutes(5));
		gate.open();
		assertThat(answer).hasText("It is cold.");
	}

	@Test
	void silenceDoesNotCountInAnOutage() throws Exception {
		reopen((spec) -> spec.session((config) -> config.sendWhileReconnecting(OutagePolicy.BUFFER)));
		time().holdBackOff();
		provider().drop();
		assertThat(session()).isReconnecting();
		provider().nextDial().staySilent();
		provider().onText("One").reply("First");
		CompletableFuture<String> text = CompletableFuture
			.supplyAsync(client().ask("One").timeout(Duration.ofSeconds(1))::text);
		time().advance(Duration.ofSeconds(6));
		assertThat(session()).isReconnecting();
		time().advance(Duration.ofMinutes(1));
		assertThat(session()).isOpen();
		assertThat(text.get(10, TimeUnit.SECONDS)).isEqualTo("First");
	}

	@Test
	void lostConnectionEndsTheAnswerAloneAndIsNoLossForTheConversation() throws Exception {
		reopen((spec) -> spec.session((config) -> config.sendWhileReconnecting(OutagePolicy.WAIT)));
		provider().onText("One").reply("Fi").hold();
		provider().onText("Two").reply("Second");
		Answer first = client().ask("One");
		Answer second = client().ask("Two");
		provider().drop();
		assertThat(first).hasFailedWith("connection was lost");
		assertThat(second).hasText("Second");
		assertNothingElseWasAnswered();
	}

	@Test
	void plannedChangeWaitsForTheAnswer() throws Exception {
		provider().onText("One").reply("Fi").hold().reply("rst");
		Answer answer = client().ask("One");
		CompletableFuture<Void> change = changing();
		time().advance(Duration.ofMillis(500));
		assertThat(change).isNotDone();
		provider().proceed();
		assertThat(answer).hasText("First");
		time().advance(Duration.ofMillis(500));
		change.get(10, TimeUnit.SECONDS);
	}

	@Test
	void answerMayBeEmpty() {
		provider().onText("One");
		assertThat(client().ask("One")).hasText("");
		assertNothingElseWasAnswered();
	}

}
