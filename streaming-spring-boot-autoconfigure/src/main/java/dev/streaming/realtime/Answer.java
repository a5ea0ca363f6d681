package dev.streaming.realtime;

import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.Flow;

import dev.streaming.FinishReason;
import dev.streaming.StreamChunk;
import dev.streaming.Usage;

/**
 * Answer to one question, including rounds of tool calls. Its chunks are delivered to it
 * only: the session's response channel and publisher receive the other chunks, such as
 * the user's transcripts and the answers to other requests.
 *
 * <pre>{@code
 * try (Answer answer = client.ask("What is the weather in Oslo?")) {
 *     for (StreamChunk chunk : answer) {
 *         System.out.print(chunk.delta());
 *     }
 * }
 * }</pre>
 *
 * An answer that failed, was lost with its connection or session, or timed out ends with
 * a {@link RealtimeAnswerException} after the chunks that were received. An answer that
 * was cancelled or interrupted, or reached a token limit, ends normally; see the
 * {@link FinishReason} of its last chunk.
 * <p>
 * Chunks that are not taken count against the session's read-ahead: an answer that is
 * neither read nor closed eventually pauses reading of the whole session (S4).
 * <p>
 * Thread-safe; each chunk is delivered to one consumer. Reading blocks, and throws an
 * {@link IllegalStateException} in a callback of the session or in a tool that the
 * session calls, because it would wait for itself.
 *
 * @since 1.0.0
 * @see RealtimeClient#ask(String)
 */
public interface Answer extends Iterable<StreamChunk>, AutoCloseable {

	/** Default timeout of an answer. */
	Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

	/**
	 * Return an iterator over the chunks as they arrive; {@code hasNext} blocks. An
	 * interrupted iterator keeps the thread's interrupt flag and throws a
	 * {@link dev.streaming.StreamingException}; nothing is lost. All iterators of an
	 * answer share its chunks.
	 * @return an iterator that ends where the answer ends
	 * @throws RealtimeAnswerException by {@code hasNext} and {@code next}, if the answer
	 * failed, was lost or timed out
	 */
	@Override
	Iterator<StreamChunk> iterator();

	/**
	 * Wait for the end and return the whole text, written or transcribed, of all rounds
	 * of tool calls. May be called repeatedly, and after an iteration.
	 * @return the text, or empty
	 * @throws RealtimeAnswerException if the answer failed, was lost or timed out
	 * @throws IllegalStateException if the answer was closed before its end
	 */
	String text();

	/**
	 * Wait for the end and return the whole audio, in the client's
	 * {@link RealtimeClient#outputFormat() output format}. May be called repeatedly, and
	 * after {@link #text()} or {@link #usage()}, but not after an iteration, which does
	 * not retain audio.
	 * @return raw bytes, empty if the model does not speak
	 * @throws RealtimeAnswerException if the answer failed, was lost or timed out
	 * @throws IllegalStateException if the answer was closed before its end, or its audio
	 * was taken by an iterator or a subscriber
	 */
	byte[] audio();

	/**
	 * Wait for the end and return the token usage of all responses of the answer. May be
	 * called repeatedly, and after an iteration.
	 * @return the sum; zeros if the provider does not report usage
	 * @throws RealtimeAnswerException if the answer failed, was lost or timed out
	 * @throws IllegalStateException if the answer was closed before its end
	 */
	Usage usage();

	/**
	 * Return the chunks as a publisher for one subscriber. It ends with
	 * {@code onComplete} or a {@link RealtimeAnswerException}; cancelling the
	 * subscription closes the answer.
	 * @return the publisher
	 */
	Flow.Publisher<StreamChunk> publisher();

	/**
	 * Set the maximum time without a chunk, {@link #DEFAULT_TIMEOUT} by default. Time
	 * during which a tool is running, there is no connection, or reading is paused by
	 * back-pressure does not count.
	 * @param silence the maximum time without a chunk, positive
	 * @return this
	 */
	Answer timeout(Duration silence);

	/**
	 * Close the answer: cancel it if it has not ended, and drop chunks that were not
	 * taken. Other answers are not affected. Idempotent; does not wait for the provider.
	 */
	@Override
	void close();

}
