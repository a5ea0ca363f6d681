package dev.streaming.openai;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.NotConnectedException;
import dev.streaming.OutagePolicy;
import dev.streaming.Reconnected;
import dev.streaming.Session;
import dev.streaming.SessionClosedException;
import dev.streaming.SessionListener;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.RealtimeAnswerException;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for answers with lost and changed connections, the end of the session, and
 * back-pressure.
 */
class OpenAiAnswerOutageTests extends AbstractOpenAiAnswerTests {

	@Test
	void lostConnectionEndsTheAnswerBehindWhatCameOfIt() throws Exception {
		Answer answer = ask("Hello");
		created("r1");
		text("r1", "Half");
		settle();
		this.openAi.transport().peer().drop();
		List<String> deltas = new ArrayList<>();
		assertThatExceptionOfType(RealtimeAnswerException.class)
			.isThrownBy(() -> answer.forEach((chunk) -> deltas.add(chunk.delta())))
			.withMessageContaining("connection was lost");
		assertThat(deltas).containsExactly("Half");
	}

	@Test
	void lostConnectionOfAnAnswerIsNoLossForTheChannel() throws Exception {
		Answer answer = ask("Hello");
		created("r1");
		settle();
		this.openAi.transport().peer().drop();
		failure(answer);
		reconnected();
		assertThat(heard()).extracting(StreamChunk::reset).containsExactly(true);
	}

	@Test
	void questionThatWaitsIsAskedOnTheNextConnection() throws Exception {
		Answer first = ask("One");
		created("r1");
		Answer second = ask("Two");
		settle();
		this.openAi.transport().peer().drop();
		failure(first);
		reconnected();
		awaitCreates(1);
		answer("r2", "Second");
		assertThat(second.text()).isEqualTo("Second");
	}

	@Test
	@Rule("S10")
	void plannedChangeWaitsForTheAnswer() throws Exception {
		Answer answer = ask("Hello");
		created("r1");
		CompletableFuture<Void> change = reconnecting(this.openAi.session());
		assertWaits(change);
		text("r1", "Hi");
		done("r1");
		assertThat(answer.text()).isEqualTo("Hi");
		assertDone(change);
		Answer next = ask("And now?");
		awaitCreates(1);
		answer("r2", "Too");
		assertThat(next.text()).isEqualTo("Too");
	}

