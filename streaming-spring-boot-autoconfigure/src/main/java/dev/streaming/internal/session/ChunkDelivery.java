package dev.streaming.internal.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

import dev.streaming.ChunkRouter;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.SubChannel;
import dev.streaming.observation.ConnectionObserver.SessionEnd;
import org.jspecify.annotations.Nullable;

/**
 * Delivers chunks to the response channel of a session, and counts those that the session
 * does not want any more. Chunks that a hook emits on its own thread are held until the
 * session is open: a consumer that takes them must not find it reconnecting. They are
 * bounded, because a peer may send without end during a setup.
 * <p>
 * Any thread; nothing blocks.
 */
final class ChunkDelivery implements SessionTermination.Participant {

	private final SessionEnvironment environment;

	private final DefaultResponseChannel channel;

	private final SessionTermination termination;

	private final Queue<StreamChunk> held = new ConcurrentLinkedQueue<>();

	private final AtomicLong heldWeight = new AtomicLong();

	// Written by the session's task
	private volatile boolean holding;

	private volatile @Nullable ChunkRouter router;

	ChunkDelivery(SessionEnvironment environment, DefaultResponseChannel channel, SessionTermination termination) {
		this.environment = environment;
		this.channel = channel;
		this.termination = termination;
	}

	/**
	 * Hold the chunks that the session's task emits from now on.
	 */
	void hold() {
		this.heldWeight.set(0);
		this.holding = true;
	}

	/**
	 * Stop holding chunks. Those that are held wait for {@link #deliverHeld()}.
	 */
	void stopHolding() {
		this.holding = false;
	}

	/**
	 * Deliver the chunks that were held.
	 */
	void deliverHeld() {
		for (StreamChunk chunk = this.held.poll(); chunk != null; chunk = this.held.poll()) {
			deliver(List.of(chunk), 0);
		}
	}

	/**
	 * Deliver a chunk that is not the result of a message.
	 * @param chunk the chunk
	 */
	void emit(StreamChunk chunk) {
		if (this.holding && this.environment.serial().isCurrent()) {
			hold(chunk);
		}
		else {
			deliver(List.of(chunk), 0);
		}
	}

	private void hold(StreamChunk chunk) {
		long weight = this.heldWeight.addAndGet(chunk.weight());
		if (weight > this.channel.overflow() && !this.held.isEmpty()) {
			throw new StreamingException("The setup of a connection of session '" + this.environment.name()
					+ "' has emitted chunks of more than " + this.channel.overflow() + " bytes");
		}
		this.held.add(chunk);
	}

	/**
	 * Deliver the chunks of one message.
	 * @param chunks the chunks
	 * @param bytes the size of the message, zero if there was none
	 */
	void deliver(List<StreamChunk> chunks, int bytes) {
		SessionOutcome over = this.termination.outcome();
		boolean wanted = over == null || over.end() != SessionEnd.CLOSED;
		ChunkRouter current = this.router;
		if (!wanted) {
			discarded(chunks.size());
		}
		else if (current == null) {
			put(this.channel, chunks, bytes);
		}
		else {
			deliver(current, chunks, bytes);
		}
	}

	private void deliver(ChunkRouter current, List<StreamChunk> chunks, int bytes) {
		List<StreamChunk> others = new ArrayList<>(chunks.size());
		int left = bytes;
		for (StreamChunk chunk : chunks) {
			SubChannel own = route(current, chunk);
			if (own instanceof DefaultResponseChannel beside) {
				put(beside, List.of(chunk), left);
				left = 0;
				current.routed(chunk, own);
			}
			else {
				others.add(chunk);
			}
		}
		put(this.channel, others, left);
	}

	private @Nullable SubChannel route(ChunkRouter current, StreamChunk chunk) {
		try {
			return current.route(chunk);
		}
		catch (RuntimeException ex) {
			this.environment.log().warn().setCause(ex).log("The router of chunks failed; the chunk is not routed");
			return null;
		}
	}

	private void put(DefaultResponseChannel to, List<StreamChunk> chunks, int bytes) {
		if (!to.put(chunks, bytes)) {
			discarded(chunks.size());
		}
	}

	private void discarded(int chunks) {
		if (chunks > 0) {
			this.environment.observer().chunksDiscarded(chunks);
		}
	}

	/**
	 * Set chunks apart from now on. Any thread.
	 * @param router returns the channel of a chunk
	 */
	void route(ChunkRouter router) {
		this.router = router;
	}

	/**
	 * Create a channel for chunks that are set apart. Any thread.
	 * @return the channel
	 */
	SubChannel createSubChannel() {
		return this.channel.createBeside();
	}

	@Override
	public void ended(SessionOutcome how) {
		// Of a hook that has not return; the channel has ended, so they are counted
		deliverHeld();
	}

}
