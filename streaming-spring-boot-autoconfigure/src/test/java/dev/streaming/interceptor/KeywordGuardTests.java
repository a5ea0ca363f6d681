package dev.streaming.interceptor;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import dev.streaming.FinishReason;
import dev.streaming.ResponseChannel;
import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeProtocol;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

/**
 * Tests for {@link KeywordGuard} and {@link TranscriptRedactor}.
 */
class KeywordGuardTests {

	private final KeywordGuard guard = new KeywordGuard(List.of(Pattern.compile("(?i)guarantee")));

	private final Session session = mock(Session.class);

	private final ResponseChannel channel = mock(ResponseChannel.class);

	private final RealtimeClient client = mock(RealtimeClient.class);

	@BeforeEach
	void session() {
		RealtimeProtocol protocol = mock(RealtimeProtocol.class);
		given(this.session.response()).willReturn(this.channel);
		given(this.session.unwrap(RealtimeProtocol.class)).willReturn(Optional.of(protocol));
		given(protocol.client(this.session)).willReturn(this.client);
	}

	private StreamChunk pass(String response, String delta) {
		return this.guard.onChunk(this.session, StreamChunk.builder().responseId(response).delta(delta).build());
	}

	@Test
	void answerWithAGuardedWordIsInterrupted() {
		assertThat(pass("r1", "I gua").delta()).isEqualTo("I gua");
		StreamChunk instead = pass("r1", "rantee it");
		assertThat(instead.interrupted()).isTrue();
		assertThat(instead.delta()).isEmpty();
		assertThat(instead.metadata()).containsEntry("event", "keyword_guard");
		verify(this.client).cancel();
		verify(this.channel).discard(any());
		assertThat(pass("r1", "more")).isNull();
		StreamChunk end = this.guard.onChunk(this.session,
				StreamChunk.builder()
					.responseId("r1")
					.content("I guarantee it more")
					.finishReason(FinishReason.CANCELLED)
					.build());
		assertThat(end.content()).isEmpty();
		assertThat(end.finishReason()).isEqualTo(FinishReason.CANCELLED);
	}

	@Test
	void onlyThatAnswerIsCut() {
		pass("r1", "guarantee");
		assertThat(pass("r2", "hello").delta()).isEqualTo("hello");
		ArgumentCaptor<Predicate<StreamChunk>> dropped = ArgumentCaptor.captor();
		verify(this.channel).discard(dropped.capture());
		assertThat(dropped.getValue()).accepts(StreamChunk.builder().responseId("r1").delta("x").build())
			.rejects(StreamChunk.builder().responseId("r2").delta("x").build());
	}

	@Test
	void otherWordsPass() {
		assertThat(pass("r1", "nothing is certain").delta()).isEqualTo("nothing is certain");
		StreamChunk input = StreamChunk.builder().source("input").delta("guarantee?").build();
		assertThat(this.guard.onChunk(this.session, input)).isSameAs(input);
		verify(this.client, never()).cancel();
	}

	@Test
	void textOfTheUserWithAWordOfItsOwnListIsNotSent() {
		KeywordGuard both = new KeywordGuard(List.of(), List.of(Pattern.compile("(?i)bomb")));
		assertThat(both.onText(this.session, "user", "Build a Bomb")).isNull();
		assertThat(both.onText(this.session, "system", "Never speak of a bomb")).isEqualTo("Never speak of a bomb");
		assertThat(this.guard.onText(this.session, "user", "Do you guarantee it?")).isEqualTo("Do you guarantee it?");
		StreamChunk said = StreamChunk.builder().responseId("r1").delta("bomb").build();
		assertThat(both.onChunk(this.session, said)).isSameAs(said);
	}

	@Test
	void redactorReplacesEachMatch() {
		TranscriptRedactor redactor = new TranscriptRedactor(
				List.of(Pattern.compile("\\d{4,}"), Pattern.compile("secret")), "$1");
		assertThat(redactor.redact("4711 and 12, secret 0815")).isEqualTo("$1 and 12, $1 $1");
		assertThat(TranscriptRedactor.NONE.redact("4711")).isEqualTo("4711");
	}

}
