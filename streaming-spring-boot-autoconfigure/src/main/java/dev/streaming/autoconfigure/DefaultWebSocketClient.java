package dev.streaming.autoconfigure;

import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import jakarta.websocket.WebSocketContainer;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;

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

	private final SingletonSupplier<StreamingWebSocketClient> client;

	private volatile @Nullable StreamingWebSocketClient created;

	/**
	 * Create the client, or prepare to.
	 * @param container the container of the application, or {@code null} for the one on
	 * the class path
	 */
	DefaultWebSocketClient(@Nullable WebSocketContainer container) {
		this.client = SingletonSupplier.of(() -> create(container));
		if (container != null || !ClassUtils.isPresent(TOMCAT, DefaultWebSocketClient.class.getClassLoader())) {
			get();
		}
	}

	private StreamingWebSocketClient create(@Nullable WebSocketContainer container) {
		StreamingWebSocketClient client = (container != null) ? new StreamingWebSocketClient(container)
				: new StreamingWebSocketClient();
		this.created = client;
		return client;
	}

	/**
	 * Return the client.
	 * @return the client, always the same
	 */
	StreamingWebSocketClient get() {
		return this.client.obtain();
	}

	/**
	 * Return whether the client exists.
	 * @return whether it was created
	 */
	boolean isCreated() {
		return this.created != null;
	}

	@Override
	public void close() {
		StreamingWebSocketClient client = this.created;
		if (client != null) {
			client.destroy();
		}
	}

}
