package dev.streaming.openai;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.streaming.SessionConfig;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.Answer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for applications that only read the answers to their questions.
 */
class OpenAiUnreadSessionTests extends AbstractOpenAiAnswerTests {

	private static SessionConfig.Builder smallest(SessionConfig.Builder builder) {
		return builder.responseChannelSize(1).readAhead(DataSize.ofBytes(0));
	}

	private void limits(int remaining) {
		say("{'type':'rate_limits.updated','rate_limits':[{'name':'tokens','limit':1000,'remaining':" + remaining
				+ "}]}");
	}

	private void askAndAnswer(int from, int to) throws Exception {
		for (int i = from; i <= to; i++) {
			Answer answer = ask("Question " + i);
			awaitCreates(i);
			created("r" + i);
			limits(i);
			text("r" + i, "Answer " + i);
			done("r" + i);
			assertThat(get(reading(answer))).isEqualTo("Answer " + i);
		}
	}

	@Test
	@Rule("S4")
	void unreadEventsDoNotStopTheAnswers() throws Exception {
		this.openAi
			.first("{\"type\":\"session.created\",\"session\":{\"type\":\"realtime\",\"id\":\"sess_1\","
					+ "\"expires_at\":" + Instant.now().plus(Duration.ofMinutes(60)).getEpochSecond() + "}}")
			.session(OpenAiUnreadSessionTests::smallest);
		askAndAnswer(1, 200);
		// The newest event stays
		assertThat(this.openAi.session().response().size()).isEqualTo(1);
		assertThat(this.openAi.take().metadata()).hasEntrySatisfying("rate_limits",
				(limits) -> assertThat(limits.toString()).contains("\"remaining\":200"));
	}

	@Test
	@Rule("S4")
	void errorStaysLongerThanOtherEvents() throws Exception {
		this.openAi.session((builder) -> builder.responseChannelSize(2).readAhead(DataSize.ofBytes(0)));
		this.client = client();
		limits(1);
		error("unknown", "session_update_failed");
		TestRuntime.eventually(() -> assertThat(this.openAi.session().response().size()).isEqualTo(2));
		askAndAnswer(1, 3);
		assertThat(this.openAi.take().error()).isInstanceOf(OpenAiErrorException.class);
		assertThat(this.openAi.take().metadata()).containsEntry("event", "rate_limits.updated");
	}

	@Test
	@Rule("S4")
	void connectionMayChangeAsOftenAsItLikes() throws Exception {
		this.openAi.session(OpenAiUnreadSessionTests::smallest);
		for (int i = 1; i <= 3; i++) {
			if (i > 1) {
				this.openAi.transport().peer().drop();
				int connection = i;
				TestRuntime.eventually(() -> {
					this.openAi.pass(Duration.ofMillis(10));
					assertThat(this.openAi.reconnects()).hasSize(connection - 1);
				});
			}
			Answer answer = ask("Question " + i);
			awaitCreates(1);
			answer("r" + i, "Answer " + i);
			assertThat(get(reading(answer))).isEqualTo("Answer " + i);
		}
		assertThat(this.openAi.take().reset()).isTrue();
	}

	@Test
	@Rule("S2")
	void channelThatSomebodyReadsLosesNothing() throws Exception {
		this.openAi.session((builder) -> builder.responseChannelSize(1).readAhead(DataSize.ofKilobytes(256)));
		this.client = client();
		settle();
		askAndAnswer(1, 50);
		List<StreamChunk> chunks = new ArrayList<>(heard());
		assertThat(chunks).hasSize(50)
			.allSatisfy((chunk) -> assertThat(chunk.metadata()).containsEntry("event", "rate_limits.updated"));
	}

}
