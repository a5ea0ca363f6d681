package dev.streaming.internal.session;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.streaming.FinishReason;
import dev.streaming.MediaData;
import dev.streaming.Message;
import dev.streaming.Session;
import dev.streaming.SessionContext;
import dev.streaming.SessionInterceptor;
import dev.streaming.StreamChunk;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.contains;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.RETURNS_SELF;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

/**
 * L3: interceptors of chunks and messages.
 */
@Rule("L3")
class InterceptorTests extends AbstractSessionTests {

	private static SessionInterceptor replacing(String from, String to) {
		return new SessionInterceptor() {

			@Override
			public @Nullable StreamChunk onChunk(Session session, StreamChunk chunk) {
				String delta = chunk.delta().replace(from, to);
				return delta.isEmpty() ? null : chunk.toBuilder().delta(delta).build();
			}

			@Override
			public @Nullable Object onSend(Session session, Object message) {
				String text = message.toString().replace(from, to);
				return text.isEmpty() ? null : text;
			}

		};
	}

	private void send(String... texts) {
		for (String text : texts) {
			this.runtime.peer().text(text);
		}
	}

	@Test
	void interceptorsChangeAndDropChunksInOrder() throws Exception {
		Session session = open((config) -> config.interceptor(replacing("a", "b")).interceptor(replacing("b", "")));
		send("xa", "ab", "yb");
		assertThat(take(session, 2)).containsExactly("x", "y");
		assertThat(this.runtime.observer.chunksDiscarded).hasValue(1);
	}

	@Test
	void eachChunkOfAMessageIsSeen() throws Exception {
		Session session = open((config) -> config
			.onMessage((message) -> List.of(StreamChunk.delta("xa"), StreamChunk.delta("a"), StreamChunk.delta("ya")))
			.interceptor(replacing("a", "")));
		send("three");
		assertThat(take(session, 2)).containsExactly("x", "y");
	}

	@Test
	void interceptorThatBlocksHoldsUpNoOtherSession() throws Exception {
		CountDownLatch blocking = new CountDownLatch(1);
		CountDownLatch released = new CountDownLatch(1);
		Session blocked = open((config) -> config.interceptor(new SessionInterceptor() {

			@Override
			public StreamChunk onChunk(Session own, StreamChunk chunk) {
				blocking.countDown();
				TestRuntime.awaitQuietly(released);
				return chunk;
			}

		}));
		send("late");
		assertThat(blocking.await(10, TimeUnit.SECONDS)).isTrue();
		Session other = open((config) -> config.interceptor(replacing("a", "b")));
		send("a");
		assertThat(take(other, 1)).containsExactly("b");
		assertThat(blocked.response().size()).isZero();
		released.countDown();
		assertThat(take(blocked, 1)).containsExactly("late");
	}

	@Test
	void errorOfAnInterceptorChangesNothing() throws Exception {
		Session session = open((config) -> config.interceptor(new SessionInterceptor() {

			@Override
			public StreamChunk onChunk(Session own, StreamChunk chunk) {
				throw new AssertionError("chunk");
			}

		}));
		send("a");
		assertThat(take(session, 1)).containsExactly("a");
		assertThat(session.isClosed()).isFalse();
	}

	@Test
	void interceptorsSeeWhatTheSessionIs() throws Exception {
		Session session = open((config) -> config.interceptor(new SessionInterceptor() {

			@Override
			public StreamChunk onChunk(Session own, StreamChunk chunk) {
				return StreamChunk.delta(own.id());
			}

		}));
		send("x");
		assertThat(take(session, 1)).containsExactly(session.id());
	}

	@Test
	void emittedChunksAreSeenToo() throws Exception {
		DefaultSession session = open(
				(config) -> config.onMessage(null).handler(new Echo()).interceptor(replacing("a", "b")));
		session.context().emit(StreamChunk.delta("a"));
		assertThat(take(session, 1)).containsExactly("b");
	}

	@Test
	void typedMessagesAreChangedAndDropped() throws Exception {
		Session session = open((config) -> config.interceptor(replacing("a", "b")).interceptor(replacing("b", "")));
		session.send("xa");
		session.send("ab");
		assertThat(session.sendAsync("aa").toCompletableFuture().get(10, TimeUnit.SECONDS)).isNull();
		session.sendAsync("ya").toCompletableFuture().get(10, TimeUnit.SECONDS);
		session.sendRaw("a");
		assertSent(this.runtime.peer(), "\"x\"", "\"y\"", "a");
	}

