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
import dev.streaming.internal.session.DefaultResponseChannel.Next;
import dev.streaming.observation.ConnectionObserver.SessionEnd;
import org.jspecify.annotations.Nullable;

/**
 * Delivers chunks to the response channel of a session, and counts dropped chunks. Chunks
 * that a hook emits on its own thread are held until the session is open, because a
 * consumer that takes them must not find the session reconnecting. They are bounded,
 * because a peer may send without limit during a setup.
 * <p>
 * Called by any thread; nothing blocks.
 */
final class ChunkDelivery implements SessionTermination.Participant {

	private final SessionEnvironment environment;

	private final DefaultResponseChannel channel;

	private final SessionTermination termination;

	private final ConversationMonitor monitor;

	private final InterceptorChain interceptors;

	private final Queue<StreamChunk> held = new ConcurrentLinkedQueue<>();

	private final AtomicLong heldWeight = new AtomicLong();

	// Limit of held chunks. Written by the session's task
	private volatile long room;

	// Written by the session's task
	private volatile boolean holding;

	private volatile @Nullable ChunkRouter router;

	ChunkDelivery(SessionEnvironment environment, DefaultResponseChannel channel, SessionTermination termination,
			ConversationMonitor monitor, InterceptorChain interceptors) {
		this.environment = environment;
		this.channel = channel;
		this.termination = termination;
		this.monitor = monitor;
		this.interceptors = interceptors;
	}

	/**
	 * Start to hold the chunks that the session's task emits.
	 */
	void hold() {
		this.heldWeight.set(0);
		this.room = this.channel.setupRoom();
		this.holding = true;
	}

	/**
	 * Stop holding chunks. Held chunks are kept until {@link #deliverHeld()}.
	 */
	void stopHolding() {
		this.holding = false;
	}

	/**
	 * Deliver the held chunks.
	 */
	void deliverHeld() {
		for (StreamChunk chunk = this.held.poll(); chunk != null; chunk = this.held.poll()) {
			deliver(List.of(chunk), 0, Next.UNKNOWN);
		}
	}

	/**
	 * Deliver a chunk that does not result from a message.
	 * @param chunk the chunk
	 */
	void emit(StreamChunk chunk) {
		if (this.holding && this.environment.serial().isCurrent()) {
			hold(chunk);
		}
		else {
			deliver(List.of(chunk), 0, Next.UNKNOWN);
		}
	}

	private void hold(StreamChunk chunk) {
		long weight = this.heldWeight.addAndGet(chunk.weight());
		if (weight > this.room && !this.held.isEmpty()) {
			throw new StreamingException("The setup of a connection of session '" + this.environment.name()
					+ "' has emitted chunks of more than " + this.room + " bytes");
		}
		this.held.add(chunk);
	}

	/**
	 * Deliver the chunks of one message.
	 * @param made the chunks
	 * @param bytes the size of the message, or zero if there was none
	 * @param next what the caller does next
	 */
	void deliver(List<StreamChunk> made, int bytes, Next next) {
		this.monitor.delivering(made);
		List<StreamChunk> chunks = this.interceptors.chunks(made);
		discarded(made.size() - chunks.size());
		SessionOutcome over = this.termination.outcome();
		boolean wanted = over == null || over.end() != SessionEnd.CLOSED;
		ChunkRouter current = this.router;
		if (!wanted) {
			discarded(chunks.size());
		}
		else if (current == null) {
			put(this.channel, chunks, bytes, next);
		}
		else {
			deliver(current, chunks, bytes, next);
		}
	}

	private void deliver(ChunkRouter current, List<StreamChunk> chunks, int bytes, Next next) {
		List<StreamChunk> others = new ArrayList<>(chunks.size());
		int left = bytes;
		for (StreamChunk chunk : chunks) {
			SubChannel own = route(current, chunk);
			if (own instanceof DefaultResponseChannel beside) {
				put(beside, List.of(chunk), left, Next.UNKNOWN);
				left = 0;
				current.routed(chunk, own);
			}
			else {
				others.add(chunk);
			}
		}
		put(this.channel, others, left, next);
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

	private void put(DefaultResponseChannel to, List<StreamChunk> chunks, int bytes, Next next) {
		if (!to.put(chunks, bytes, next)) {
			discarded(chunks.size());
		}
	}

	private void discarded(int chunks) {
		if (chunks > 0) {
			this.environment.observer().chunksDiscarded(chunks);
		}
	}

	/**
	 * Set the router of chunks. May be called by any thread.
	 * @param router returns the channel of a chunk
	 */
	void route(ChunkRouter router) {
		this.router = router;
		this.channel.setApart();
	}

	/**
	 * Create a channel for routed chunks. May be called by any thread.
	 * @return the channel
	 */
	SubChannel createSubChannel() {
		return this.channel.createBeside();
	}

	@Override
	public void ended(SessionOutcome how) {
		// Chunks of a hook that has not returned; the channel has ended, so they are
		// counted as
		// dropped
		deliverHeld();
	}

}
