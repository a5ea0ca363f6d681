package dev.streaming;

import org.jspecify.annotations.Nullable;

/**
 * Additional channel of a session, for chunks of a {@link ChunkRouter}, such as those of
 * one answer. Its chunks count against the read-ahead of the session, so that chunks that
 * are not taken pause reading for all channels of the session (S4, B1).
 * {@link ResponseChannel#discard} of the session's response channel also applies to this
 * one.
 * <p>
 * The end of the session ends the channel with a {@link SessionClosedException}, unless
 * it has ended before. Thread-safe.
 *
 * @since 1.0.0
 * @see SessionContext#subChannel()
 */
public interface SubChannel extends ResponseChannel {

	/**
	 * End the channel after the last chunk. The first end counts. Does not block.
	 * @param error the failure for a publisher and {@link #error()}, or {@code null}
	 */
	void end(@Nullable Throwable error);

	/**
	 * Drop and count the chunks that were not taken, and end without an error. Later
	 * chunks are dropped and counted. Does not block.
	 */
	void close();

	/**
	 * Return the failure that the channel has ended with.
	 * @return the failure, or {@code null}
	 */
	@Nullable Throwable error();

}
