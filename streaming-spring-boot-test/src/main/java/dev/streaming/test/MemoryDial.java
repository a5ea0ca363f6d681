package dev.streaming.test;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.streaming.internal.transport.DialException;
import dev.streaming.internal.transport.DialRequest;
import dev.streaming.internal.transport.TransportListener;

/**
 * Dial from the peer's point of view. Answered once. Confined to the peer's lane, except
 * {@link #abort()}.
 */
final class MemoryDial {

	private final DialRequest request;

	private final TransportListener listener;

	private final Peer peer;

	private State state = State.OPEN;

	MemoryDial(DialRequest request, TransportListener listener, Peer peer) {
		this.request = request;
		this.listener = listener;
		this.peer = peer;
	}

	DialRequest request() {
		return this.request;
	}

	Optional<String> header(String name) {
		return this.request.headers()
			.entrySet()
			.stream()
			.filter((header) -> header.getKey().equalsIgnoreCase(name))
			.map(Map.Entry::getValue)
			.filter((values) -> !values.isEmpty())
			.map((values) -> String.join(", ", values))
			.findFirst();
	}

	List<String> headerNames() {
		return List.copyOf(this.request.headers().keySet());
	}

	/**
	 * Open the connection.
	 * @param handler the handler for messages of the client
	 * @return the connection, which must be opened with {@link MemoryConnection#open()}
	 */
	MemoryConnection accept(MemoryConnection.Handler handler) {
		this.state = State.ANSWERED;
		return new MemoryConnection(this.listener, this.request.maxMessageSize(), this.peer.lane(), handler);
	}

	void fail(DialException failure) {
		if (this.state == State.OPEN) {
			this.state = State.ANSWERED;
			this.listener.failed(failure);
		}
	}

	/**
	 * Abort the dial. Called by any thread of the client.
	 */
	void abort() {
		this.peer.lane()
			.execute(() -> fail(new DialException(DialException.Kind.NETWORK, "The dial was cancelled", null)));
	}

	/**
	 * Return whether the dial is pending.
	 * @return {@code false} if it was answered or aborted
	 */
	boolean isOpen() {
		return this.state == State.OPEN;
	}

	/**
	 * States of a dial.
	 */
	private enum State {

		/** Pending. */
		OPEN,

		/** Answered or aborted. */
		ANSWERED

	}

}
