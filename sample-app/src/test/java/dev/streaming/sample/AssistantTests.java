package dev.streaming.sample;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.streaming.FinishReason;
import dev.streaming.NotConnectedException;
import dev.streaming.ResponseChannel;
import dev.streaming.SendFailedException;
import dev.streaming.Session;
import dev.streaming.SessionClosedException;
import dev.streaming.SessionFactory;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeProtocol;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;

/**
 * Tests for {@link Assistant}.
 */
@Timeout(60)
class AssistantTests {

	private final SessionFactory sessions = mock(SessionFactory.class);

	private final Session session = mock(Session.class);

	private final RealtimeClient client = mock(RealtimeClient.class);

	private final ResponseChannel channel = mock(ResponseChannel.class);

	private final LinkedBlockingQueue<StreamChunk> chunks = new LinkedBlockingQueue<>();

	private final Recorder listener = new Recorder();

	@BeforeEach
	void prepare() throws Exception {
		RealtimeProtocol protocol = mock(RealtimeProtocol.class);
		given(protocol.client(this.session)).willReturn(this.client);
		given(this.session.unwrap(RealtimeProtocol.class)).willReturn(Optional.of(protocol));
		given(this.session.response()).willReturn(this.channel);
		given(this.session.error()).willReturn(Optional.empty());
		given(this.channel.poll(any())).willAnswer((call) -> {
			Duration timeout = call.getArgument(0);
			return Optional.ofNullable(this.chunks.poll(timeout.toNanos(), TimeUnit.NANOSECONDS));
		});
		given(this.sessions.open(anyString(), any())).willReturn(this.session);
	}

	@Test
	void answerEndsBehindTheToolRound() throws Exception {
		this.chunks.add(StreamChunk.finish(FinishReason.TOOL_CALLS));
		this.chunks.add(StreamChunk.delta("cold"));
		this.chunks.add(StreamChunk.finish(FinishReason.STOP));
		assistant(Duration.ofSeconds(30), Duration.ofMinutes(2)).ask("weather", this.listener);
		assertThat(this.listener.taken).hasSize(3);
		then(this.client).should(never()).cancel();
		then(this.session).should(never()).close();
	}

	@Test
	void answerThatNobodyWantsIsCancelledAndItsRestIsNotTheNextOne() throws Exception {
		this.listener.wanted = 1;
		this.chunks.add(StreamChunk.delta("one"));
		this.chunks.add(StreamChunk.delta("two"));
		this.chunks.add(StreamChunk.finish(FinishReason.CANCELLED));
		this.chunks.add(StreamChunk.delta("next"));
		assistant(Duration.ofSeconds(30), Duration.ofMinutes(2)).ask("hello", this.listener);
		then(this.client).should().cancel();
		assertThat(this.listener.taken).hasSize(1);
		assertThat(this.chunks).extracting(StreamChunk::delta).containsExactly("next");
		then(this.session).should(never()).close();
	}

	@Test
	void listenerIsAskedWhileNothingComes() throws Exception {
		this.listener.wanted = 0;
		confirmCancel();
		assistant(Duration.ofMillis(20), Duration.ofMinutes(2)).ask("hello", this.listener);
		assertThat(this.listener.silences).isEqualTo(1);
		then(this.client).should().cancel();
		then(this.session).should(never()).close();
	}

	@Test
	void silenceEndsTheAnswerAndNotTheConversation() {
		confirmCancel();
		assertThatExceptionOfType(NoAnswerException.class)
			.isThrownBy(() -> assistant(Duration.ofMillis(50), Duration.ofMinutes(2)).ask("hello", this.listener))
			.satisfies((late) -> assertThat(late.reason()).isEqualTo(NoAnswerException.Reason.SILENT));
		then(this.client).should().cancel();
		then(this.session).should(never()).close();
	}

