package dev.streaming.internal.session;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.StreamChunk;
import dev.streaming.internal.session.DefaultResponseChannel.Next;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Events in a {@link DefaultResponseChannel} that are not read, because chunks are set
 * apart in others.
 */
class UnreadEventsTests {

	private final AtomicInteger discarded = new AtomicInteger();

	private final AtomicInteger room = new AtomicInteger();

	private final List<Runnable> workers = new ArrayList<>();

	private DefaultResponseChannel channel(int capacity) {
		return new DefaultResponseChannel(capacity, 0, () -> false, this.discarded::addAndGet, this.workers::add,
				this.workers::add);
	}

	private static StreamChunk event(String name) {
		return StreamChunk.builder().metadata("event", name).build();
	}

	private static void putEvents(DefaultResponseChannel channel, String... names) {
		for (String name : names) {
			assertThat(channel.put(List.of(event(name)), 100, Next.UNKNOWN)).isTrue();
		}
	}

	private boolean isFull(DefaultResponseChannel channel) {
		return channel.isFull(this.room::incrementAndGet);
	}

	private static List<String> takeAll(DefaultResponseChannel channel) {
		List<String> names = new ArrayList<>();
		for (StreamChunk chunk = channel.takeNow(); chunk != null; chunk = channel.takeNow()) {
			names.add(chunk.delta() + chunk.metadata().getOrDefault("event", ""));
		}
		return names;
	}

	@Test
	@Rule("S4")
	void newestEventsStayAndTheOthersAreCounted() {
		DefaultResponseChannel channel = channel(2);
		channel.setApart();
		putEvents(channel, "a", "b", "c", "d");
		assertThat(isFull(channel)).isFalse();
		assertThat(this.discarded).hasValue(2);
		assertThat(takeAll(channel)).containsExactly("c", "d");
	}

	@Test
	@Rule("S2")
	void eventsThatAllGoToTheChannelAreKept() {
		DefaultResponseChannel channel = channel(1);
		putEvents(channel, "a", "b");
		assertThat(isFull(channel)).isTrue();
		assertThat(this.discarded).hasValue(0);
		assertThat(takeAll(channel)).containsExactly("a", "b");
	}

	@Test
	@Rule("S4")
	void firstQuestionMakesRoomInAChannelThatIsFullOfEvents() {
		DefaultResponseChannel channel = channel(2);
		putEvents(channel, "a", "b", "c");
		assertThat(isFull(channel)).isTrue();
		channel.setApart();
		assertThat(this.room).hasValue(1);
		assertThat(isFull(channel)).isFalse();
		assertThat(takeAll(channel)).containsExactly("b", "c");
	}

	@Test
	@Rule("S4")
	void otherChunksTakeThePlaceOfEventsAndAreNotDropped() {
		DefaultResponseChannel channel = channel(2);
		channel.setApart();
		putEvents(channel, "a", "b");
		for (String text : List.of("one", "two")) {
			channel.put(List.of(StreamChunk.delta(text)), 100, Next.UNKNOWN);
		}
		assertThat(this.discarded).hasValue(2);
		assertThat(isFull(channel)).as("nothing in it makes room").isTrue();
		putEvents(channel, "behind");
		assertThat(takeAll(channel)).containsExactly("one", "two", "behind");
	}

	@Test
	@Rule("S4")
	void eventsWithAFailureGoLast() {
		DefaultResponseChannel channel = channel(3);
		channel.setApart();
		channel.put(List.of(StreamChunk.failure(new IllegalStateException())), 100, Next.UNKNOWN);
		channel.put(List.of(StreamChunk.builder().reset(true).metadata("event", "reset").build()), 100, Next.UNKNOWN);
		putEvents(channel, "a", "b");
		assertThat(this.discarded).hasValue(1);
		channel.put(List.of(StreamChunk.failure(new IllegalStateException())), 100, Next.UNKNOWN);
		channel.put(List.of(StreamChunk.failure(new IllegalStateException())), 100, Next.UNKNOWN);
		assertThat(this.discarded).hasValue(3);
		assertThat(takeAll(channel)).containsExactly("reset", "", "");
	}

	@Test
	@Rule("S2")
	void onceSomethingIsTakenEverythingIsKept() throws Exception {
		DefaultResponseChannel channel = channel(1);
		channel.setApart();
		putEvents(channel, "a");
		assertThat(channel.take()).isPresent();
		channel.setApart();
		putEvents(channel, "b", "c", "d");
		assertThat(isFull(channel)).isTrue();
		assertThat(this.discarded).hasValue(0);
		assertThat(takeAll(channel)).containsExactly("b", "c", "d");
	}

	@Test
	@Rule("S2")
	void subscriberIsAReaderBeforeItRequests() {
		DefaultResponseChannel channel = channel(1);
		channel.setApart();
		putEvents(channel, "a");
		channel.publisher().subscribe(new Idle());
		assertThat(isFull(channel)).isTrue();
		putEvents(channel, "b", "c");
		assertThat(this.discarded).hasValue(0);
	}

	private static final class Idle implements Flow.Subscriber<StreamChunk> {

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
		}

		@Override
		public void onNext(StreamChunk chunk) {
		}

		@Override
		public void onError(Throwable failure) {
		}

		@Override
		public void onComplete() {
		}

	}

}
