package dev.streaming.internal.session;

import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import dev.streaming.StreamChunk;
import dev.streaming.internal.concurrent.SequentialExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Gives the chunks of a channel to one subscriber, as many as it asks for. The subscriber
 * is called on a worker thread, one call at a time; nothing else here blocks.
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
	 * Return a publisher; all of one channel share the one subscriber.
	 * @param onCancel what else cancelling does
	 * @return the publisher
	 */
	Flow.Publisher<StreamChunk> publisher(Runnable onCancel) {
		return (subscriber) -> subscribe(subscriber, onCancel);
	}

	/**
	 * There may be a chunk, or the end.
	 */
	void wake() {
		ChunkSubscription current = this.subscription;
		if (current != null) {
			current.wake();
		}
	}

	private void subscribe(Flow.Subscriber<? super StreamChunk> subscriber, Runnable onCancel) {
		if (subscriber == null) {
			throw new NullPointerException("'subscriber' must not be null");
		}
		if (!this.taken.compareAndSet(false, true)) {
			subscriber.onSubscribe(new NoSubscription());
			subscriber.onError(new IllegalStateException("The chunks of a session go to one subscriber"));
			return;
		}
		ChunkSubscription created = new ChunkSubscription(subscriber, onCancel);
		// Nothing wakes it before it has begun with onSubscribe
		created.start();
		this.subscription = created;
		created.wake();
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

		private final Flow.Subscriber<? super StreamChunk> subscriber;

		private final Runnable onCancel;

		private final SequentialExecutor serial = new SequentialExecutor(ChunkPublisher.this.workers);

		private final AtomicLong demand = new AtomicLong();

		private final AtomicBoolean scheduled = new AtomicBoolean();

		private volatile @Nullable Throwable illegal;

		private volatile boolean over;

		ChunkSubscription(Flow.Subscriber<? super StreamChunk> subscriber, Runnable onCancel) {
			this.subscriber = subscriber;
			this.onCancel = onCancel;
		}

		void start() {
			this.serial.execute(() -> {
				this.subscriber.onSubscribe(this);
				wake();
			});
		}

		void wake() {
			if (!this.over && this.scheduled.compareAndSet(false, true)) {
				this.serial.execute(this::drain);
			}
		}

		@Override
		public void request(long n) {
			if (n <= 0) {
				this.illegal = new IllegalArgumentException("A subscriber must request more than " + n);
			}
			else {
				this.demand.accumulateAndGet(n, (have, more) -> (have + more < 0) ? Long.MAX_VALUE : have + more);
			}
			wake();
		}

		@Override
		public void cancel() {
			if (!this.over) {
				this.over = true;
				this.onCancel.run();
			}
		}

		private void drain() {
			this.scheduled.set(false);
			try {
				while (!this.over && step()) {
					continue;
				}
			}
			catch (RuntimeException ex) {
				// A subscriber that throws is broken by its own rules; it hears no more
				cancel();
				throw ex;
			}
		}

		private boolean step() {
			Throwable failure = this.illegal;
			if (failure != null) {
				this.over = true;
				this.onCancel.run();
				this.subscriber.onError(failure);
				return false;
			}
			boolean ended = ChunkPublisher.this.channel.isEnded();
			StreamChunk chunk = (this.demand.get() > 0) ? ChunkPublisher.this.channel.takeNow() : null;
			if (chunk != null) {
				if (this.demand.get() != Long.MAX_VALUE) {
					this.demand.decrementAndGet();
				}
				this.subscriber.onNext(chunk);
				return true;
			}
			if (ended) {
				this.over = true;
				Throwable error = ChunkPublisher.this.channel.error();
				if (error != null) {
					this.subscriber.onError(error);
				}
				else {
					this.subscriber.onComplete();
				}
			}
			return false;
		}

	}

}
