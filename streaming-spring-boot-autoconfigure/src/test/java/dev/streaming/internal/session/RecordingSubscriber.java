package dev.streaming.internal.session;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;

import dev.streaming.StreamChunk;
import org.jspecify.annotations.Nullable;

/**
 * Writes down the signals of a publisher.
 */
class RecordingSubscriber implements Flow.Subscriber<StreamChunk> {

	final List<String> events = new CopyOnWriteArrayList<>();

	final List<Thread> threads = new CopyOnWriteArrayList<>();

	volatile Flow.@Nullable Subscription subscription;

	volatile boolean throwing;

	@Override
	public void onSubscribe(Flow.Subscription subscription) {
		this.threads.add(Thread.currentThread());
		this.subscription = subscription;
	}

	@Override
	public void onNext(StreamChunk chunk) {
		this.threads.add(Thread.currentThread());
		this.events.add(chunk.delta());
		if (this.throwing) {
			throw new IllegalStateException("broken");
		}
	}

	@Override
	public void onError(Throwable error) {
		this.events.add("error " + error.getClass().getSimpleName());
	}

	@Override
	public void onComplete() {
		this.events.add("complete");
	}

}
