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
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

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
		when(protocol.client(this.session)).thenReturn(this.client);
		when(this.session.unwrap(RealtimeProtocol.class)).thenReturn(Optional.of(protocol));
		when(this.session.response()).thenReturn(this.channel);
		when(this.session.error()).thenReturn(Optional.empty());
		when(this.channel.poll(any())).thenAnswer((call) -> {
			Duration timeout = call.getArgument(0);
			return Optional.ofNullable(this.chunks.poll(timeout.toNanos(), TimeUnit.NANOSECONDS));
		});
		when(this.sessions.open(anyString(), any())).thenReturn(this.session);
	}

	@Test
	void answerEndsBehindTheToolRound() throws Exception {
		this.chunks.add(StreamChunk.finish(FinishReason.TOOL_CALLS));
		this.chunks.add(StreamChunk.delta("cold"));
		this.chunks.add(StreamChunk.finish(FinishReason.STOP));
		assistant(Duration.ofSeconds(30), Duration.ofMinutes(2)).ask("weather", this.listener);
		assertThat(this.listener.taken).hasSize(3);
		verify(this.client, never()).cancel();
		verify(this.session, never()).close();
	}

	@Test
	void answerThatNobodyWantsIsCancelledAndItsRestIsNotTheNextOne() throws Exception {
		this.listener.wanted = 1;
		this.chunks.add(StreamChunk.delta("one"));
		this.chunks.add(StreamChunk.delta("two"));
		this.chunks.add(StreamChunk.finish(FinishReason.CANCELLED));
		this.chunks.add(StreamChunk.delta("next"));
		assistant(Duration.ofSeconds(30), Duration.ofMinutes(2)).ask("hello", this.listener);
		verify(this.client).cancel();
		assertThat(this.listener.taken).hasSize(1);
		assertThat(this.chunks).extracting(StreamChunk::delta).containsExactly("next");
		verify(this.session, never()).close();
	}

	@Test
	void listenerIsAskedWhileNothingComes() throws Exception {
		this.listener.wanted = 0;
		confirmCancel();
		assistant(Duration.ofMillis(20), Duration.ofMinutes(2)).ask("hello", this.listener);
		assertThat(this.listener.silences).isEqualTo(1);
		verify(this.client).cancel();
		verify(this.session, never()).close();
	}

	@Test
	void silenceEndsTheAnswerAndNotTheConversation() {
		confirmCancel();
		assertThatExceptionOfType(NoAnswerException.class)
			.isThrownBy(() -> assistant(Duration.ofMillis(50), Duration.ofMinutes(2)).ask("hello", this.listener))
			.satisfies((late) -> assertThat(late.reason()).isEqualTo(NoAnswerException.Reason.SILENT));
		verify(this.client).cancel();
		verify(this.session, never()).close();
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
		verify(this.client).cancel();
		verify(this.session, never()).close();
	}

	@Test
	void endOfTheSessionEndsTheAnswer() {
		when(this.channel.isEnded()).thenReturn(true);
		when(this.session.error()).thenReturn(Optional.of(new IllegalStateException("cut")));
		assertThatExceptionOfType(SessionClosedException.class)
			.isThrownBy(() -> assistant(Duration.ofMillis(50), Duration.ofMinutes(2)).ask("hello", this.listener))
			.withRootCauseInstanceOf(IllegalStateException.class);
	}

	@Test
	void sessionIsKeptWhenNothingWasSent() {
		doThrow(new NotConnectedException("in an outage", null)).when(this.client).sendText("hello");
		assertThatExceptionOfType(NotConnectedException.class)
			.isThrownBy(() -> assistant(Duration.ofSeconds(30), Duration.ofMinutes(2)).ask("hello", this.listener));
		verify(this.session, never()).close();
	}

	@Test
	void sessionEndsWhenItIsNotKnownWhetherAnAnswerWillCome() {
		doThrow(new SendFailedException("perhaps", null)).when(this.client).respond();
		assertThatExceptionOfType(SendFailedException.class)
			.isThrownBy(() -> assistant(Duration.ofSeconds(30), Duration.ofMinutes(2)).ask("hello", this.listener));
		verify(this.session).close();
	}

	@Test
	void sessionThatHasEndedIsReplaced() throws Exception {
		Assistant assistant = assistant(Duration.ofSeconds(30), Duration.ofMinutes(2));
		this.chunks.add(StreamChunk.finish(FinishReason.STOP));
		assistant.ask("one", this.listener);
		this.chunks.add(StreamChunk.finish(FinishReason.STOP));
		assistant.ask("two", this.listener);
		verify(this.sessions, times(1)).open(anyString(), any());
		when(this.session.isClosed()).thenReturn(true);
		assertThat(assistant.status()).isEmpty();
		this.chunks.add(StreamChunk.finish(FinishReason.STOP));
		assistant.ask("three", this.listener);
		verify(this.sessions, times(2)).open(anyString(), any());
	}

	@Test
	void sessionThatOpensBehindTheEndIsClosed() throws Exception {
		Assistant assistant = assistant(Duration.ofSeconds(30), Duration.ofMinutes(2));
		when(this.sessions.open(anyString(), any())).thenAnswer((call) -> {
			assistant.close();
			return this.session;
		});
		assertThatExceptionOfType(SessionClosedException.class).isThrownBy(() -> assistant.ask("hello", this.listener));
		verify(this.session).close();
		verify(this.client, never()).sendText(anyString());
		assertThat(assistant.status()).isEmpty();
	}

	private void confirmCancel() {
		doAnswer((call) -> this.chunks.add(StreamChunk.finish(FinishReason.CANCELLED))).when(this.client).cancel();
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
