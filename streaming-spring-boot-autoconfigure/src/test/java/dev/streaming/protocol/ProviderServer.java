package dev.streaming.protocol;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.streaming.internal.transport.Transport;

/**
 * The provider's side of all connections of a session. It greets each client by itself;
 * everything else is up to the test.
 */
abstract class ProviderServer implements AutoCloseable {

	private static final int WAIT_SECONDS = 10;

	private final BlockingQueue<ProviderPeer> peers = new LinkedBlockingQueue<>();

	private volatile Greeting greeting = new Greeting(List.of(), List.of());

	abstract Transport transport();

	abstract String url();

	@Override
	public abstract void close();

	void greeting(Greeting words) {
		this.greeting = words;
	}

	/**
	 * Wait for the next connection, and until its client was greeted.
	 * @return its other end
	 */
	ProviderPeer accept() throws InterruptedException {
		return taken(this.peers);
	}

	/**
	 * A client has connected.
	 * @param peer the other end
	 */
	void connected(ProviderPeer peer) {
		this.greeting.connected().forEach(peer::say);
	}

	/**
	 * The first message of a client has come, its setup.
	 * @param peer the other end
	 */
	void setUp(ProviderPeer peer) {
		this.greeting.setUp().forEach(peer::say);
		this.peers.add(peer);
	}

	static <T> T taken(BlockingQueue<T> queue) throws InterruptedException {
		T next = queue.poll(WAIT_SECONDS, TimeUnit.SECONDS);
		if (next == null) {
			throw new AssertionError("The client neither speaks nor closes");
		}
		return next;
	}

	/**
	 * The first messages to each client.
	 *
	 * @param connected said at once
	 * @param setUp said after the first message
	 */
	record Greeting(List<String> connected, List<String> setUp) {

	}

}
