package dev.streaming.internal.session;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import dev.streaming.MediaData;
import dev.streaming.StreamChunk;
import dev.streaming.observation.ConnectionObserver.SessionEnd;

/**
 * Delivers chunks to the response channel of a session, and counts those that the session
 * does not want any more. Chunks that a hook emits on its own thread are held until the
 * session is open: a consumer that takes them must not find it reconnecting.
 * <p>
 * Any thread; nothing blocks.
 */
final class ChunkDelivery implements SessionTermination.Participant {

	private final SessionEnvironment environment;

	private final DefaultResponseChannel channel;

	private final SessionTermination termination;

	private final Queue<StreamChunk> held = new ConcurrentLinkedQueue<>();

	// Written by the session's task
	private volatile boolean holding;

	ChunkDelivery(SessionEnvironment environment, DefaultResponseChannel channel, SessionTermination termination) {
		this.environment = environment;
		this.channel = channel;
		this.termination = termination;
	}

	/**
	 * Hold the chunks that the session's task emits from now on.
	 */
	void hold() {
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
			deliver(List.of(chunk), weight(chunk));
		}
	}

	/**
	 * Deliver a chunk that is not the result of a message.
	 * @param chunk the chunk
	 */
	void emit(StreamChunk chunk) {
		if (this.holding && this.environment.serial().isCurrent()) {
			this.held.add(chunk);
		}
		else {
			deliver(List.of(chunk), weight(chunk));
		}
	}

	/**
	 * Deliver the chunks of one message.
	 * @param chunks the chunks
	 * @param bytes the size of the message
	 */
	void deliver(List<StreamChunk> chunks, int bytes) {
		SessionOutcome over = this.termination.outcome();
		boolean wanted = over == null || over.end() != SessionEnd.CLOSED;
		if (!(wanted && this.channel.put(chunks, bytes)) && !chunks.isEmpty()) {
			this.environment.observer().chunksDiscarded(chunks.size());
		}
	}

	private static int weight(StreamChunk chunk) {
		MediaData media = chunk.media();
		return chunk.content().length() + chunk.delta().length() + chunk.reasoning().length()
				+ ((media != null) ? media.size() : 0) + 1;
	}

	@Override
	public void ended(SessionOutcome how) {
		// Of a hook that has not come back; the channel has ended, so they are counted
		deliverHeld();
	}

}
