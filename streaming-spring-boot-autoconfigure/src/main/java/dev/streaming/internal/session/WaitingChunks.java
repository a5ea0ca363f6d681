package dev.streaming.internal.session;

import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

import dev.streaming.StreamChunk;
import org.jspecify.annotations.Nullable;

/**
 * FIFO queue of the chunks that wait for room in a channel, with their weights. There may
 * be many, so that there is no object for each of them. Guarded by the lock of the
 * channel.
 */
final class WaitingChunks {

	private Segment first = new Segment();

	private Segment last = this.first;

	private int size;

	private long weight;

	/**
	 * Add the chunks of one message.
	 * @param chunks the chunks
	 * @param bytes the size of the message, which is the minimum weight
	 */
	void add(List<StreamChunk> chunks, int bytes) {
		// Metadata may contain objects of unknown size, but not larger than the message
		long unknown = bytes;
		StreamChunk before = isEmpty() ? null : this.last.lastChunk();
		for (int i = 0; i < chunks.size(); i++) {
			StreamChunk chunk = chunks.get(i);
			long own = chunk.weightBehind(before);
			unknown -= own;
			boolean end = i == chunks.size() - 1;
			add(chunk, own + ((end && unknown > 0) ? unknown : 0));
			before = chunk;
		}
	}

	private void add(StreamChunk chunk, long own) {
		int counted = (int) Math.min(own, Integer.MAX_VALUE);
		if (this.last.isFull()) {
			this.last.next = new Segment();
			this.last = this.last.next;
		}
		this.last.add(chunk, counted);
		this.size++;
		this.weight += counted;
	}

	/**
	 * Remove the first chunk.
	 * @return the chunk, or {@code null} if there is none
	 */
	@Nullable StreamChunk poll() {
		if (isEmpty()) {
			return null;
		}
		this.size--;
		this.weight -= this.first.weight();
		StreamChunk chunk = this.first.remove();
		if (this.first.next != null && this.first.isEmpty()) {
			this.first = this.first.next;
		}
		return chunk;
	}

	/**
	 * Return the remaining chunks.
	 * @param unwanted the predicate for chunks to drop
	 * @return the other chunks and their weights
	 */
	WaitingChunks without(Predicate<? super StreamChunk> unwanted) {
		WaitingChunks kept = new WaitingChunks();
		for (Segment segment = this.first; segment != null; segment = segment.next) {
			for (int i = segment.begin; i < segment.end; i++) {
				StreamChunk chunk = segment.chunk(i);
				if (!unwanted.test(chunk)) {
					kept.add(chunk, segment.weights[i]);
				}
			}
		}
		return kept;
	}

	boolean isEmpty() {
		return this.size == 0;
	}

	int size() {
		return this.size;
	}

	long weight() {
		return this.weight;
	}

	private static final class Segment {

		private static final int LENGTH = 64;

		// Allocated for the first chunk, because most channels have none
		private @Nullable StreamChunk[] chunks = {};

		private int[] weights = {};

		private int begin;

		private int end;

		private @Nullable Segment next;

		boolean isFull() {
			return this.end == LENGTH;
		}

		boolean isEmpty() {
			return this.begin == this.end;
		}

		void add(StreamChunk chunk, int weight) {
			if (this.chunks.length == 0) {
				this.chunks = new @Nullable StreamChunk[LENGTH];
				this.weights = new int[LENGTH];
			}
			this.chunks[this.end] = chunk;
			this.weights[this.end++] = weight;
		}

		int weight() {
			return this.weights[this.begin];
		}

		StreamChunk remove() {
			StreamChunk chunk = chunk(this.begin);
			this.chunks[this.begin++] = null;
			if (isEmpty() && this.next == null) {
				// Reused, because there are no chunks behind
				this.begin = 0;
				this.end = 0;
			}
			return chunk;
		}

		StreamChunk lastChunk() {
			return chunk(this.end - 1);
		}

		StreamChunk chunk(int index) {
			return Objects.requireNonNull(this.chunks[index]);
		}

	}

}
