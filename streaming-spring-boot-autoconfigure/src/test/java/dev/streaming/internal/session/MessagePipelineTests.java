package dev.streaming.internal.session;

import java.util.Arrays;
import java.util.List;

import dev.streaming.Message;
import dev.streaming.MessageHandlerException;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.observation.ConnectionObserver.SessionEnd;
import dev.streaming.testsupport.Rule;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link MessagePipeline} and {@link ChunkDelivery} alone.
 */
class MessagePipelineTests {

	private static final SessionOutcome CLOSED = SessionOutcome.closed(CloseStatus.NORMAL);

	private final PartsFixture parts = new PartsFixture(
			(config) -> config.responseChannelSize(1).readAhead(DataSize.ofBytes(1000)));

	private MessagePipeline pipeline(Handler handler) {
		return new MessagePipeline(this.parts.environment, handler, this.parts.context, this.parts.delivery,
				this.parts.termination);
	}

	private static StreamChunk chunk(String text) {
		return StreamChunk.delta(text);
	}

	@Test
	void chunksOfTheHandlerAreDeliveredInOrder() {
		MessagePipeline pipeline = pipeline((message, context) -> {
			assertThat(context).isSameAs(this.parts.context);
			return List.of(chunk(message.text() + "a"), chunk(message.text() + "b"));
		});
		assertThat(pipeline.accept(Message.text("1"), false)).isTrue();
		assertThat(pipeline.accept(Message.text("2"), false)).isTrue();
		assertThat(this.parts.chunks()).containsExactly("1a", "1b", "2a", "2b");
	}

	/**
	 * A thread fewer is woken if the session has nothing to do beside the subscriber.
	 */
	@Test
	void subscriberIsCalledAfterTheLastMessageAtHandOnItsThread() throws Exception {
		RecordingSubscriber subscriber = new RecordingSubscriber();
		this.parts.channel.publisher().subscribe(subscriber);
		subscriber.subscription.request(10);
		MessagePipeline pipeline = pipeline((message, context) -> List.of(chunk(message.text())));
		List<Integer> called = this.parts.onTask(() -> {
			pipeline.accept(Message.text("1"), true);
			int first = subscriber.events.size();
			pipeline.accept(Message.text("2"), false);
			return List.of(first, subscriber.events.size());
		});
		assertThat(called).containsExactly(1, 1);
		assertThat(subscriber.events).containsExactly("1", "2");
	}

	@Test
	@Rule("S4")
	void messageWeighsItsSize() {
		MessagePipeline pipeline = pipeline((message, context) -> List.of(chunk("small")));
		Message large = Message.text("x".repeat(999));
		pipeline.accept(large, false);
		pipeline.accept(large, false);
		assertThat(this.parts.channel.isFull(() -> {
		})).isFalse();
		pipeline.accept(large, false);
		assertThat(this.parts.channel.isFull(() -> {
		})).isTrue();
	}

	@Test
	@Rule("S3")
	void handlerThatThrowsEndsTheSession() {
		IllegalStateException failure = new IllegalStateException("in the handler");
		MessagePipeline pipeline = pipeline((message, context) -> {
			throw failure;
		});
		assertThat(pipeline.accept(Message.text("secret"), false)).isFalse();
		SessionOutcome outcome = this.parts.termination.outcome();
		assertThat(outcome.end()).isEqualTo(SessionEnd.ERROR);
		assertThat(outcome.status()).isEqualTo(CloseStatus.SERVER_ERROR);
		assertThat(outcome.error()).isInstanceOf(MessageHandlerException.class)
			.hasCause(failure)
			.hasMessageContaining("in the handler")
			.hasMessageContaining("test-1")
			.hasMessageNotContaining("secret");
	}

	@Test
	@Rule("S3")
	void errorOfTheHandlerEndsTheSessionToo() {
		assertThat(pipeline((message, context) -> {
			throw new AssertionError("in the handler");
		}).accept(Message.text("x"), false)).isFalse();
		assertThat(this.parts.termination.outcome().error()).isInstanceOf(MessageHandlerException.class);
	}

	@Test
	@Rule("S3")
	void nullEndsTheSessionWithTheReason() {
		assertThat(pipeline((message, context) -> null).accept(Message.text("x"), false)).isFalse();
		assertThat(this.parts.termination.outcome().error()).hasMessageContaining("returned null");
	}

	@Test
	@Rule("S3")
	void nullAmongTheChunksIsAnErrorToo() {
		assertThat(pipeline((message, context) -> Arrays.asList(chunk("a"), null)).accept(Message.text("x"), false))
			.isFalse();
		assertThat(this.parts.termination.outcome().error()).hasCauseInstanceOf(NullPointerException.class);
		assertThat(this.parts.chunks()).isEmpty();
	}

	@Test
	@Rule("S11")
	void handlerThatEndsTheSessionHandlesNothingMore() throws Exception {
		this.parts.connect();
		this.parts.peer().answerClose(false);
		MessagePipeline pipeline = pipeline((message, context) -> {
			this.parts.termination.end(CLOSED);
			return List.of(chunk("a"), chunk("b"));
		});
		assertThat(pipeline.accept(Message.text("x"), false)).isFalse();
		assertThat(this.parts.chunks()).isEmpty();
		assertThat(this.parts.observer.chunksDiscarded).hasValue(2);
	}

	@Test
	@Rule("S2")
	void chunkThatIsEmittedBeforeAFailedSessionsChannelEndsIsDelivered() throws Exception {
		this.parts.connect();
		this.parts.peer().answerClose(false);
		this.parts.termination.end(SessionOutcome.failed(new IllegalStateException(), CloseStatus.NORMAL));
		this.parts.delivery.emit(chunk("in time"));
		this.parts.peer().close(CloseStatus.NORMAL);
		this.parts.delivery.emit(chunk("late"));
		assertThat(this.parts.chunks()).containsExactly("in time");
		assertThat(this.parts.observer.chunksDiscarded).hasValue(1);
	}

	@Test
	void chunksOfAHookAreHeldUntilTheyAreDelivered() throws Exception {
		this.parts.delivery.hold();
		this.parts.onTask(() -> this.parts.delivery.emit(chunk("of the hook")));
		this.parts.delivery.emit(chunk("of another thread"));
		this.parts.delivery.stopHolding();
		this.parts.onTask(() -> this.parts.delivery.emit(chunk("behind the hook")));
		assertThat(this.parts.chunks()).containsExactly("of another thread", "behind the hook");
		this.parts.delivery.deliverHeld();
		this.parts.delivery.deliverHeld();
		assertThat(this.parts.chunks()).containsExactly("of the hook");
	}

	@Test
	@Rule("S2")
	void chunksOfAHookThatDoesNotComeBackAreCounted() throws Exception {
		this.parts.termination.add(this.parts.delivery);
		this.parts.delivery.hold();
		this.parts.onTask(() -> this.parts.delivery.emit(chunk("of the hook")));
		this.parts.termination.end(SessionOutcome.stuck(new IllegalStateException()));
		assertThat(this.parts.observer.chunksDiscarded).hasValue(1);
		assertThat(this.parts.chunks()).isEmpty();
	}

	@FunctionalInterface
	private interface Handler extends SessionHandler {

		@Override
		@Nullable List<StreamChunk> handle(Message message, SessionContext context);

	}

}
