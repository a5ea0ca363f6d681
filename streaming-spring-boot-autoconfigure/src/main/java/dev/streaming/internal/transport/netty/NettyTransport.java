package dev.streaming.internal.transport.netty;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import dev.streaming.internal.transport.DialException;
import dev.streaming.internal.transport.DialRequest;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.TransportListener;

/**
 * {@link Transport} on Netty's WebSocket codec. A few event loops, shared by all
 * connections, read, write and call the listeners; an idle connection occupies no thread.
 * <p>
 * The JVM's {@link java.net.ProxySelector} and the verification of certificates may block
 * and run on the blocking executor.
 */
public final class NettyTransport implements Transport, AutoCloseable {

	private final EventLoops eventLoops;

	private final Executor blockingExecutor;

	/**
	 * Create a transport, which starts no thread before the first dial.
	 * @param blockingExecutor the executor for blocking parts of a dial
	 */
	public NettyTransport(Executor blockingExecutor) {
		this.eventLoops = new EventLoops(Math.max(2, Runtime.getRuntime().availableProcessors()));
		this.blockingExecutor = blockingExecutor;
	}

	@Override
	public Dialing dial(DialRequest request, TransportListener listener) {
		EventLoops.Lease lease;
		try {
			lease = this.eventLoops.acquire();
		}
		catch (RejectedExecutionException ex) {
			listener.failed(new DialException(DialException.Kind.NETWORK, "The Netty transport is closed", ex));
			return () -> {
			};
		}
		NettyDial dial = new NettyDial(request, listener, lease, this.blockingExecutor);
		dial.start();
		return dial;
	}

	/**
	 * End the event loops and the remaining connections. Blocks for at most two seconds.
	 * Idempotent.
	 */
	@Override
	public void close() {
		this.eventLoops.close();
	}

}