	@Test
	void endOfAResponseIsNotDropped() throws Exception {
		Session session = open((config) -> config.onMessage(null).handler(new Echo() {

			@Override
			public List<StreamChunk> handle(Message message, SessionContext context) {
				return List.of(StreamChunk.builder()
					.content("secret")
					.responseId("r1")
					.finishReason(FinishReason.STOP)
					.build());
			}

		}).interceptor(new SessionInterceptor() {

			@Override
			public @Nullable StreamChunk onChunk(Session own, StreamChunk chunk) {
				return null;
			}

		}));
		send("x");
		StreamChunk end = session.response().take().orElseThrow();
		assertThat(end.content()).isEmpty();
		assertThat(end.responseId()).isEqualTo("r1");
		assertThat(end.finishReason()).isEqualTo(FinishReason.STOP);
	}

	@Test
	void interceptorThatThrowsEndsNothingAndIsLoggedOnce() throws Exception {
		LoggingEventBuilder warning = mock(LoggingEventBuilder.class, RETURNS_SELF);
		Logger logger = mock(Logger.class);
		given(logger.atWarn()).willReturn(warning);
		given(logger.atDebug()).willReturn(mock(LoggingEventBuilder.class, RETURNS_SELF));
		Session session = open((config) -> config.logger(logger).interceptor(new SessionInterceptor() {

			@Override
			public StreamChunk onChunk(Session own, StreamChunk chunk) {
				throw new IllegalStateException("chunk");
			}

			@Override
			public Object onSend(Session own, Object message) {
				throw new IllegalStateException("send");
			}

		}).interceptor(replacing("a", "b")));
		send("a", "aa");
		assertThat(take(session, 2)).containsExactly("b", "bb");
		session.send(Map.of());
		TestRuntime.eventually(() -> assertThat(this.runtime.peer().texts()).hasSize(1));
		assertThat(session.isClosed()).isFalse();
		verify(warning).log(contains("failed"), anyString(), anyString());
	}

	private static SessionInterceptor input(String from, String to) {
		return new SessionInterceptor() {

			@Override
			public String onText(Session session, String role, String text) {
				return text.replace(from, to + role.charAt(0));
			}

			@Override
			public @Nullable MediaData onAudio(Session session, MediaData audio) {
				byte[] data = audio.data();
				data[0]++;
				return (data[0] > 3) ? null : new MediaData(data, audio.mimeType(), audio.sampleRate(), 1);
			}

		};
	}

	@Test
	void textsAndAudioOfClientsAreChangedAndDroppedInOrder() throws Exception {
		DefaultSession session = open((config) -> config.interceptor(input("a", "b"))
			.interceptor(input("b", "c"))
			.interceptor(input("x", "")));
		assertThat(session.context().outgoingText("user", "a")).isEqualTo("cuu");
		assertThat(session.context().outgoingText("system", "x")).isEqualTo("s");
		assertThat(session.context().outgoingAudio(new byte[] { 0, 9 }, "audio/pcm", 8000, 1)).containsExactly(3, 9);
		assertThat(session.context().outgoingAudio(new byte[] { 1, 9 }, "audio/pcm", 8000, 1)).isNull();
	}

	@Test
	void emptyTextIsDropped() throws Exception {
		DefaultSession session = open((config) -> config.interceptor(new SessionInterceptor() {

			@Override
			public String onText(Session own, String role, String text) {
				return "";
			}

		}));
		assertThat(session.context().outgoingText("user", "a")).isNull();
	}

	@Test
	void inputPassesAnInterceptorThatThrows() throws Exception {
		DefaultSession session = open((config) -> config.interceptor(new SessionInterceptor() {

			@Override
			public String onText(Session own, String role, String text) {
				throw new IllegalStateException("text");
			}

			@Override
			public MediaData onAudio(Session own, MediaData audio) {
				throw new IllegalStateException("audio");
			}

		}));
		assertThat(session.context().outgoingText("user", "a")).isEqualTo("a");
		assertThat(session.context().outgoingAudio(new byte[] { 1 }, "audio/pcm", 8000, 1)).containsExactly(1);
		assertThat(session.isClosed()).isFalse();
	}

	@Test
	void audioIsNotCopiedWithoutInterceptors() throws Exception {
		byte[] audio = { 1, 2 };
		assertThat(open((config) -> {
		}).context().outgoingAudio(audio, "audio/pcm", 8000, 1)).isSameAs(audio);
	}

}
