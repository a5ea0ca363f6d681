package dev.streaming.internal.session;

import java.util.Iterator;
import java.util.NoSuchElementException;

import dev.streaming.ResponseChannel;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Iterator over the chunks of a channel until it ends. No chunk is lost by an
 * interruption.
 */
final class ChunkIterator implements Iterator<StreamChunk> {

	private final ResponseChannel channel;

	private @Nullable StreamChunk next;

	ChunkIterator(ResponseChannel channel) {
		this.channel = channel;
	}

	@Override
	public boolean hasNext() {
		if (this.next == null) {
			try {
				this.next = this.channel.take().orElse(null);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new StreamingException("Interrupted while waiting for the next chunk; nothing was lost", ex);
			}
		}
		return this.next != null;
	}

	@Override
	public StreamChunk next() {
		if (!hasNext()) {
			throw new NoSuchElementException("The session has ended");
		}
		StreamChunk chunk = this.next;
		Assert.state(chunk != null, "There is a next chunk");
		this.next = null;
		return chunk;
	}

}
