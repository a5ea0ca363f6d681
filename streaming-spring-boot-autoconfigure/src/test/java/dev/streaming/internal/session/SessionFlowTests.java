package dev.streaming.internal.session;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.MediaData;
import dev.streaming.Message;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * S4: how far the session goes ahead of its consumer, and what makes it go on.
 */
class SessionFlowTests extends AbstractSessionTests {

	private final AtomicInteger handled = new AtomicInteger();

	private DefaultSession counting(int channel, int readAhead) throws InterruptedException {
		return open((builder) -> builder.responseChannelSize(channel)
			.readAhead(DataSize.ofBytes(readAhead))
			.onMessage((message) -> {
				this.handled.incrementAndGet();
				return echo(message);
			}));
	}

	private void send(int count, String text) {
		for (int i = 0; i < count; i++) {
			this.runtime.peer().text(text);
		}
	}

	private void awaitHandled(int count) {
		TestRuntime.eventually(() -> assertThat(this.handled).hasValue(count));
	}

	@Test
	@Rule("S4")
	void messageWeighsOnceHoweverManyChunksItHas() throws Exception {
		DefaultSession session = open(
				(builder) -> builder.responseChannelSize(1).readAhead(DataSize.ofBytes(1000)).onMessage((message) -> {
					this.handled.incrementAndGet();
					return Collections.nCopies(5, StreamChunk.delta(message.text()));
				}));
		send(30, "x".repeat(100));
		awaitHandled(10);
		assertThat(take(session, 150)).hasSize(150);
	}

	@Test
	@Rule("S4")
	void readingGoesOnWhenHalfOfTheReadAheadIsFree() throws Exception {
		DefaultSession session = counting(1, 1000);
		send(30, "x".repeat(100));
		awaitHandled(11);
		take(session, 5);
		awaitHandled(16);
	}

	@Test
	@Rule("S4")
	void readingWithoutReadAheadGoesOnWhenHalfOfTheChannelIsFree() throws Exception {
		DefaultSession session = counting(4, 0);
		send(20, "x");
		awaitHandled(4);
		take(session, 2);
		awaitHandled(6);
	}

	@Test
	@Rule("S4")
	void subscriberMakesRoom() throws Exception {
		DefaultSession session = counting(2, 0);
		send(50, "x");
		awaitHandled(2);
		SessionLifeTests.RecordingSubscriber subscriber = new SessionLifeTests.RecordingSubscriber();
		session.response().publisher().subscribe(subscriber);
		TestRuntime.eventually(() -> assertThat(subscriber.subscription).isNotNull());
		subscriber.subscription.request(Long.MAX_VALUE);
		TestRuntime.eventually(() -> assertThat(subscriber.events).hasSize(50));
	}

	@Test
	@Rule("S4")
	void discardMakesRoomAndSaysHowMuch() throws Exception {
		DefaultSession session = counting(2, 500);
		send(20, "x".repeat(100));
		awaitHandled(7);
		assertThat(session.response().discard((chunk) -> true)).isEqualTo(7);
		awaitHandled(14);
		assertThat(session.response().size()).isEqualTo(2);
		session.close();
		assertThat(this.runtime.observer.chunksDiscarded).hasValue(20 - 2);
	}

	/**
	 * One of five that wait is left, so that there is room for four.
	 */
	@Test
	@Rule("S4")
	void discardWeighsWhatIsLeftAndMovesItUp() throws Exception {
		DefaultSession session = counting(2, 500);
		send(4, "unwanted" + "x".repeat(92));
		for (int i = 0; i < 3; i++) {
			this.runtime.peer().text(i + "x".repeat(99));
		}
		awaitHandled(7);
		assertThat(session.response().discard((chunk) -> chunk.delta().startsWith("unwanted"))).isEqualTo(4);
		assertThat(session.response().size()).isEqualTo(2);
		send(10, "z".repeat(100));
		awaitHandled(11);
		assertThat(take(session, 5)).extracting((text) -> text.substring(0, 1))
			.containsExactly("0", "1", "2", "z", "z");
	}

	@Test
	@Rule("S4")
	void whatTheContextEmitsWeighsAndCanBeDiscarded() throws Exception {
		CompletableFuture<SessionContext> opened = new CompletableFuture<>();
		DefaultSession session = open((builder) -> builder.onMessage(null)
			.responseChannelSize(1)
			.readAhead(DataSize.ofBytes(1000))
			.handler(new SessionHandler() {

				@Override
				public void opened(SessionContext context) {
					opened.complete(context);
				}

				@Override
				public List<StreamChunk> handle(Message message, SessionContext context) {
					SessionFlowTests.this.handled.incrementAndGet();
					return echo(message);
				}

				@Override
				public boolean responseInFlight() {
					return true;
				}

			}));
		SessionContext context = TestRuntime.get(opened);
		context.emit(StreamChunk.delta("queued"));
		context.emit(StreamChunk.delta("x".repeat(400)));
		context.emit(StreamChunk.audio(new MediaData(new byte[600], "audio/pcm", 16000, 1)));
		send(3, "y");
		// The request is a task behind the messages, and waits for the response in flight
		session.reconnect("never", Duration.ofDays(1));
		this.runtime.timer.awaitPending(1);
		assertThat(this.handled).hasValue(0);
		assertThat(context.discard((chunk) -> chunk.media() != null)).isEqualTo(1);
		awaitHandled(3);
		assertThat(take(session, 5)).containsExactly("queued", "x".repeat(400), "y", "y", "y");
	}

	/**
	 * The handler is never at a loss for messages, and the session's other tasks still
	 * have their turn.
	 */
	@Test
	@Rule("S4")
	void endlessMessagesLeaveRoomForOtherTasks() throws Exception {
		AtomicBoolean over = new AtomicBoolean();
		DefaultSession session = reconnecting(0, (builder) -> builder.onMessage((message) -> {
			if (!over.get()) {
				this.runtime.transport.dials().get(0).peer().text("and another");
			}
			return List.of();
		}));
		this.runtime.peer().text("first");
		CompletableFuture<Void> changed = session.reconnect("in its turn").toCompletableFuture();
		try {
			TestRuntime.get(changed);
		}
		finally {
			over.set(true);
		}
	}

}