	@Test
	@Rule("S9")
	void withoutAConnectionAskingThrowsAsSendingDoes() throws Exception {
		this.client = client();
		settle();
		this.openAi.transport().peer().drop();
		TestRuntime.eventually(() -> assertThat(this.openAi.session().state()).isEqualTo(Session.State.RECONNECTING));
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> ask("One"));
	}

	@Test
	@Rule("S9")
	void bufferedQuestionIsAnsweredOnTheNextConnection() throws Exception {
		this.openAi.session((builder) -> builder.sendWhileReconnecting(OutagePolicy.BUFFER));
		this.client = client();
		settle();
		this.openAi.transport().peer().drop();
		TestRuntime.eventually(() -> assertThat(this.openAi.session().state()).isEqualTo(Session.State.RECONNECTING));
		Answer answer = ask("One");
		reconnected();
		awaitCreates(1);
		answer("r1", "First");
		assertThat(answer.text()).isEqualTo("First");
	}

	@Test
	void silenceOfABufferedQuestionDoesNotCountInTheOutage() throws Exception {
		this.openAi.session((builder) -> builder.sendWhileReconnecting(OutagePolicy.BUFFER));
		this.client = client();
		settle();
		loseConnection();
		TestRuntime.eventually(() -> {
			this.openAi.pass(Duration.ofMillis(10));
			assertThat(this.openAi.transport().dials()).hasSize(2);
		});
		Answer answer = ask("One").timeout(SECOND);
		assertAnsweredAfterTheOutage(answer);
	}

	@Test
	void silenceOfAQuestionThatWaitsDoesNotCountInTheOutage() throws Exception {
		Answer first = ask("One");
		created("r0");
		Answer second = ask("Two").timeout(SECOND);
		settle();
		loseConnection();
		failure(first);
		TestRuntime.eventually(() -> {
			this.openAi.pass(Duration.ofMillis(10));
			assertThat(this.openAi.transport().dials()).hasSize(2);
		});
		assertAnsweredAfterTheOutage(second);
	}

	private void loseConnection() {
		this.openAi.transport().nextDial((dial) -> {
			// Not answered for a while
		});
		this.openAi.transport().peer().drop();
	}

	private void assertAnsweredAfterTheOutage(Answer answer) throws Exception {
		this.openAi.pass(SECOND.multipliedBy(3));
		this.openAi.pass(SECOND.multipliedBy(3));
		this.openAi.transport().awaitDial(2).refuse(503);
		TestRuntime.eventually(() -> {
			this.openAi.pass(Duration.ofMillis(10));
			assertThat(this.openAi.session().state()).isEqualTo(Session.State.OPEN);
		});
		awaitCreates(1);
		answer("r1", "First");
		assertThat(answer.text()).isEqualTo("First");
	}

	@Test
	void endOfTheSessionEndsTheAnswer() throws Exception {
		Answer answer = ask("One");
		Answer waiting = ask("Two");
		created("r1");
		CompletableFuture<String> text = reading(answer);
		settle();
		this.openAi.session().close();
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> get(text))
			.withRootCauseInstanceOf(SessionClosedException.class);
		assertThat(failure(waiting)).hasMessageContaining("session ended");
	}

	@Test
	@Rule("B1")
	void unreadAnswerStopsReadingAndLosesNothing() throws Exception {
		this.openAi.session((builder) -> builder.readAhead(DataSize.ofKilobytes(4)));
		Answer answer = ask("One");
		created("r1");
		String piece = "x".repeat(100);
		for (int i = 0; i < 200; i++) {
			text("r1", piece);
		}
		done("r1");
		TestRuntime.eventually(() -> assertThat(this.openAi.session().isClosed()).isFalse());
		assertThat(answer.text()).hasSize(200 * 100);
		assertThat(heard()).isEmpty();
	}

	@Test
	void silenceDoesNotCountWhileReadingStandsStill() throws Exception {
		this.openAi.session((builder) -> builder.readAhead(DataSize.ofBytes(0)).responseChannelSize(2));
		Answer answer = ask("One");
		settle();
		created("r1");
		for (int i = 0; i < 3; i++) {
			transcript("u" + i, "said");
		}
		TestRuntime.eventually(() -> assertThat(this.openAi.session().response().size()).isEqualTo(2));
		for (int i = 0; i < 4; i++) {
			this.openAi.pass(Duration.ofSeconds(29));
		}
		text("r1", "First");
		done("r1");
		CompletableFuture<String> text = reading(answer);
		assertThat(heard()).hasSize(3);
		assertThat(get(text)).isEqualTo("First");
	}

	@Test
	void readingIsPausedForTooLongByUnreadChunks() throws Exception {
		this.openAi.session((builder) -> builder.readAhead(DataSize.ofBytes(0)).responseChannelSize(2));
		Answer answer = ask("One").timeout(SECOND);
		for (int i = 0; i < 3; i++) {
			transcript("u" + i, "said");
		}
		TestRuntime.eventually(() -> assertThat(this.openAi.session().response().size()).isEqualTo(2));
		CompletableFuture<String> text = reading(answer);
		TestRuntime.eventually(() -> {
			this.openAi.pass(SECOND);
			assertThat(text).isCompletedExceptionally();
		});
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> get(text))
			.havingCause()
			.isInstanceOf(RealtimeAnswerException.class)
			.withMessageContaining("Session.response()");
	}

	@Test
	@Rule("S13")
	void readingWithinACallbackIsRefused() throws Exception {
		AtomicReference<Answer> answer = new AtomicReference<>();
		AtomicReference<Throwable> refused = new AtomicReference<>();
		this.openAi.session((builder) -> builder.listener(new SessionListener() {

			@Override
			public void onReconnected(Session session, Reconnected event) {
				try {
					answer.get().text();
				}
				catch (IllegalStateException ex) {
					refused.set(ex);
				}
			}

		}));
		answer.set(ask("One"));
		answer("r1", "First");
		CompletableFuture<Void> change = reconnecting(this.openAi.session());
		assertDone(change);
		TestRuntime.eventually(() -> assertThat(refused.get()).hasMessageContaining("callback"));
		assertThat(answer.get().text()).isEqualTo("First");
	}

}
