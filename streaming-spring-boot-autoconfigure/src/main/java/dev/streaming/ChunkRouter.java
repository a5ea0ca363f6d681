package dev.streaming;

import org.jspecify.annotations.Nullable;

/**
 * Sets chunks of a session apart from its response channel. Called for every chunk before
 * it is delivered, in the order of delivery, by the thread that delivers it: the
 * session's own, or one that calls {@link SessionContext#emit}.
 *
 * @since 1.0.0
 * @see SessionContext#route(ChunkRouter)
 */
@FunctionalInterface
public interface ChunkRouter {

	/**
	 * Return the channel of a chunk. Must not block, nor throw: a chunk on which it
	 * throws goes to the response channel.
	 * @param chunk the chunk
	 * @return a channel of the same session, or {@code null} for its response channel
	 */
	@Nullable SubChannel route(StreamChunk chunk);

	/**
	 * A chunk was put into the channel that {@link #route} has returned for it, or
	 * dropped because that has ended. Must not block, nor throw.
	 * @param chunk the chunk
	 * @param channel its channel
	 */
	default void routed(StreamChunk chunk, SubChannel channel) {
	}

}
