package dev.streaming.soak;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import dev.streaming.soak.SoakReport.Wrong;
import dev.streaming.testsupport.RawWebSocketConnection;
import dev.streaming.testsupport.RawWebSocketServer;
import org.jspecify.annotations.Nullable;

/**
 * The server of a {@link Soak}: gives each dial its {@link SoakPeer}, and remembers that
 * until it is asked for.
 */
final class SoakServer implements AutoCloseable {

	private final long seed;

	private final SoakReport report;

	private final RawWebSocketServer server;

	private final Map<SoakDial, SoakPeer> peers = new ConcurrentHashMap<>();

	private final AtomicInteger unasked = new AtomicInteger();

	private final CountDownLatch closed = new CountDownLatch(1);

	private final boolean clientTomcat;

	SoakServer(long seed, boolean clientTomcat, SoakReport report) {
		this.seed = seed;
		this.clientTomcat = clientTomcat;
		this.report = report;
		// Small buffers, so that a server that does not read is soon felt
		this.server = RawWebSocketServer.startWithSmallBuffers(this::serve);
	}

	private void serve(RawWebSocketConnection connection) throws Exception {
		SoakDial dial;
		this.unasked.incrementAndGet();
		try {
			dial = SoakDial.parse(connection.request().header(SoakDial.HEADER));
		}
		catch (IOException ex) {
			// The dial was given up before it said anything
			return;
		}
		finally {
			this.unasked.decrementAndGet();
		}
		SoakPeer peer = new SoakPeer(dial, new SoakPlan(this.seed, dial), connection, this);
		if (this.peers.putIfAbsent(dial, peer) != null) {
			this.report.wrong(Wrong.REPEATED, "dial " + dial);
			return;
		}
		peer.serve();
	}

	String url() {
		return this.server.uri("/soak").toString();
	}

	boolean isClientTomcat() {
		return this.clientTomcat;
	}

	SoakReport report() {
		return this.report;
	}

	/**
	 * Let time pass, as long as the server is there.
	 */
	void pause(Duration time) throws InterruptedException {
		if (this.closed.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
			throw new InterruptedException("The server is closed");
		}
	}

	/**
	 * Forget a dial.
	 * @return its peer, or {@code null} if it never arrived
	 */
	@Nullable SoakPeer remove(SoakDial dial) {
		return this.peers.remove(dial);
	}

	/**
	 * Return the number of connections that are left. Those of Jetty's client that were
	 * given up before they said anything do not count: it keeps them for its idle timeout
	 * of 30 s.
	 */
	int openConnections() {
		return this.server.openConnections() - (this.clientTomcat ? 0 : this.unasked.get());
	}

	void eachFailure(Consumer<Throwable> action) {
		this.server.failures().forEach(action);
	}

	@Override
	public void close() {
		this.closed.countDown();
		this.server.close();
	}

}
