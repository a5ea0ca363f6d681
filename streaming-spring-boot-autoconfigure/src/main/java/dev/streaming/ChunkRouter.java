package dev.streaming;

import org.jspecify.annotations.Nullable;

/**
 * Strategy to route chunks of a session to channels other than its response channel.
 * Called for every chunk before it is delivered, in the order of delivery, by the thread
 * that delivers it: the session's thread, or one that calls {@link SessionContext#emit}.
 *
 * @since 1.0.0
 * @see SessionContext#route(ChunkRouter)
 */
@FunctionalInterface
public interface ChunkRouter {

	/**
	 * Return the channel of a chunk. Must neither block nor throw an exception: in that
	 * case the chunk is delivered to the response channel.
	 * @param chunk the chunk
	 * @return a channel of the same session, or {@code null} for its response channel
	 */
	@Nullable SubChannel route(StreamChunk chunk);

	/**
	 * Called when a chunk was put into the channel that {@link #route} has returned, or
	 * dropped because the channel has ended. Must neither block nor throw an exception.
	 * @param chunk the chunk
	 * @param channel its channel
	 */
	default void routed(StreamChunk chunk, SubChannel channel) {
	}

}
