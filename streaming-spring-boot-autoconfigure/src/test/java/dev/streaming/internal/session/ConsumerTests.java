package dev.streaming.internal.session;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;

import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * S15: everything that takes chunks, when the session ends, is closed or is interrupted.
 */
@Rule("S15")
class ConsumerTests extends AbstractSessionTests {

	private DefaultSession echoing() throws InterruptedException {
		return open((builder) -> {
		});
	}

	private static RecordingSubscriber subscribe(Flow.Publisher<StreamChunk> publisher) {
		RecordingSubscriber subscriber = new RecordingSubscriber();
		publisher.subscribe(subscriber);
		TestRuntime.eventually(() -> assertThat(subscriber.subscription).isNotNull());
		return subscriber;
	}

	@Test
	void takersEndQuietlyWhenTheSessionEnds() throws Exception {
		DefaultSession session = open((builder) -> {
		});
		CompletableFuture<Boolean> taker = TestRuntime.async(() -> session.response().take().isEmpty());
		CompletableFuture<Long> stream = TestRuntime.async(() -> session.response().stream().count());
		session.close();
		assertThat(TestRuntime.get(taker)).isTrue();
		assertThat(TestRuntime.get(stream)).isZero();
		assertThat(session.response().iterator().hasNext()).isFalse();
		assertThat(session.response().poll(Duration.ofSeconds(1))).isEmpty();
	}

	@Test
	void everyWaitingTakerSeesTheEnd() throws Exception {
		DefaultSession session = echoing();
		List<CompletableFuture<Boolean>> takers = new CopyOnWriteArrayList<>();
		List<Thread> threads = new CopyOnWriteArrayList<>();
		for (int i = 0; i < 3; i++) {
			takers.add(TestRuntime.async(() -> {
				threads.add(Thread.currentThread());
				return session.response().take().isEmpty();
			}));
		}
		TestRuntime.eventually(() -> assertThat(threads).hasSize(3)
			.allSatisfy((thread) -> assertThat(thread.getState()).isEqualTo(Thread.State.WAITING)));
		session.close();
		for (CompletableFuture<Boolean> taker : takers) {
			assertThat(TestRuntime.get(taker)).isTrue();
		}
	}

	@Test
	void capacityIsTheOneThatWasSet() throws Exception {
		assertThat(open((builder) -> builder.responseChannelSize(7)).response().capacity()).isEqualTo(7);
	}

