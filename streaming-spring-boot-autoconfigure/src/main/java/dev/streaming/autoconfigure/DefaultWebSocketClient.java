package dev.streaming.autoconfigure;

import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import jakarta.websocket.WebSocketContainer;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Default WebSocket client, of one application context. The one on Tomcat's container is
 * created on first use, because an application without connections does not need its
 * classes. Any other container may be incomplete, which is to fail at start-up, not with
 * the first connection.
 * <p>
 * Not a lazy bean for this: a dial would wait for the lock of the bean factory, which a
 * bean that waits for this dial may hold. Thread-safe.
 */
final class DefaultWebSocketClient implements AutoCloseable {

	private static final String TOMCAT = "org.apache.tomcat.websocket.WsWebSocketContainer";

	private final @Nullable WebSocketContainer container;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private @Nullable StreamingWebSocketClient client;

	/**
	 * Create the client, or prepare to.
	 * @param container the container of the application, or {@code null} for the one on
	 * the class path
	 */
	DefaultWebSocketClient(@Nullable WebSocketContainer container) {
		this.container = container;
		if (container != null || !ClassUtils.isPresent(TOMCAT, DefaultWebSocketClient.class.getClassLoader())) {
			get();
		}
	}

	/**
	 * Return the client.
	 * @return the client, always the same
	 */
	StreamingWebSocketClient get() {
		this.lock.lock();
		try {
			StreamingWebSocketClient existing = this.client;
			if (existing == null) {
				existing = (this.container != null) ? new StreamingWebSocketClient(this.container)
						: new StreamingWebSocketClient();
				this.client = existing;
			}
			return existing;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return whether the client exists.
	 * @return whether it was created
	 */
	boolean isCreated() {
		this.lock.lock();
		try {
			return this.client != null;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void close() {
		if (isCreated()) {
			get().destroy();
		}
	}

}
