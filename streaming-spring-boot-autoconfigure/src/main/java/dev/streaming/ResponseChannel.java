package dev.streaming;

import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The bounded channel of a session's chunks; each chunk goes to exactly one taker.
 * <p>
 * Thread-safe. Chunks that were added before the session ended can still be taken
 * afterwards. Taking from within a callback of the session is an
 * {@link IllegalStateException}: it would wait for itself.
 *
 * @since 1.0.0
 */
public interface ResponseChannel extends Iterable<StreamChunk> {

	/**
	 * Wait for the next chunk.
	 * @return the next chunk, or empty if the session has ended and everything was taken
	 * @throws InterruptedException if the calling thread was interrupted; nothing is lost
	 */
	Optional<StreamChunk> take() throws InterruptedException;

	/**
	 * Wait for the next chunk, but not longer than a given time.
	 * @param timeout maximum time to wait; zero does not wait
	 * @return the next chunk, or empty if nothing came in time or the session has ended
	 * and everything was taken; {@link #isEnded()} tells which
	 * @throws InterruptedException if the calling thread was interrupted; nothing is lost
	 */
	Optional<StreamChunk> poll(Duration timeout) throws InterruptedException;

	/**
	 * Return whether the session has ended and everything was taken. Never blocks for
	 * long.
	 * @return whether no chunk will ever come again
	 */
	boolean isEnded();

	/**
	 * Iterate over the chunks as they come; {@code hasNext} blocks. An interrupted
	 * iterator keeps the thread's flag and throws a {@link StreamingException}.
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
	 * Return the chunks as a publisher for one subscriber. It is called on a worker
	 * thread, takes no more than was requested, and ends with the session's error or
	 * completes. A second subscriber gets an {@link IllegalStateException}. Cancelling
	 * leaves the session open.
	 * @return the publisher
	 */
	Flow.Publisher<StreamChunk> publisher();

	/**
	 * Drop chunks that wait and are not yet taken, as when the user interrupts the model.
	 * Does not wait.
	 * @param unwanted matches the chunks to drop; called under the channel's lock, so it
	 * must be quick and call nothing of the session
	 * @return the number of dropped chunks
	 */
	int discard(Predicate<? super StreamChunk> unwanted);

	/**
	 * Return the number of chunks in the channel, without those that wait behind it.
	 * @return at most {@link #capacity()}
	 */
	int size();

	/**
	 * Return the capacity of the channel in chunks.
	 * @return the response channel size of the configuration
	 */
	int capacity();

}
