package dev.streaming.internal.relay;

import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import dev.streaming.StreamChunk;
import org.jspecify.annotations.Nullable;

/**
 * Subscriber that requests a session's chunks one at a time and only while there is room
 * for the resulting frames: a browser that does not read pauses reading of its own
 * session only.
 */
final class ChunkFlow implements Flow.Subscriber<StreamChunk> {

	private final BooleanSupplier room;

	private final Consumer<StreamChunk> onChunk;

	private final Consumer<@Nullable Throwable> onEnd;

	private final AtomicReference<Demand> demand = new AtomicReference<>(Demand.NONE);

	private volatile Flow.@Nullable Subscription subscription;

	/**
	 * Create a subscriber.
	 * @param room whether there is room for another chunk
	 * @param onChunk the consumer of chunks
	 * @param onEnd called at the end of the session, with its error or {@code null}
	 */
	ChunkFlow(BooleanSupplier room, Consumer<StreamChunk> onChunk, Consumer<@Nullable Throwable> onEnd) {
		this.room = room;
		this.onChunk = onChunk;
		this.onEnd = onEnd;
	}

	/**
	 * Request the next chunk if there is room for it.
	 */
	void more() {
		Flow.Subscription current = this.subscription;
		if (current != null && this.room.getAsBoolean() && this.demand.compareAndSet(Demand.PAUSED, Demand.REQUESTED)) {
			current.request(1);
		}
	}

	/**
	 * Cancel the subscription.
	 */
	void cancel() {
		if (this.demand.getAndSet(Demand.CANCELLED) != Demand.NONE) {
			Flow.Subscription current = this.subscription;
			if (current != null) {
				current.cancel();
			}
		}
	}

	@Override
	public void onSubscribe(Flow.Subscription made) {
		this.subscription = made;
		if (this.demand.compareAndSet(Demand.NONE, Demand.PAUSED)) {
			more();
		}
		else {
			made.cancel();
		}
	}

	@Override
	public void onNext(StreamChunk chunk) {
		if (this.demand.get() == Demand.CANCELLED) {
			return;
		}
		this.onChunk.accept(chunk);
		this.demand.compareAndSet(Demand.REQUESTED, Demand.PAUSED);
		more();
	}

	@Override
	public void onError(Throwable failure) {
		this.onEnd.accept(failure);
	}

	@Override
	public void onComplete() {
		this.onEnd.accept(null);
	}

	private enum Demand {

		/** There is no subscription yet. */
		NONE,

		/** A chunk was requested. */
		REQUESTED,

		/** No chunk was requested, because there was no room. */
		PAUSED,

		/** The subscription was cancelled. */
		CANCELLED

	}

}
