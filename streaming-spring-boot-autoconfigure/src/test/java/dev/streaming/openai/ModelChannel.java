package dev.streaming.openai;

import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.streaming.ResponseChannel;
import dev.streaming.StreamChunk;

/**
 * Channel without unread chunks.
 */
final class ModelChannel implements ResponseChannel {

	@Override
	public Optional<StreamChunk> take() {
		throw unexpected();
	}

	@Override
	public Optional<StreamChunk> poll(Duration timeout) {
		throw unexpected();
	}

	@Override
	public boolean isEnded() {
		return false;
	}

	@Override
	public Stream<StreamChunk> stream() {
		throw unexpected();
	}

	@Override
	public Flow.Publisher<StreamChunk> publisher() {
		throw unexpected();
	}

	@Override
	public int discard(Predicate<? super StreamChunk> unwanted) {
		return 0;
	}

	@Override
	public int size() {
		return 0;
	}

	@Override
	public int capacity() {
		return 10;
	}

	@Override
	public Iterator<StreamChunk> iterator() {
		throw unexpected();
	}

	private static AssertionError unexpected() {
		return new AssertionError("Not expected");
	}

}
