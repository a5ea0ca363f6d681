package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.internal.session.DefaultResponseChannel.Next;
import dev.streaming.realtime.AccumulatedText;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * The {@link DefaultResponseChannel} alone.
 */
class DefaultResponseChannelTests {

	private final AtomicBoolean inCallback = new AtomicBoolean();

	private final AtomicInteger discarded = new AtomicInteger();

	private final List<Runnable> afterwards = new ArrayList<>();

	private final AtomicInteger room = new AtomicInteger();

	private DefaultResponseChannel channel(int capacity, long readAhead) {
		return new DefaultResponseChannel(capacity, readAhead, this.inCallback::get, this.discarded::addAndGet,
				Runnable::run, this.afterwards::add);
	}

	private static void put(DefaultResponseChannel channel, int bytes, String... texts) {
		List<StreamChunk> chunks = new ArrayList<>();
		for (String text : texts) {
			chunks.add(StreamChunk.delta(text));
		}
		assertThat(channel.put(chunks, bytes, Next.UNKNOWN)).isTrue();
	}

	private static List<String> takeAll(DefaultResponseChannel channel) {
		List<String> texts = new ArrayList<>();
		for (StreamChunk chunk = channel.takeNow(); chunk != null; chunk = channel.takeNow()) {
			texts.add(chunk.delta());
		}
		return texts;
	}

	private boolean isFull(DefaultResponseChannel channel) {
		return channel.isFull(this.room::incrementAndGet);
	}

	@Test
	@Rule("S4")
	void chunksThatDoNotFitWaitInOrder() {
		DefaultResponseChannel channel = channel(2, 1000);
		put(channel, 100, "a", "b", "c");
		put(channel, 100, "d");
		assertThat(channel.size()).isEqualTo(2);
		assertThat(takeAll(channel)).containsExactly("a", "b", "c", "d");
	}

	@Test
	@Rule("S4")
	void sizeIsThatOfAFullChannelWhileChunksWaitBehindIt() throws Exception {
		DefaultResponseChannel channel = channel(4, 1000);
		put(channel, 10, "a", "b", "c", "d", "e", "f", "g");
		for (int left = 7; left > 0; left--) {
			assertThat(channel.size()).as("size with %d left", left).isEqualTo(Math.min(4, left));
			assertThat(channel.take()).isPresent();
		}
		assertThat(channel.size()).isZero();
	}

	@Test
	@Rule("S4")
	void fetchedChunksCountAgainstTheCapacity() throws Exception {
		DefaultResponseChannel channel = channel(4, 100);
		put(channel, 10, "a", "b", "c");
		assertThat(channel.take()).hasValueSatisfying((chunk) -> assertThat(chunk.delta()).isEqualTo("a"));
		// Two are left, so that there is room for two
		put(channel, 10, "d", "e");
		assertThat(isFull(channel)).isFalse();
		put(channel, 100, "f");
		assertThat(isFull(channel)).isTrue();
		assertThat(takeAll(channel)).containsExactly("b", "c", "d", "e", "f");
	}

	@Test
	@Rule("S4")
	void fetchedChunksCanBeDiscarded() throws Exception {
		DefaultResponseChannel channel = channel(6, 1000);
		put(channel, 10, "a", "b", "c", "d", "e", "f");
		channel.take();
		assertThat(channel.discard((chunk) -> !chunk.delta().equals("c"))).isEqualTo(4);
		assertThat(this.discarded).hasValue(4);
		assertThat(channel.size()).isOne();
		put(channel, 10, "1", "2", "3", "4", "5");
		assertThat(channel.size()).isEqualTo(6);
		assertThat(takeAll(channel)).containsExactly("c", "1", "2", "3", "4", "5");
	}

	@Test
	@Rule("S15")
	void endComesBehindFetchedChunks() throws Exception {
		DefaultResponseChannel channel = channel(4, 1000);
		put(channel, 10, "a", "b", "c");
		channel.take();
		channel.end(null);
		assertThat(channel.isEnded()).isFalse();
		assertThat(takeAll(channel)).containsExactly("b", "c");
		assertThat(channel.isEnded()).isTrue();
		assertThat(channel.take()).isEmpty();
	}

