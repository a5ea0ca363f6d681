package dev.streaming.openai;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.RealtimeAnswerException;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.testsupport.TestRuntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Base class for tests of answers, with a client and readers.
 */
abstract class AbstractOpenAiAnswerTests extends AbstractOpenAiTests {

	static final Duration TIMEOUT = Answer.DEFAULT_TIMEOUT;

	RealtimeClient client;

	Answer ask(String text) throws InterruptedException {
		if (this.client == null) {
			this.client = client();
		}
		return this.client.ask(text);
	}

	/**
	 * Read on another thread, as a caller does.
	 */
	static CompletableFuture<String> reading(Answer answer) {
		return CompletableFuture.supplyAsync(answer::text);
	}

	static String get(CompletableFuture<String> text) throws Exception {
		return text.get(10, TimeUnit.SECONDS);
	}

	static RealtimeAnswerException failure(Answer answer) {
		AtomicReference<RealtimeAnswerException> failure = new AtomicReference<>();
		assertThatExceptionOfType(RealtimeAnswerException.class).isThrownBy(answer::text).satisfies(failure::set);
		return failure.get();
	}

	static List<StreamChunk> all(Answer answer) {
		List<StreamChunk> chunks = new ArrayList<>();
		answer.forEach(chunks::add);
		return chunks;
	}

	void reconnected() throws InterruptedException {
		TestRuntime.eventually(() -> {
			this.openAi.pass(Duration.ofMillis(10));
			assertThat(this.openAi.transport().dials()).hasSize(2);
		});
		this.openAi.transport().awaitPeer(2);
		TestRuntime.eventually(() -> assertThat(this.openAi.session().state()).isEqualTo(Session.State.OPEN));
	}

	void awaitCreates(int count) throws InterruptedException {
		this.openAi.awaitTold(CREATE, count);
	}

}
