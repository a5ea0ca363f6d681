package dev.streaming.internal.session;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
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
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * S4: messages are read ahead of the consumer up to a bound, then reading stops.
 */
@Rule("S4")
class BackPressureTests extends AbstractSessionTests {

	private final AtomicInteger handled = new AtomicInteger();

	private static void settleWithoutTaking(DefaultSession session) throws Exception {
		// Comes after what the session's task had to do before
		TestRuntime.get(session.reconnect("settle").toCompletableFuture());
	}

	private DefaultSession counting(int channel, int readAhead) throws InterruptedException {
		return open((builder) -> builder.responseChannelSize(channel)
			.readAhead(DataSize.ofBytes(readAhead))
			.onMessage((message) -> {
				this.handled.incrementAndGet();
				return echo(message);
			}));
	}

	private static int weight(String text) {
		return (int) StreamChunk.delta(text).weight();
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
	void slowConsumerStopsReadingAndNothingIsLost() throws Exception {
		DefaultSession session = open((builder) -> builder.responseChannelSize(2).readAhead(DataSize.ofKilobytes(100)));
		String kilobyte = "x".repeat(1024);
		for (int i = 0; i < 2000; i++) {
			this.runtime.peer().text(i + "." + kilobyte);
		}
		TestRuntime.eventually(() -> assertThat(this.runtime.peer().isPaused()).isTrue());
		TestRuntime.eventually(() -> assertThat(session.response().size()).isEqualTo(2));
		// 2 in the channel, 100 KB behind it, and two buffers' worth before the handler
		assertThat(this.runtime.peer().undelivered()).isGreaterThan(1200);
		for (int i = 0; i < 2000; i++) {
			assertThat(take(session, 1).get(0)).startsWith(i + ".");
		}
		TestRuntime.eventually(() -> assertThat(this.runtime.peer().isPaused()).isFalse());
		assertThat(this.runtime.observer.readPauses.get()).isPositive();
	}

	@Test
	void messagesAreHandledAheadOfTheConsumer() throws Exception {
		AtomicInteger handled = new AtomicInteger();
		DefaultSession session = open((builder) -> builder.responseChannelSize(1).onMessage((message) -> {
			handled.incrementAndGet();
			return echo(message);
		}));
		for (int i = 0; i < 500; i++) {
			this.runtime.peer().text("m" + i);
		}
		TestRuntime.eventually(() -> assertThat(handled).hasValue(500));
		assertThat(session.response().size()).isEqualTo(1);
		assertThat(take(session, 500)).last().isEqualTo("m499");
	}

	@Test
	void withoutReadAheadTheHandlerWaitsForRoom() throws Exception {
		AtomicInteger handled = new AtomicInteger();
		DefaultSession session = open(
				(builder) -> builder.responseChannelSize(4).readAhead(DataSize.ofBytes(0)).onMessage((message) -> {
					handled.incrementAndGet();
					return echo(message);
				}));
		for (int i = 0; i < 100; i++) {
			this.runtime.peer().text("m" + i);
		}
		TestRuntime.eventually(() -> assertThat(handled).hasValue(4));
		assertThat(take(session, 100)).last().isEqualTo("m99");
	}

	@Test
	void discardEmptiesChannelAndReadAhead() throws Exception {
		DefaultSession session = open((builder) -> builder.responseChannelSize(2));
		for (int i = 0; i < 50; i++) {
			this.runtime.peer().text((i % 2 == 0) ? "audio" : "text");
		}
		TestRuntime.eventually(() -> assertThat(this.runtime.peer().undelivered()).isZero());
		AtomicInteger discarded = new AtomicInteger();
		TestRuntime.eventually(() -> {
			discarded.addAndGet(session.response().discard((chunk) -> chunk.delta().equals("audio")));
			assertThat(discarded).hasValue(25);
		});
		assertThat(take(session, 25)).containsOnly("text");
		assertThat(this.runtime.observer.chunksDiscarded).hasValue(25);
	}

	@Test
	void messageWeighsOnceHoweverManyChunksItHas() throws Exception {
		DefaultSession session = open(
				(builder) -> builder.responseChannelSize(1).readAhead(DataSize.ofBytes(20_000)).onMessage((message) -> {
					this.handled.incrementAndGet();
					return Collections.nCopies(5, StreamChunk.delta("short"));
				}));
		send(30, "x".repeat(2000));
		awaitHandled(10);
		assertThat(take(session, 150)).hasSize(150);
	}

	@Test
	void readingResumesWhenHalfOfTheReadAheadIsFree() throws Exception {
		String text = "x".repeat(1000);
		DefaultSession session = counting(1, 10 * weight(text));
		send(30, text);
		awaitHandled(11);
		take(session, 5);
		awaitHandled(16);
	}

	@Test
	void readingWithoutReadAheadResumesWhenHalfOfTheChannelIsFree() throws Exception {
		DefaultSession session = counting(4, 0);
		send(20, "x");
		awaitHandled(4);
		take(session, 2);
		awaitHandled(6);
	}

	@Test
	void subscriberMakesRoom() throws Exception {
		DefaultSession session = counting(2, 0);
		send(50, "x");
		awaitHandled(2);
		RecordingSubscriber subscriber = new RecordingSubscriber();
		session.response().publisher().subscribe(subscriber);
		TestRuntime.eventually(() -> assertThat(subscriber.subscription).isNotNull());
		subscriber.subscription.request(Long.MAX_VALUE);
		TestRuntime.eventually(() -> assertThat(subscriber.events).hasSize(50));
	}

	@Test
	void discardMakesRoomAndReturnsTheCount() throws Exception {
		String text = "x".repeat(100);
		DefaultSession session = counting(2, 5 * weight(text));
		send(20, text);
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
	void discardMovesTheRemainingChunksUp() throws Exception {
		DefaultSession session = counting(2, 5 * weight("x".repeat(100)));
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
	void emittedChunksAreWeighedAndCanBeDiscarded() throws Exception {
		CompletableFuture<SessionContext> opened = new CompletableFuture<>();
		DefaultSession session = open((builder) -> builder.onMessage(null)
			.responseChannelSize(1)
			.readAhead(DataSize.ofBytes(1200))
			.handler(new SessionHandler() {

				@Override
				public void opened(SessionContext context) {
					opened.complete(context);
				}

				@Override
				public List<StreamChunk> handle(Message message, SessionContext context) {
					BackPressureTests.this.handled.incrementAndGet();
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

	@Test
	void backPressureHoldsOnTheConnectionAfterAPlannedChange() throws Exception {
		AtomicInteger handled = new AtomicInteger();
		DefaultSession session = reconnecting(0,
				(builder) -> builder.responseChannelSize(2).readAhead(DataSize.ofBytes(0)).onMessage((message) -> {
					handled.incrementAndGet();
					return echo(message);
				}));
		TestRuntime.get(session.reconnect("planned").toCompletableFuture());
		for (int i = 0; i < 20; i++) {
			this.runtime.peer(2).text("m" + i);
		}
		TestRuntime.eventually(() -> assertThat(handled).hasValue(2));
		assertThat(take(session, 20)).last().isEqualTo("m19");
	}

	/**
	 * Chunks behind one that the predicate choked on came after later ones, or only with
	 * them.
	 */
	@Test
	void predicateThatThrowsLeavesTheChannelInOrder() throws Exception {
		DefaultSession session = reconnecting(3, (builder) -> builder.responseChannelSize(2));
		for (String text : new String[] { "a", "b", "bad", "c" }) {
			this.runtime.peer().text(text);
		}
		TestRuntime.eventually(() -> assertThat(this.runtime.observer.received).hasValue(4));
		settleWithoutTaking(session);
		assertThatIllegalStateException().isThrownBy(() -> session.response().discard((chunk) -> {
			if (chunk.delta().equals("bad")) {
				throw new IllegalStateException("bad");
			}
			return true;
		}));
		this.runtime.peer(2).text("last");
		List<String> left = new CopyOnWriteArrayList<>();
		StreamChunk next = session.response().poll(Duration.ofSeconds(10)).orElseThrow();
		while (!next.delta().equals("last")) {
			left.add(next.delta());
			next = session.response().poll(Duration.ofSeconds(10)).orElseThrow();
		}
		assertThat(left).endsWith("bad", "c");
		session.close();
	}

	/**
	 * Chunks of empty messages weighed nothing, so that any number of them was read.
	 */
	@Test
	void chunksOfEmptyMessagesAreBoundedToo() throws Exception {
		AtomicInteger handled = new AtomicInteger();
		DefaultSession session = open((builder) -> builder.responseChannelSize(1)
			.readAhead(DataSize.ofBytes(160 * weight("")))
			.onMessage((message) -> {
				handled.incrementAndGet();
				return echo(message);
			}));
		for (int i = 0; i < 1000; i++) {
			this.runtime.peer().text("");
		}
		TestRuntime.eventually(() -> assertThat(handled).hasValue(161));
		take(session, 1000);
		session.close();
	}

}
