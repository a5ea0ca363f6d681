package dev.streaming;

import org.jspecify.annotations.Nullable;

/**
 * A channel beside a session's own, for the chunks that a {@link ChunkRouter} sets apart,
 * such as those of one answer. What waits in it counts against the read-ahead of the
 * session, so that chunks that nobody takes stop the reading of all channels of the
 * session (S4, B1). {@link ResponseChannel#discard} of the session's own channel reaches
 * it too.
 * <p>
 * The end of the session ends it with a {@link SessionClosedException}, unless it has
 * ended before. Thread-safe.
 *
 * @since 1.0.0
 * @see SessionContext#subChannel()
 */
public interface SubChannel extends ResponseChannel {

	/**
	 * Put the end behind the last chunk. The first end counts. Does not block.
	 * @param error the failure for a publisher and {@link #error()}, or {@code null}
	 */
	void end(@Nullable Throwable error);

	/**
	 * Drop and count what was not taken, and end without an error. Chunks that are routed
	 * to it afterwards are dropped and counted. Does not block.
	 */
	void close();

	/**
	 * Return the failure that it has ended with.
	 * @return the failure, or {@code null}
	 */
	@Nullable Throwable error();

}
