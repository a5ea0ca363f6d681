package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import dev.streaming.Conn;
import dev.streaming.Message;
import dev.streaming.SessionClosedException;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.SubChannel;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Channels beside the session's own: what is routed to them, the bound that all share,
 * and their end.
 */
class SubChannelTests extends AbstractSessionTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final Splitting handler = new Splitting();

	private DefaultSession session(Consumer<SessionConfig.Builder> changes) throws InterruptedException {
		DefaultSession session = open((builder) -> changes.accept(builder.onMessage(null).handler(this.handler)));
		this.handler.context.route(this.handler::route);
		return session;
	}

	private void say(String... texts) {
		for (String text : texts) {
			this.runtime.peer().text(text);
		}
	}

	private SubChannel side() {
		this.handler.side = this.handler.context.subChannel();
		return this.handler.side;
	}

	private static List<String> take(SubChannel channel, int count) throws InterruptedException {
		List<String> texts = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			texts.add(channel.poll(Duration.ofSeconds(10)).orElseThrow().delta());
		}
		return texts;
	}

	@Test
	@Rule("S2")
	void routedChunksGoToTheirChannelAloneAndInOrder() throws InterruptedException {
		DefaultSession session = session((builder) -> {
		});
		SubChannel side = side();
		say("s1", "a", "s2", "b", "s3");
		assertThat(take(session, 2)).containsExactly("a", "b");
		assertThat(take(side, 3)).containsExactly("s1", "s2", "s3");
		assertThat(session.response().size()).isZero();
	}

	@Test
	@Rule("B1")
	void unreadChannelStopsReadingWhenTheReadAheadIsFull() throws InterruptedException {
		DefaultSession session = session(
				(builder) -> builder.readAhead(DataSize.ofBytes(10 * StreamChunk.delta("s0").weight())));
		SubChannel side = side();
		for (int i = 0; i < 50; i++) {
			say("s" + i);
		}
		say("last");
		// One chunk has room, ten more wait behind it
		TestRuntime.eventually(() -> assertThat(this.handler.handled()).isEqualTo(11));
		assertThat(session.response().poll(Duration.ZERO)).isEmpty();
		assertThat(take(side, 50)).hasSize(50);
		assertThat(take(session, 1)).containsExactly("last");
		assertThat(this.runtime.observer.chunksDiscarded.get()).isZero();
	}

	@Test
	@Rule("S4")
	void withoutReadAheadOneChunkStopsReadingUntilItIsTaken() throws InterruptedException {
		DefaultSession session = session((builder) -> builder.readAhead(DataSize.ofBytes(0)).responseChannelSize(10));
		SubChannel side = side();
		say("a", "b", "c", "d", "e", "f", "g");
		TestRuntime.eventually(() -> assertThat(session.response().size()).isEqualTo(7));
		say("s1", "s2", "h");
		TestRuntime.eventually(() -> assertThat(this.handler.handled()).isEqualTo(8));
		assertThat(take(side, 1)).containsExactly("s1");
		assertThat(take(side, 1)).containsExactly("s2");
		assertThat(take(session, 8)).endsWith("h");
	}

	@Test
	@Rule("B1")
	void unreadResponseChannelStopsReadingForAChannelBesideIt() throws InterruptedException {
		DefaultSession session = session((builder) -> builder.readAhead(DataSize.ofBytes(64)).responseChannelSize(1));
		SubChannel side = side();
		say("a", "b", "s1");
		TestRuntime.eventually(() -> assertThat(this.handler.handled()).isEqualTo(2));
		assertThat(side.poll(Duration.ZERO)).isEmpty();
		assertThat(take(session, 2)).containsExactly("a", "b");
		assertThat(take(side, 1)).containsExactly("s1");
	}

	@Test
	void discardingReachesBothAndIsCountedOnce() throws InterruptedException {
		DefaultSession session = session((builder) -> {
		});
		SubChannel side = side();
		say("a", "s1", "b", "s2");
		TestRuntime.eventually(() -> assertThat(session.response().size()).isEqualTo(2));
		TestRuntime.eventually(() -> assertThat(this.handler.handled()).isEqualTo(4));
		assertThat(session.response().discard((chunk) -> !chunk.delta().equals("b"))).isEqualTo(3);
		assertThat(this.runtime.observer.chunksDiscarded.get()).isEqualTo(3);
		assertThat(side.poll(Duration.ZERO)).isEmpty();
		assertThat(take(session, 1)).containsExactly("b");
	}

	@Test
	@Rule("S1")
	void sessionsEndEndsItBehindItsLastChunk() throws Exception {
		DefaultSession session = session((builder) -> {
		});
		SubChannel side = side();
		say("s1", "s2");
		TestRuntime.eventually(() -> assertThat(this.handler.handled()).isEqualTo(2));
		this.runtime.peer().drop();
		awaitDone(session);
		assertThat(take(side, 2)).containsExactly("s1", "s2");
		assertThat(side.take()).isEmpty();
		assertThat(side.isEnded()).isTrue();
		assertThat(side.error()).isInstanceOf(SessionClosedException.class).hasCause(session.error().orElseThrow());
	}

	@Test
	void channelThatIsMadeWhenTheSessionHasEndedHasEnded() throws Exception {
		DefaultSession session = session((builder) -> {
		});
		session.close();
		awaitDone(session);
		SubChannel side = side();
		assertThat(side.take()).isEmpty();
		assertThat(side.error()).isInstanceOf(SessionClosedException.class);
	}

	@Test
	void closedChannelDropsAndCountsRoutedChunks() throws InterruptedException {
		DefaultSession session = session((builder) -> builder.readAhead(DataSize.ofBytes(64)));
		SubChannel side = side();
		say("s1", "s2", "s3");
		TestRuntime.eventually(() -> assertThat(this.handler.handled()).isEqualTo(2));
		side.close();
		say("s4", "a");
		assertThat(take(session, 1)).containsExactly("a");
		assertThat(this.runtime.observer.chunksDiscarded.get()).isEqualTo(4);
		assertThat(side.take()).isEmpty();
		assertThat(side.error()).isNull();
	}

	@Test
	void firstEndCounts() throws Exception {
		DefaultSession session = session((builder) -> {
		});
		SubChannel side = side();
		IllegalStateException first = new IllegalStateException("first");
		side.end(first);
		side.end(null);
		session.close();
		assertThat(side.error()).isSameAs(first);
	}

	@Test
	void routerThatThrowsLeavesTheChunkToTheResponseChannel() throws InterruptedException {
		DefaultSession session = session((builder) -> {
		});
		this.handler.context.route((chunk) -> {
			throw new IllegalStateException("router");
		});
		say("s1");
		assertThat(take(session, 1)).containsExactly("s1");
	}

	@Test
	void publisherGetsTheChunksOfItsChannel() throws Exception {
		DefaultSession session = session((builder) -> {
		});
		SubChannel side = side();
		CompletableFuture<Throwable> error = new CompletableFuture<>();
		List<String> seen = new CopyOnWriteArrayList<>();
		CountDownLatch subscribed = new CountDownLatch(1);
		side.publisher().subscribe(new Flow.Subscriber<>() {

			@Override
			public void onSubscribe(Flow.Subscription subscription) {
				subscription.request(Long.MAX_VALUE);
				subscribed.countDown();
			}

			@Override
			public void onNext(StreamChunk chunk) {
				seen.add(chunk.delta());
			}

			@Override
			public void onError(Throwable failure) {
				error.complete(failure);
			}

			@Override
			public void onComplete() {
				error.complete(null);
			}

		});
		assertThat(subscribed.await(10, TimeUnit.SECONDS)).isTrue();
		say("s1", "a", "s2");
		assertThat(take(session, 1)).containsExactly("a");
		TestRuntime.eventually(() -> assertThat(seen).containsExactly("s1", "s2"));
		session.close();
		assertThat(TestRuntime.get(error)).isInstanceOf(SessionClosedException.class);
	}

	@Test
	@Rule("S11")
	void closeOfTheSessionRacesWithItsCreationWithoutALeak() throws Exception {
		for (int round = 0; round < 200; round++) {
			DefaultResponseChannel channel = new DefaultResponseChannel(2, 64, () -> false, (count) -> {
			}, Runnable::run, Runnable::run);
			CompletableFuture<Void> ending = CompletableFuture.runAsync(() -> channel.endSession(null));
			SubChannel side = channel.createBeside();
			TestRuntime.get(ending);
			assertThat(side.poll(SECOND)).isEqualTo(Optional.empty());
			assertThat(side.isEnded()).isTrue();
		}
	}

	private static final class Splitting implements SessionHandler {

		private volatile SessionContext context;

		private volatile SubChannel side;

		private final AtomicInteger count = new AtomicInteger();

		@Override
		public void connect(Conn conn, SessionContext context) {
			this.context = context;
		}

		@Override
		public List<StreamChunk> handle(Message message, SessionContext context) {
			this.count.incrementAndGet();
			return echo(message);
		}

		int handled() {
			return this.count.get();
		}

		SubChannel route(StreamChunk chunk) {
			return chunk.delta().startsWith("s") ? this.side : null;
		}

	}

}