	@Test
	void takeWithTheFlagSetIsInterruptedAndLosesNothing() throws Exception {
		DefaultSession session = echoing();
		this.runtime.peer().text("a");
		TestRuntime.eventually(() -> assertThat(session.response().size()).isEqualTo(1));
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> session.response().take());
		assertThat(session.response().poll(Duration.ZERO)).map(StreamChunk::delta).contains("a");
		assertThat(session.response().poll(Duration.ofMillis(1))).isEmpty();
	}

	@Test
	void takerThatWaitsIsInterruptible() throws Exception {
		DefaultSession session = echoing();
		CompletableFuture<Thread> thread = new CompletableFuture<>();
		CompletableFuture<Void> taker = TestRuntime.run(() -> {
			thread.complete(Thread.currentThread());
			session.response().take();
		});
		TestRuntime.eventually(() -> assertThat(thread.join().getState()).isEqualTo(Thread.State.WAITING));
		TestRuntime.get(thread).interrupt();
		assertThat(TestRuntime.failure(taker)).isInstanceOf(InterruptedException.class);
	}

	@Test
	void iteratorGivesEachChunkOnceHoweverOftenItIsAsked() throws Exception {
		DefaultSession session = echoing();
		this.runtime.peer().text("a");
		this.runtime.peer().text("b");
		Iterator<StreamChunk> chunks = session.response().iterator();
		assertThat(chunks.hasNext()).isTrue();
		assertThat(chunks.hasNext()).isTrue();
		assertThat(chunks.next().delta()).isEqualTo("a");
		assertThat(chunks.next().delta()).isEqualTo("b");
		session.close();
		assertThat(chunks.hasNext()).isFalse();
		assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(chunks::next);
	}

	@Test
	void interruptedIteratorKeepsTheFlagAndThrows() throws Exception {
		DefaultSession session = open((builder) -> {
		});
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(StreamingException.class).isThrownBy(() -> session.response().iterator().hasNext());
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void publisherEmitsWhatWasRequestedAndCompletes() throws Exception {
		DefaultSession session = open((builder) -> {
		});
		RecordingSubscriber subscriber = new RecordingSubscriber();
		session.response().publisher().subscribe(subscriber);
		TestRuntime.eventually(() -> assertThat(subscriber.subscription).isNotNull());
		this.runtime.peer().text("a");
		this.runtime.peer().text("b");
		this.runtime.peer().text("c");
		subscriber.subscription.request(2);
		TestRuntime.eventually(() -> assertThat(subscriber.events).containsExactly("a", "b"));
		subscriber.subscription.request(10);
		session.close();
		TestRuntime.eventually(() -> assertThat(subscriber.events).containsExactly("a", "b", "c", "complete"));
	}

	@Test
	void publisherEndsWithTheSessionsError() throws Exception {
		DefaultSession session = open((builder) -> {
		});
		RecordingSubscriber subscriber = new RecordingSubscriber();
		session.publisher().subscribe(subscriber);
		this.runtime.peer().drop();
		TestRuntime.eventually(() -> assertThat(subscriber.events).containsExactly("error ConnectionLostException"));
		RecordingSubscriber second = new RecordingSubscriber();
		session.response().publisher().subscribe(second);
		assertThat(second.events).containsExactly("error IllegalStateException");
	}

	@Test
	void cancellingTheChannelsPublisherLeavesTheSessionOpen() throws Exception {
		DefaultSession session = open((builder) -> {
		});
		RecordingSubscriber subscriber = new RecordingSubscriber();
		session.response().publisher().subscribe(subscriber);
		TestRuntime.eventually(() -> assertThat(subscriber.subscription).isNotNull());
		subscriber.subscription.cancel();
		this.runtime.peer().text("for a taker");
		assertThat(take(session, 1)).containsExactly("for a taker");
		assertThat(session.state()).isEqualTo(Session.State.OPEN);
	}

	@Test
	void cancellingTheSessionsPublisherClosesTheSession() throws Exception {
		DefaultSession session = open((builder) -> {
		});
		RecordingSubscriber subscriber = new RecordingSubscriber();
		session.publisher().subscribe(subscriber);
		TestRuntime.eventually(() -> assertThat(subscriber.subscription).isNotNull());
		subscriber.subscription.cancel();
		awaitDone(session);
		assertThat(session.error()).isEmpty();
	}

	@Test
	void requestsAddUpAndOneOfAllIsForAll() throws Exception {
		DefaultSession session = open((builder) -> builder.responseChannelSize(100));
		RecordingSubscriber subscriber = subscribe(session.response().publisher());
		for (int i = 0; i < 20; i++) {
			this.runtime.peer().text("m" + i);
		}
		subscriber.subscription.request(1);
		subscriber.subscription.request(2);
		TestRuntime.eventually(() -> assertThat(subscriber.events).hasSize(3));
		subscriber.subscription.request(Long.MAX_VALUE);
		subscriber.subscription.request(Long.MAX_VALUE);
		TestRuntime.eventually(() -> assertThat(subscriber.events).hasSize(20));
		this.runtime.peer().text("last");
		TestRuntime.eventually(() -> assertThat(subscriber.events).hasSize(21).last().isEqualTo("last"));
		assertThat(subscriber.threads).noneMatch((thread) -> thread == Thread.currentThread());
	}

	@Test
	@Rule("S4")
	void subscriberThatBlocksDoesNotStopTheSession() throws Exception {
		DefaultSession session = echoing();
		CompletableFuture<Void> blocked = new CompletableFuture<>();
		RecordingSubscriber subscriber = new RecordingSubscriber() {

			@Override
			public void onNext(StreamChunk chunk) {
				super.onNext(chunk);
				blocked.join();
			}

		};
		session.response().publisher().subscribe(subscriber);
		TestRuntime.eventually(() -> assertThat(subscriber.subscription).isNotNull());
		subscriber.subscription.request(10);
		this.runtime.peer().text("a");
		TestRuntime.eventually(() -> assertThat(subscriber.events).containsExactly("a"));
		this.runtime.peer().text("b");
		TestRuntime.eventually(() -> assertThat(session.response().size()).isEqualTo(1));
		blocked.complete(null);
		TestRuntime.eventually(() -> assertThat(subscriber.events).containsExactly("a", "b"));
	}

	@Test
	void invalidRequestIsAnErrorAndCancels() throws Exception {
		DefaultSession session = echoing();
		RecordingSubscriber subscriber = subscribe(session.publisher());
		subscriber.subscription.request(0);
		TestRuntime.eventually(() -> assertThat(subscriber.events).containsExactly("error IllegalArgumentException"));
		awaitDone(session);
		assertThat(session.error()).isEmpty();
		assertThat(subscriber.events).hasSize(1);
	}

	@Test
	void cancelledSubscriberReceivesNothing() throws Exception {
		DefaultSession session = echoing();
		RecordingSubscriber subscriber = subscribe(session.response().publisher());
		subscriber.subscription.request(10);
		this.runtime.peer().text("a");
		TestRuntime.eventually(() -> assertThat(subscriber.events).containsExactly("a"));
		subscriber.subscription.cancel();
		this.runtime.peer().text("b");
		assertThat(take(session, 1)).containsExactly("b");
		session.close();
		awaitDone(session);
		assertThat(subscriber.events).containsExactly("a");
	}

	@Test
	void throwingSubscriberReceivesNothingMore() throws Exception {
		DefaultSession session = echoing();
		RecordingSubscriber subscriber = subscribe(session.publisher());
		subscriber.throwing = true;
		subscriber.subscription.request(10);
		this.runtime.peer().text("a");
		awaitDone(session);
		assertThat(subscriber.events).containsExactly("a");
	}

	@Test
	void secondSubscriberReceivesTheReason() throws Exception {
		DefaultSession session = echoing();
		subscribe(session.publisher());
		RecordingSubscriber second = subscribe(session.response().publisher());
		assertThat(second.events).containsExactly("error IllegalStateException");
		second.subscription.request(1);
		second.subscription.cancel();
		assertThat(session.isClosed()).isFalse();
		assertThatNullPointerException().isThrownBy(() -> session.publisher().subscribe(null));
	}

}