	@Test
	@Rule("S15")
	void chunksThatOneConsumerFetchedAreThereForOthers() throws Exception {
		for (int i = 0; i < 500; i++) {
			DefaultResponseChannel channel = channel(10, 1000);
			boolean more = i % 2 == 0;
			put(channel, 10, "first");
			CompletableFuture<Integer> other = CompletableFuture.supplyAsync(() -> take(channel, 5));
			CompletableFuture<Integer> one = CompletableFuture.supplyAsync(() -> take(channel, 2));
			channel.put(Collections.nCopies(6, StreamChunk.delta("x")), 10, more ? Next.MESSAGE : Next.UNKNOWN);
			assertThat(other.get(10, TimeUnit.SECONDS) + one.get(10, TimeUnit.SECONDS)).isEqualTo(7);
		}
	}

	private static int take(DefaultResponseChannel channel, int count) {
		try {
			for (int i = 0; i < count; i++) {
				assertThat(channel.take()).isPresent();
			}
			return count;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	@Rule("S4")
	void chunkOfABurstIsTakenEvenIfNoOtherFollows() throws Exception {
		DefaultResponseChannel channel = channel(10, 1000);
		for (int i = 0; i < 200; i++) {
			CompletableFuture<Integer> taken = CompletableFuture.supplyAsync(() -> take(channel, 2));
			channel.put(List.of(StreamChunk.delta("a")), 1, Next.MESSAGE);
			channel.put(List.of(StreamChunk.delta("b")), 1, Next.MESSAGE);
			assertThat(taken.get(10, TimeUnit.SECONDS)).isEqualTo(2);
		}
	}

	@Test
	@Rule("S4")
	void messageWeighsOnceHoweverManyChunksWait() {
		DefaultResponseChannel channel = channel(1, 2000);
		put(channel, 1000, "a", "b", "c", "d");
		assertThat(isFull(channel)).isFalse();
		put(channel, 1000, "e");
		assertThat(isFull(channel)).isTrue();
	}

	@Test
	@Rule("S4")
	void emptyMessagesWeighToo() {
		DefaultResponseChannel channel = channel(1, 2 * StreamChunk.delta("b").weight());
		put(channel, 0, "a");
		put(channel, 0, "b");
		assertThat(isFull(channel)).isFalse();
		put(channel, 0, "c");
		assertThat(isFull(channel)).isTrue();
	}

	@Test
	@Rule("S4")
	void roomIsReportedOnceWhenHalfOfTheReadAheadIsFree() {
		DefaultResponseChannel channel = channel(1, 4000);
		put(channel, 1000, "queued");
		for (int i = 0; i < 4; i++) {
			put(channel, 1000, "m" + i);
		}
		assertThat(isFull(channel)).isTrue();
		channel.takeNow();
		assertThat(this.room).hasValue(0);
		channel.takeNow();
		assertThat(this.room).hasValue(1);
		takeAll(channel);
		assertThat(this.room).hasValue(1);
	}

	/**
	 * Each chunk had the whole text so far, and counted with the size of its message.
	 */
	@Test
	@Rule("B1")
	void chunkWeighsWhatItKeepsAndNotWhatItCameIn() {
		DefaultResponseChannel channel = channel(1, 10_000);
		put(channel, 10, "queued");
		channel.put(List.of(StreamChunk.content("x".repeat(9_000))), 10, Next.UNKNOWN);
		assertThat(isFull(channel)).isFalse();
		channel.put(List.of(StreamChunk.content("x".repeat(9_000))), 10, Next.UNKNOWN);
		assertThat(isFull(channel)).isTrue();
	}

	@Test
	@Rule("B1")
	void everyChunkOfAMessageWeighs() {
		DefaultResponseChannel channel = channel(1, 10_000);
		put(channel, 10, "queued", "x".repeat(4_950), "x".repeat(4_950));
		assertThat(isFull(channel)).isTrue();
		channel.takeNow();
		assertThat(isFull(channel)).isFalse();
	}

	@Test
	@Rule("B1")
	void textThatChunksShareDoesNotWeighAgain() {
		DefaultResponseChannel channel = channel(1, 1_000_000);
		AccumulatedText text = new AccumulatedText().append("x".repeat(100_000));
		for (int i = 0; i < 1000; i++) {
			channel.put(List.of(StreamChunk.builder().delta("x").content(text.append("x").prefix()).build()), 10,
					Next.UNKNOWN);
		}
		assertThat(isFull(channel)).isFalse();
	}

	@Test
	@Rule("B1")
	void metadataThatChunksShareDoNotWeighAgain() {
		StreamChunk first = StreamChunk.builder().delta("x").metadata("item_id", "i".repeat(1000)).build();
		DefaultResponseChannel channel = channel(1, first.weight() + 10 * first.weightBehind(first));
		put(channel, 10, "queued");
		channel.put(List.of(first), 10, Next.UNKNOWN);
		StreamChunk next = first.toBuilder().delta("y").build();
		for (int i = 0; i < 3; i++) {
			channel.put(List.of(next, next, next), 10, Next.UNKNOWN);
		}
		assertThat(isFull(channel)).isFalse();
		channel.put(List.of(first.toBuilder().delta("z").build()), 10, Next.UNKNOWN);
		assertThat(isFull(channel)).isTrue();
	}

	@Test
	@Rule("B1")
	void objectOfUnknownSizeWeighsWhatItCameIn() {
		DefaultResponseChannel channel = channel(1, 10_000);
		put(channel, 10, "queued");
		StreamChunk chunk = StreamChunk.builder().metadata("raw", new Object()).build();
		channel.put(List.of(chunk, chunk), 10_000, Next.UNKNOWN);
		assertThat(isFull(channel)).isTrue();
		assertThat(channel.discard((any) -> any == chunk)).isEqualTo(2);
		assertThat(isFull(channel)).isFalse();
	}

	@Test
	@Rule("B2")
	void connectionThatEndsHasMoreRoomButNotWithoutEnd() {
		DefaultResponseChannel channel = channel(1, 10_000);
		put(channel, 0, "queued");
		put(channel, 10_000, "fills the read-ahead");
		assertThat(isFull(channel)).isTrue();
		assertThat(channel.isOverfull(this.room::incrementAndGet)).isFalse();
		put(channel, 20_000 + (int) ReadAhead.OVERFLOW_ALLOWANCE, "fills the rest");
		assertThat(channel.isOverfull(this.room::incrementAndGet)).isTrue();
		channel.takeNow();
		assertThat(this.room).hasValue(0);
		channel.takeNow();
		assertThat(this.room).hasValue(1);
		assertThat(channel.isOverfull(this.room::incrementAndGet)).isFalse();
	}

	@Test
	@Rule("S4")
	void withoutReadAheadRoomIsReportedWhenHalfOfTheChannelIsFree() {
		DefaultResponseChannel channel = channel(4, 0);
		put(channel, 100, "a", "b", "c", "d");
		assertThat(isFull(channel)).isTrue();
		channel.takeNow();
		assertThat(this.room).hasValue(0);
		channel.takeNow();
		assertThat(this.room).hasValue(1);
	}

	@Test
	@Rule("S4")
	void discardIsAllOrNothing() {
		DefaultResponseChannel channel = channel(2, 200);
		put(channel, 100, "a", "b", "bad", "c");
		put(channel, 100, "d");
		assertThat(isFull(channel)).isTrue();
		assertThatIllegalStateException().isThrownBy(() -> channel.discard((chunk) -> {
			if (chunk.delta().equals("bad")) {
				throw new IllegalStateException("bad");
			}
			return true;
		}));
		assertThat(isFull(channel)).isTrue();
		assertThat(channel.discard((chunk) -> !chunk.delta().equals("d"))).isEqualTo(4);
		assertThat(this.discarded).hasValue(4);
		assertThat(this.room).hasValue(1);
		assertThat(takeAll(channel)).containsExactly("d");
		assertThat(channel.discard((chunk) -> true)).isZero();
	}

	@Test
	@Rule("S2")
	void waitingChunksAreDroppedAndTheQueueIsKept() {
		DefaultResponseChannel channel = channel(1, 100);
		put(channel, 100, "a", "b");
		put(channel, 100, "c");
		assertThat(channel.dropWaiting()).isEqualTo(2);
		assertThat(isFull(channel)).isFalse();
		assertThat(takeAll(channel)).containsExactly("a");
	}

	@Test
	@Rule("S15")
	void endComesBehindTheLastChunk() throws Exception {
		DefaultResponseChannel channel = channel(1, 100);
		IllegalStateException error = new IllegalStateException();
		put(channel, 10, "a", "b");
		channel.end(error);
		assertThat(channel.put(List.of(StreamChunk.delta("late")), 10, Next.UNKNOWN)).isFalse();
		assertThat(channel.isEnded()).isFalse();
		assertThat(channel.take()).map(StreamChunk::delta).contains("a");
		assertThat(channel.take()).map(StreamChunk::delta).contains("b");
		assertThat(channel.isEnded()).isTrue();
		assertThat(channel.take()).isEmpty();
		assertThat(channel.error()).isSameAs(error);
	}

	@Test
	@Rule("S15")
	void endReportsNoRoom() {
		DefaultResponseChannel channel = channel(1, 0);
		put(channel, 100, "a");
		assertThat(isFull(channel)).isTrue();
		channel.endSession(null);
		assertThat(isFull(channel)).isFalse();
		takeAll(channel);
		assertThat(this.room).hasValue(0);
	}

	@Test
	@Rule("S15")
	void pollEndsWhenItsTimeIsUp() throws Exception {
		DefaultResponseChannel channel = channel(1, 0);
		assertThat(channel.poll(Duration.ZERO)).isEmpty();
		assertThat(channel.poll(Duration.ofMillis(-1))).isEmpty();
		assertThat(channel.poll(Duration.ofMillis(1))).isEmpty();
		put(channel, 1, "a");
		assertThat(channel.poll(Duration.ofSeconds(Long.MAX_VALUE))).map(StreamChunk::delta).contains("a");
	}

	@Test
	@Rule("S15")
	void takerIsWokenByAChunk() throws Exception {
		DefaultResponseChannel channel = channel(1, 0);
		CompletableFuture<Thread> taker = new CompletableFuture<>();
		CompletableFuture<String> taken = TestRuntime.async(() -> {
			taker.complete(Thread.currentThread());
			return channel.take().orElseThrow().delta();
		});
		TestRuntime.eventually(() -> assertThat(taker.join().getState()).isEqualTo(Thread.State.WAITING));
		put(channel, 1, "a");
		assertThat(TestRuntime.get(taken)).isEqualTo("a");
	}

	@Test
	@Rule("S13")
	void callbackMustNotTake() {
		DefaultResponseChannel channel = channel(1, 0);
		put(channel, 1, "a");
		this.inCallback.set(true);
		assertThatIllegalStateException().isThrownBy(channel::take);
		assertThatIllegalStateException().isThrownBy(() -> channel.poll(Duration.ZERO));
		this.inCallback.set(false);
		assertThat(takeAll(channel)).containsExactly("a");
	}

	@Test
	@Rule("S15")
	void interruptedIteratorKeepsTheFlagAndLosesNothing() {
		DefaultResponseChannel channel = channel(1, 0);
		put(channel, 1, "a");
		Iterator<StreamChunk> chunks = channel.iterator();
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(StreamingException.class).isThrownBy(chunks::hasNext);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(chunks.next().delta()).isEqualTo("a");
		channel.end(null);
		assertThat(chunks.hasNext()).isFalse();
		assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(chunks::next);
	}

}
