package dev.streaming.internal.concurrent;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the JVM alive while it is in use, by a non-daemon thread. All other threads of
 * sessions are daemons, so that an application without a web server would otherwise end
 * with its main thread. Thread-safe.
 */
public final class KeepAlive implements AutoCloseable {

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	@GuardedBy("lock")
	private int users;

	@GuardedBy("lock")
	private boolean closed;

	@GuardedBy("lock")
	private @Nullable Thread thread;

	/**
	 * Return an instance that does not keep the JVM alive.
	 * @return a closed instance
	 */
	public static KeepAlive none() {
		KeepAlive none = new KeepAlive();
		none.close();
		return none;
	}

	/**
	 * Keep the JVM alive until a matching call of {@link #leave()}.
	 */
	public void enter() {
		this.lock.lock();
		try {
			this.users++;
			if (this.thread == null && !this.closed) {
				this.thread = new Thread(this::hold, "streaming-keep-alive");
				this.thread.setDaemon(false);
				this.thread.start();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Revert one call of {@link #enter()}.
	 */
	public void leave() {
		this.lock.lock();
		try {
			this.users--;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Stop keeping the JVM alive, even if it is in use.
	 */
	@Override
	public void close() {
		this.lock.lock();
		try {
			this.closed = true;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void hold() {
		this.lock.lock();
		try {
			while (this.users > 0 && !this.closed) {
				this.changed.awaitUninterruptibly();
			}
			this.thread = null;
		}
		finally {
			this.lock.unlock();
		}
	}

}
