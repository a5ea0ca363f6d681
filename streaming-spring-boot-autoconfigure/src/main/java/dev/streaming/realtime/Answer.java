package dev.streaming.realtime;

import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.Flow;

import dev.streaming.FinishReason;
import dev.streaming.StreamChunk;
import dev.streaming.Usage;

/**
 * The answer to one question, rounds of tool calls included. Its chunks go to it alone:
 * the session's response channel, its publisher and its size see the rest, such as the
 * user's transcripts and the answers to others. It ends where the answer ends.
 *
 * <pre>{@code
 * try (Answer answer = client.ask("What is the weather in Oslo?")) {
 *     for (StreamChunk chunk : answer) {
 *         System.out.print(chunk.delta());
 *     }
 * }
 * }</pre>
 *
 * An answer that failed, was lost with its connection or its session, or fell silent ends
 * with a {@link RealtimeAnswerException} behind what came of it. One that was cancelled
 * or interrupted, or met a limit of tokens, ends normally; the {@link FinishReason} of
 * its last chunk tells.
 * <p>
 * Chunks that nobody takes count against the session's read-ahead: an answer that is
 * neither read nor closed stops the reading of the whole session in the end (S4).
 * <p>
 * Thread-safe; each chunk goes to one taker. Reading blocks, and is an
 * {@link IllegalStateException} within a callback of the session, or a tool that the
 * session calls: it would wait for itself.
 *
 * @since 1.0.0
 * @see RealtimeClient#ask(String)
 */
public interface Answer extends Iterable<StreamChunk>, AutoCloseable {

	/** The timeout of an answer that was given no other. */
	Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

	/**
	 * Iterate over the chunks as they come; {@code hasNext} blocks. An interrupted
	 * iterator keeps the thread's flag and throws a
	 * {@link dev.streaming.StreamingException}; nothing is lost. All iterators of an
	 * answer share its chunks.
	 * @return an iterator that ends where the answer ends
	 * @throws RealtimeAnswerException by {@code hasNext} and {@code next}, if the answer
	 * failed, was lost or fell silent
	 */
	@Override
	Iterator<StreamChunk> iterator();

	/**
	 * Wait for the end and return the whole text: what the model has written, or said
	 * aloud as far as there is a transcript, over all rounds of tool calls. May be called
	 * again, and behind an iteration.
	 * @return the text, or empty
	 * @throws RealtimeAnswerException if the answer failed, was lost or fell silent
	 * @throws IllegalStateException if the answer was closed before its end
	 */
	String text();

	/**
	 * Wait for the end and return the whole audio, in the client's
	 * {@link RealtimeClient#outputFormat() output format}. May be called again, and
	 * behind {@link #text()} or {@link #usage()}, but not behind an iteration, which
	 * keeps no audio.
	 * @return raw bytes, or none if the model does not speak
	 * @throws RealtimeAnswerException if the answer failed, was lost or fell silent
	 * @throws IllegalStateException if the answer was closed before its end, or its audio
	 * was taken by an iterator or a subscriber
	 */
	byte[] audio();

	/**
	 * Wait for the end and return the tokens of all responses of the answer. May be
	 * called again, and behind an iteration.
	 * @return the sum; zeros where the provider tells nothing
	 * @throws RealtimeAnswerException if the answer failed, was lost or fell silent
	 * @throws IllegalStateException if the answer was closed before its end
	 */
	Usage usage();

	/**
	 * Return the chunks as a publisher for one subscriber, instead of reading. It ends
	 * with {@code onComplete} or a {@link RealtimeAnswerException}; cancelling closes the
	 * answer.
	 * @return the publisher
	 */
	Flow.Publisher<StreamChunk> publisher();

	/**
	 * Set for how long the model may be silent, from now on; {@link #DEFAULT_TIMEOUT}
	 * otherwise. Time in which a tool works, there is no connection, or our own
	 * back-pressure stopped reading does not count.
	 * @param silence the maximum time without a chunk, positive
	 * @return this
	 */
	Answer timeout(Duration silence);

	/**
	 * Close the answer: cancel it if it has not ended, and drop what was not taken. Other
	 * answers are not touched. Idempotent; does not wait for the provider.
	 */
	@Override
	void close();

}
