package dev.streaming.openai;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import dev.streaming.OutagePolicy;
import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.RealtimeAnswerException;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Jitter;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Races of answers with concurrent events.
 */
@Timeout(120)
@Tag("race")
class OpenAiAnswerRaceTests extends AbstractOpenAiTests {

	private static final int ROUNDS = Jitter.rounds(300);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
	}

	private CompletableFuture<Void> run(Runnable task) {
		return CompletableFuture.runAsync(task, this.threads);
	}

	/**
	 * Answer each request with the text that it asks about.
	 */
	private void echo(int count) {
		run(() -> {
			try {
				for (int i = 1; i <= count; i++) {
					InMemoryPeer peer = this.openAi.transport().peer();
					OpenAiFixture.awaitTold(peer, CREATE, i);
					String asked = texts(peer).get(i - 1);
					created("r" + i);
					text("r" + i, asked);
					done("r" + i);
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
	}

	@Test
	void everyCallerGetsItsOwnAnswer() throws Exception {
		RealtimeClient client = client();
		int callers = 6;
		int each = Jitter.rounds(50);
		echo(callers * each);
		List<CompletableFuture<Void>> all = new ArrayList<>();
		for (int caller = 0; caller < callers; caller++) {
			String name = "caller " + caller + " asks ";
			all.add(run(() -> {
				for (int i = 0; i < each; i++) {
					assertThat(client.ask(name + i).text()).isEqualTo(name + i);
				}
			}));
		}
		CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).get(100, TimeUnit.SECONDS);
		assertThat(heard()).isEmpty();
	}

	@Test
	@Rule("V4")
	void closingRacesWithTheEndOfTheAnswer() throws Exception {
		RealtimeClient client = client();
		for (int round = 1; round <= ROUNDS; round++) {
			Answer answer = client.ask("round " + round);
			this.openAi.awaitTold(CREATE, round);
			String id = "r" + round;
			created(id);
			text(id, "a");
			CompletableFuture<Void> closing = run(answer::close);
			done(id);
			closing.get(10, TimeUnit.SECONDS);
			assertThat(answer.iterator().hasNext()).isFalse();
		}
		assertThat(heard()).isEmpty();
		this.openAi.awaitTold(CREATE, ROUNDS);
	}

	@Test
	@Rule("V4")
	void closingRacesWithTheQuestionBeingSent() throws Exception {
		RealtimeClient client = client();
		int asked = 0;
		for (int round = 1; round <= ROUNDS; round++) {
			Answer first = client.ask("first");
			Answer second = client.ask("second");
			this.openAi.awaitTold(CREATE, ++asked);
			CompletableFuture<Void> closing = run(second::close);
			String id = "r" + round;
			answer(id, "a");
			assertThat(first.text()).isEqualTo("a");
			closing.get(10, TimeUnit.SECONDS);
			settle();
			if (this.openAi.told(CREATE).size() > asked) {
				asked++;
				created(id + "b");
				done(id + "b", "cancelled", "client_cancelled");
			}
		}
		Answer last = client.ask("last");
		this.openAi.awaitTold(CREATE, asked + 1);
		answer("last", "z");
		assertThat(last.text()).isEqualTo("z");
		assertThat(heard()).isEmpty();
	}

	@Test
	@Rule("S2")
	void lossOfTheConnectionRacesWithTheEndOfTheAnswer() throws Exception {
		this.openAi.session((builder) -> builder.maxReconnectAttempts(1000));
		RealtimeClient client = client();
		for (int round = 1; round <= Jitter.rounds(100); round++) {
			InMemoryPeer peer = this.openAi.transport().awaitPeer(round);
			TestRuntime.eventually(() -> assertThat(this.openAi.session().state()).isEqualTo(Session.State.OPEN));
			Answer answer = client.ask("round " + round);
			OpenAiFixture.awaitTold(peer, CREATE, 1);
			CompletableFuture<String> text = CompletableFuture.supplyAsync(() -> outcome(answer), this.threads);
			CompletableFuture<Void> dropping = run(peer::drop);
			answer("r", "whole");
			dropping.get(10, TimeUnit.SECONDS);
			assertThat(text.get(10, TimeUnit.SECONDS)).isIn("whole", "lost");
			int next = round + 1;
			TestRuntime.eventually(() -> {
				this.openAi.pass(Duration.ofMillis(10));
				assertThat(this.openAi.transport().dials()).hasSize(next);
			});
		}
		List<StreamChunk> rest = heard();
		assertThat(rest).allSatisfy((chunk) -> assertThat(chunk.reset()).isTrue());
	}

	@Test
	@Rule("S9")
	void askingRacesWithTheLossOfTheConnection() throws Exception {
		this.openAi.session((builder) -> builder.maxReconnectAttempts(1000).sendWhileReconnecting(OutagePolicy.BUFFER));
		RealtimeClient client = client();
		for (int round = 1; round <= Jitter.rounds(150); round++) {
			InMemoryPeer peer = this.openAi.transport().awaitPeer(round);
			TestRuntime.eventually(() -> assertThat(this.openAi.session().state()).isEqualTo(Session.State.OPEN));
			CompletableFuture<Void> dropping = run(peer::drop);
			Answer answer = askOrNull(client, "round " + round);
			dropping.get(10, TimeUnit.SECONDS);
			int next = round + 1;
			TestRuntime.eventually(() -> {
				this.openAi.pass(Duration.ofMillis(10));
				assertThat(this.openAi.transport().dials()).hasSize(next);
			});
			InMemoryPeer second = this.openAi.transport().awaitPeer(next);
			TestRuntime.eventually(() -> assertThat(this.openAi.session().state()).isEqualTo(Session.State.OPEN));
			if (answer == null) {
				continue;
			}
			CompletableFuture<String> text = CompletableFuture.supplyAsync(() -> outcome(answer), this.threads);
			TestRuntime.eventually(() -> {
				this.openAi.pass(Duration.ZERO);
				assertThat(text.isDone() || !OpenAiFixture.told(second, CREATE).isEmpty()).isTrue();
			});
			if (!OpenAiFixture.told(second, CREATE).isEmpty()) {
				answer("r", "whole");
			}
			assertThat(text.get(10, TimeUnit.SECONDS)).isIn("whole", "lost");
		}
		assertThat(heard()).allSatisfy((chunk) -> assertThat(chunk.reset()).isTrue());
	}

	/**
	 * Ask, unless the connection was lost in the middle of the question.
	 */
	private static Answer askOrNull(RealtimeClient client, String text) {
		try {
			return client.ask(text);
		}
		catch (StreamingException ex) {
			return null;
		}
	}

	private static String outcome(Answer answer) {
		try {
			return answer.text();
		}
		catch (RealtimeAnswerException ex) {
			return "lost";
		}
	}

	@Test
	void timeoutRacesWithTheLastChunk() throws Exception {
		RealtimeClient client = client();
		for (int round = 1; round <= ROUNDS; round++) {
			Answer answer = client.ask("round " + round).timeout(SECOND);
			this.openAi.awaitTold(CREATE, round);
			created("r" + round);
			settle();
			CompletableFuture<Void> passing = run(() -> this.openAi.pass(SECOND));
			text("r" + round, "a");
			done("r" + round);
			assertThat(outcome(answer)).isIn("a", "lost");
			passing.get(10, TimeUnit.SECONDS);
		}
		assertThat(heard()).isEmpty();
	}

	@Test
	@Rule("S11")
	void closeOfTheSessionRacesWithAsking() throws Exception {
		for (int round = 0; round < 100; round++) {
			OpenAiFixture own = new OpenAiFixture().virtualTime();
			Session session = own.open();
			RealtimeClient client = RealtimeClient.of(session);
			CompletableFuture<Void> closing = run(session::close);
			String outcome = "lost";
			try {
				outcome = outcome(client.ask("Hello"));
			}
			catch (StreamingException ex) {
				assertThat(session.isClosed() || !(ex instanceof RealtimeAnswerException)).isTrue();
			}
			assertThat(outcome).isEqualTo("lost");
			closing.get(10, TimeUnit.SECONDS);
			own.close();
		}
	}

}