	@Test
	void wholeAnswerHasATimeToo() {
		confirmCancel();
		Assistant.Listener endless = new Assistant.Listener() {

			@Override
			public boolean onChunk(StreamChunk chunk) {
				AssistantTests.this.chunks.add(chunk);
				return true;
			}

			@Override
			public boolean onSilence() {
				return true;
			}

		};
		this.chunks.add(StreamChunk.delta("and on"));
		assertThatExceptionOfType(NoAnswerException.class)
			.isThrownBy(() -> assistant(Duration.ofSeconds(30), Duration.ofMillis(50)).ask("hello", endless))
			.satisfies((late) -> assertThat(late.reason()).isEqualTo(NoAnswerException.Reason.TOO_LONG));
		then(this.client).should().cancel();
		then(this.session).should(never()).close();
	}

	@Test
	void endOfTheSessionEndsTheAnswer() {
		given(this.channel.isEnded()).willReturn(true);
		given(this.session.error()).willReturn(Optional.of(new IllegalStateException("cut")));
		assertThatExceptionOfType(SessionClosedException.class)
			.isThrownBy(() -> assistant(Duration.ofMillis(50), Duration.ofMinutes(2)).ask("hello", this.listener))
			.withRootCauseInstanceOf(IllegalStateException.class);
	}

	@Test
	void sessionIsKeptWhenNothingWasSent() {
		willThrow(new NotConnectedException("in an outage", null)).given(this.client).sendText("hello");
		assertThatExceptionOfType(NotConnectedException.class)
			.isThrownBy(() -> assistant(Duration.ofSeconds(30), Duration.ofMinutes(2)).ask("hello", this.listener));
		then(this.session).should(never()).close();
	}

	@Test
	void sessionEndsWhenItIsNotKnownWhetherAnAnswerWillCome() {
		willThrow(new SendFailedException("perhaps", null)).given(this.client).respond();
		assertThatExceptionOfType(SendFailedException.class)
			.isThrownBy(() -> assistant(Duration.ofSeconds(30), Duration.ofMinutes(2)).ask("hello", this.listener));
		then(this.session).should().close();
	}

	@Test
	void sessionThatHasEndedIsReplaced() throws Exception {
		Assistant assistant = assistant(Duration.ofSeconds(30), Duration.ofMinutes(2));
		this.chunks.add(StreamChunk.finish(FinishReason.STOP));
		assistant.ask("one", this.listener);
		this.chunks.add(StreamChunk.finish(FinishReason.STOP));
		assistant.ask("two", this.listener);
		then(this.sessions).should(times(1)).open(anyString(), any());
		given(this.session.isClosed()).willReturn(true);
		assertThat(assistant.status()).isEmpty();
		this.chunks.add(StreamChunk.finish(FinishReason.STOP));
		assistant.ask("three", this.listener);
		then(this.sessions).should(times(2)).open(anyString(), any());
	}

	@Test
	void sessionThatOpensBehindTheEndIsClosed() throws Exception {
		Assistant assistant = assistant(Duration.ofSeconds(30), Duration.ofMinutes(2));
		given(this.sessions.open(anyString(), any())).willAnswer((call) -> {
			assistant.close();
			return this.session;
		});
		assertThatExceptionOfType(SessionClosedException.class).isThrownBy(() -> assistant.ask("hello", this.listener));
		then(this.session).should().close();
		then(this.client).should(never()).sendText(anyString());
		assertThat(assistant.status()).isEmpty();
	}

	private void confirmCancel() {
		willAnswer((call) -> this.chunks.add(StreamChunk.finish(FinishReason.CANCELLED))).given(this.client).cancel();
	}

	private Assistant assistant(Duration silence, Duration whole) {
		return new Assistant(this.sessions, new ChatProperties(1, 1, 2000, silence, whole));
	}

	/**
	 * Records calls, and wants no more after a number of them.
	 */
	private static final class Recorder implements Assistant.Listener {

		private final List<StreamChunk> taken = new ArrayList<>();

		private int wanted = Integer.MAX_VALUE;

		private int silences;

		@Override
		public boolean onChunk(StreamChunk chunk) {
			this.taken.add(chunk);
			return --this.wanted > 0;
		}

		@Override
		public boolean onSilence() {
			this.silences++;
			return --this.wanted > 0;
		}

	}

}
