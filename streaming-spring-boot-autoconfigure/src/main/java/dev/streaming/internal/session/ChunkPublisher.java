package dev.streaming.internal.session;

import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.StreamChunk;
import dev.streaming.internal.concurrent.SequentialExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the chunks of a channel to one subscriber, subject to its demand. The
 * subscriber is called on a worker thread, one call at a time. Requests and cancellations
 * may come from any thread; only the subscriber may block.
 */
final class ChunkPublisher {

	private final DefaultResponseChannel channel;

	private final Executor workers;

	private final AtomicBoolean taken = new AtomicBoolean();

	private volatile @Nullable ChunkSubscription subscription;

	ChunkPublisher(DefaultResponseChannel channel, Executor workers) {
		this.channel = channel;
		this.workers = workers;
	}

	/**
	 * Return a publisher. All publishers of one channel share the one subscriber.
	 * @param onCancel called once when the subscriber cancels, throws or violates a rule
	 * @return the publisher
	 */
	Flow.Publisher<StreamChunk> publisher(Runnable onCancel) {
		return (subscriber) -> subscribe(subscriber, onCancel);
	}

	/**
	 * Check for a chunk or the end.
	 * @param executor the executor that calls the subscriber if it is not being called
	 */
	void wake(Executor executor) {
		ChunkSubscription current = this.subscription;
		if (current != null) {
			current.wake(executor);
		}
	}

	private void subscribe(Flow.Subscriber<? super StreamChunk> subscriber, Runnable onCancel) {
		if (subscriber == null) {
			throw new NullPointerException("'subscriber' must not be null");
		}
		if (!this.taken.compareAndSet(false, true)) {
			subscriber.onSubscribe(new NoSubscription());
			subscriber.onError(new IllegalStateException("A session allows only one subscriber"));
			return;
		}
		this.channel.reads();
		ChunkSubscription created = new ChunkSubscription(subscriber, onCancel);
		// Not woken before onSubscribe was called
		created.start();
		this.subscription = created;
		created.wake(this.workers);
	}

	private static final class NoSubscription implements Flow.Subscription {

		@Override
		public void request(long n) {
		}

		@Override
		public void cancel() {
		}

	}

	private final class ChunkSubscription implements Flow.Subscription {

		private final Runnable onCancel;

		private final SequentialExecutor serial = new SequentialExecutor(ChunkPublisher.this.workers);

		private final AtomicLong demand = new AtomicLong();

		private final AtomicBoolean scheduled = new AtomicBoolean();

		// Null once the subscription has ended, by whichever event came first
		private final AtomicReference<Flow.@Nullable Subscriber<? super StreamChunk>> subscriber;

		private volatile @Nullable Throwable illegal;

		ChunkSubscription(Flow.Subscriber<? super StreamChunk> subscriber, Runnable onCancel) {
			this.subscriber = new AtomicReference<>(subscriber);
			this.onCancel = onCancel;
		}

		void start() {
			this.serial.execute(() -> {
				Flow.Subscriber<? super StreamChunk> current = this.subscriber.get();
				if (current != null) {
					signal(() -> current.onSubscribe(this));
				}
			});
		}

		void wake(Executor executor) {
			if (this.subscriber.get() != null && this.scheduled.compareAndSet(false, true)) {
				this.serial.execute(this::drain, executor);
			}
		}

		@Override
		public void request(long n) {
			if (this.subscriber.get() == null) {
				// Rule 3.6: a chunk must not be taken by a step that began before the end
				return;
			}
			if (n <= 0) {
				this.illegal = new IllegalArgumentException(
						"A subscriber must request more than " + n + " (Reactive Streams, rule 3.9)");
			}
			else {
				this.demand.accumulateAndGet(n, (have, more) -> (have + more < 0) ? Long.MAX_VALUE : have + more);
			}
			wake(ChunkPublisher.this.workers);
		}

		@Override
		public void cancel() {
			if (end() != null) {
				this.onCancel.run();
			}
		}

		/**
		 * End the subscription, once, and drop the subscriber.
		 * @return the subscriber, or {@code null} if the subscription has ended before
		 */
		private Flow.@Nullable Subscriber<? super StreamChunk> end() {
			return this.subscriber.getAndSet(null);
		}

		private void drain() {
			this.scheduled.set(false);
			boolean more = true;
			while (more) {
				more = step();
			}
		}

		private boolean step() {
			Flow.Subscriber<? super StreamChunk> current = this.subscriber.get();
			Throwable failure = this.illegal;
			if (current == null) {
				return false;
			}
			if (failure != null) {
				fail(failure);
				return false;
			}
			StreamChunk chunk = (this.demand.get() > 0) ? ChunkPublisher.this.channel.takeNow() : null;
			if (chunk == null) {
				if (ChunkPublisher.this.channel.isEnded()) {
					complete();
				}
				return false;
			}
			if (this.demand.get() != Long.MAX_VALUE) {
				this.demand.decrementAndGet();
			}
			// Even if the subscription was cancelled meanwhile: the chunk has no other
			// owner
			signal(() -> current.onNext(chunk));
			return true;
		}

		private void signal(Runnable call) {
			try {
				call.run();
			}
			catch (RuntimeException | Error ex) {
				// A subscriber that throws violates the specification, and is not called
				// any more
				cancel();
				throw ex;
			}
		}

		private void fail(Throwable failure) {
			Flow.Subscriber<? super StreamChunk> last = end();
			if (last != null) {
				this.onCancel.run();
				last.onError(failure);
			}
		}

		private void complete() {
			Flow.Subscriber<? super StreamChunk> last = end();
			Throwable error = ChunkPublisher.this.channel.error();
			if (last != null && error != null) {
				last.onError(error);
			}
			else if (last != null) {
				last.onComplete();
			}
		}

	}

}
