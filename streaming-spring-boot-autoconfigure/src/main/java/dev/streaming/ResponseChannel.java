package dev.streaming;

import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Bounded channel of a session's chunks; each chunk is delivered to exactly one consumer.
 * <p>
 * Thread-safe. Chunks that were added before the session ended can still be taken
 * afterwards. Taking chunks in a callback of the session throws an
 * {@link IllegalStateException}, because the callback would wait for itself.
 *
 * @since 1.0.0
 */
public interface ResponseChannel extends Iterable<StreamChunk> {

	/**
	 * Wait for the next chunk.
	 * @return the next chunk, or empty if the session has ended and all chunks were taken
	 * @throws InterruptedException if the calling thread was interrupted; no chunk is
	 * lost
	 */
	Optional<StreamChunk> take() throws InterruptedException;

	/**
	 * Wait for the next chunk with a timeout.
	 * @param timeout maximum time to wait; zero does not wait
	 * @return the next chunk, or empty if the timeout has elapsed, or the session has
	 * ended and all chunks were taken; use {@link #isEnded()} to distinguish them
	 * @throws InterruptedException if the calling thread was interrupted; no chunk is
	 * lost
	 */
	Optional<StreamChunk> poll(Duration timeout) throws InterruptedException;

	/**
	 * Return whether the session has ended and all chunks were taken. Does not wait.
	 * @return whether there will be no more chunks
	 */
	boolean isEnded();

	/**
	 * Return an iterator over the chunks as they arrive; {@code hasNext} blocks. An
	 * interrupted iterator keeps the thread's interrupt flag and throws a
	 * {@link StreamingException}.
	 * @return an iterator that ends when the session ends
	 */
	@Override
	Iterator<StreamChunk> iterator();

	/**
	 * Return the chunks as a sequential stream that blocks as {@link #iterator()} does.
	 * @return a stream that ends when the session ends
	 */
	Stream<StreamChunk> stream();

	/**
	 * Return the chunks as a publisher for one subscriber. The subscriber is called on a
	 * worker thread, receives no more chunks than it has requested, and is completed, or
	 * notified of the session's error. A second subscriber is notified of an
	 * {@link IllegalStateException}. Cancelling the subscription does not close the
	 * session.
	 * @return the publisher
	 */
	Flow.Publisher<StreamChunk> publisher();

	/**
	 * Drop chunks that were not taken yet, such as when the user interrupts the model.
	 * Does not wait.
	 * @param unwanted matches the chunks to drop; called under the channel's lock, so it
	 * must be fast and must not call the session
	 * @return the number of dropped chunks
	 */
	int discard(Predicate<? super StreamChunk> unwanted);

	/**
	 * Return the number of chunks in the channel, excluding those that wait for room.
	 * @return at most {@link #capacity()}
	 */
	int size();

	/**
	 * Return the capacity of the channel in chunks.
	 * @return the response channel size of the configuration
	 */
	int capacity();

}
