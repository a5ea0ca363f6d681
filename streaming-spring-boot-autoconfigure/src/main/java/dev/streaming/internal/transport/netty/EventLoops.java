package dev.streaming.internal.transport.netty;

import java.net.InetSocketAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Event loops and name resolver that all connections of a transport share. They are
 * created for the first connection and end soon after the last one, so that an unclosed
 * transport retains no threads. Thread-safe.
 */
final class EventLoops implements AutoCloseable {

	/** Time for which unused event loops are kept for a reconnect. */
	private static final long LINGER_MILLIS = 1000;

	private static final long CLOSE_MILLIS = 2000;

	private final int threads;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private @Nullable Resources current;

	@GuardedBy("lock")
	private int leases;

	@GuardedBy("lock")
	private boolean closed;

	/**
	 * Create event loops that are not started.
	 * @param threads the number of threads
	 */
	EventLoops(int threads) {
		this.threads = threads;
	}

	/**
	 * Acquire the event loops.
	 * @return the lease, to be released once
	 * @throws RejectedExecutionException after {@link #close()}
	 */
	Lease acquire() {
		this.lock.lock();
		try {
			if (this.closed) {
				throw new RejectedExecutionException("The Netty transport is closed");
			}
			Resources resources = this.current;
			if (resources == null) {
				resources = create();
				this.current = resources;
			}
			this.leases++;
			return new Lease(resources);
		}
		finally {
			this.lock.unlock();
		}
	}

	private Resources create() {
		EventLoopGroup group = new MultiThreadIoEventLoopGroup(this.threads,
				new DefaultThreadFactory("streaming-netty", true), NioIoHandler.newFactory());
		return new Resources(group,
				new DnsAddressResolverGroup(new DnsNameResolverBuilder().datagramChannelType(NioDatagramChannel.class)
					.socketChannelType(NioSocketChannel.class)));
	}

	private void release(Resources resources) {
		this.lock.lock();
		try {
			this.leases--;
			if (this.leases > 0 || this.closed) {
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		resources.group().schedule(() -> endIfUnused(resources), LINGER_MILLIS, TimeUnit.MILLISECONDS);
	}

	private void endIfUnused(Resources resources) {
		this.lock.lock();
		try {
			if (this.leases > 0 || this.current != resources) {
				return;
			}
			this.current = null;
		}
		finally {
			this.lock.unlock();
		}
		resources.end();
	}

	/**
	 * End the event loops and the remaining connections. Blocks for at most two seconds.
	 */
	@Override
	public void close() {
		Resources last;
		this.lock.lock();
		try {
			this.closed = true;
			last = this.current;
			this.current = null;
		}
		finally {
			this.lock.unlock();
		}
		if (last != null) {
			last.end();
			last.group().terminationFuture().awaitUninterruptibly(CLOSE_MILLIS);
		}
	}

	private record Resources(EventLoopGroup group, AddressResolverGroup<InetSocketAddress> resolvers) {

		void end() {
			this.resolvers.close();
			this.group.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
		}

	}

	/**
	 * Lease of the event loops.
	 */
	final class Lease {

		private final Resources resources;

		private final EventLoop loop;

		private final AtomicBoolean released = new AtomicBoolean();

		private Lease(Resources resources) {
			this.resources = resources;
			this.loop = resources.group().next();
		}

		/**
		 * Return the event loop of this lease.
		 * @return the event loop
		 */
		EventLoop loop() {
			return this.loop;
		}

		/**
		 * Return the name resolvers.
		 * @return the resolvers, which do not block
		 */
		AddressResolverGroup<InetSocketAddress> resolvers() {
			return this.resources.resolvers();
		}

		/**
		 * Release the lease. Idempotent.
		 */
		void release() {
			if (this.released.compareAndSet(false, true)) {
				EventLoops.this.release(this.resources);
			}
		}

	}

}
