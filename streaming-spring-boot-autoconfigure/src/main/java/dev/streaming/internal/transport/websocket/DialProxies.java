package dev.streaming.internal.transport.websocket;

import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * Supports different proxies for the dials of Tomcat's client, which only uses the JVM's
 * {@link ProxySelector}, on the dialing thread: the first such dial replaces that
 * selector by one which returns the proxy of the dial on a dialing thread, and delegates
 * to the original one otherwise. The original one is restored when the last client is
 * closed. Thread-safe.
 */
final class DialProxies implements AutoCloseable {

	private static final ThreadLocal<Proxy> current = new ThreadLocal<>();

	// One selector for all clients of the JVM, because several would delegate to each
	// other
	private static final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private static int users;

	@GuardedBy("lock")
	private boolean used;

	/**
	 * Dial with a proxy.
	 * @param proxy the proxy, or {@link Proxy#NO_PROXY}
	 * @param dial the dial, which is called on this thread
	 * @throws Exception the failure of the dial
	 */
	void with(Proxy proxy, Dial dial) throws Exception {
		install();
		current.set(proxy);
		try {
			dial.run();
		}
		finally {
			current.remove();
		}
	}

	private void install() {
		lock.lock();
		try {
			if (!this.used) {
				this.used = true;
				users++;
			}
			ProxySelector before = ProxySelector.getDefault();
			if (!(before instanceof Selector)) {
				// Also if the application has set another one since
				ProxySelector.setDefault(new Selector(before));
			}
		}
		finally {
			lock.unlock();
		}
	}

	/**
	 * Restore the JVM's selector, unless another client needs this one, or another one
	 * was set since.
	 */
	@Override
	public void close() {
		lock.lock();
		try {
			if (!this.used) {
				return;
			}
			this.used = false;
			users--;
			if (users == 0 && ProxySelector.getDefault() instanceof Selector own) {
				ProxySelector.setDefault(own.delegate);
			}
		}
		finally {
			lock.unlock();
		}
	}

	/**
	 * Dial on the calling thread.
	 */
	@FunctionalInterface
	interface Dial {

		/**
		 * Dial.
		 * @throws Exception if the dial fails
		 */
		void run() throws Exception;

	}

	private static final class Selector extends ProxySelector {

		private final @Nullable ProxySelector delegate;

		Selector(@Nullable ProxySelector delegate) {
			this.delegate = delegate;
		}

		@Override
		public List<Proxy> select(URI uri) {
			Proxy own = current.get();
			if (own != null) {
				return List.of(own);
			}
			return (this.delegate != null) ? this.delegate.select(uri) : List.of(Proxy.NO_PROXY);
		}

		@Override
		public void connectFailed(URI uri, SocketAddress address, IOException ex) {
			if (current.get() == null && this.delegate != null) {
				this.delegate.connectFailed(uri, address, ex);
			}
		}

	}

}
