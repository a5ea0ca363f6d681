package dev.streaming.testsupport;

import java.time.Duration;
import java.util.List;
import java.util.Random;

import dev.streaming.ConnConfig;
import dev.streaming.ErrorClassifier;
import dev.streaming.Message;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.SessionListener;
import dev.streaming.StreamChunk;
import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.internal.concurrent.ThreadScheduler;
import dev.streaming.internal.connection.DefaultConnFactory;
import dev.streaming.internal.connection.StreamingRuntime;
import dev.streaming.internal.session.ConnectionDefinitions;
import dev.streaming.internal.session.DefaultSessionFactory;
import dev.streaming.observation.StreamingObserver;

/**
 * Sessions as an application has them, over an {@link InMemoryTransport}. Each message is
 * a chunk, and sessions reconnect at once. Any connection name will do; the connection
 * {@code plain} has no hook, so that it cannot reconnect.
 */
public final class InMemorySessions implements AutoCloseable {

	/** A URL with a secret in its query string. */
	public static final String URL = "ws://provider.test/live?token=query-s3cret";

	/** The value of a header, which must not be shown. */
	public static final String HEADER_SECRET = "Bearer header-s3cret";

	private final BoundedExecutor workers = new BoundedExecutor("test-worker-", 64);

	private final BoundedExecutor dialers = new BoundedExecutor("test-dial-", 64);

	private final ThreadScheduler timer = new ThreadScheduler("test-timer");

	private final InMemoryTransport transport = new InMemoryTransport();

	private final DefaultConnFactory connFactory;

	private final DefaultSessionFactory sessionFactory;

	/**
	 * Create a factory of sessions.
	 * @param observer observes them
	 * @param listeners hear them
	 */
	public InMemorySessions(StreamingObserver observer, SessionListener... listeners) {
		Definitions definitions = new Definitions(List.of(listeners));
		this.connFactory = new DefaultConnFactory(
				new StreamingRuntime(this.transport, this.workers, this.dialers, this.timer, observer, new Random(1)),
				definitions::conn);
		this.sessionFactory = new DefaultSessionFactory(this.connFactory, definitions);
	}

	/**
	 * Return the transport.
	 * @return the transport
	 */
	public InMemoryTransport transport() {
		return this.transport;
	}

	/**
	 * Return the factory of the sessions.
	 * @return the factory
	 */
	public DefaultSessionFactory factory() {
		return this.sessionFactory;
	}

	/**
	 * Return the last connection's other side.
	 * @return the peer
	 */
	public InMemoryPeer peer() {
		return this.transport.peer();
	}

	@Override
	public void close() {
		this.sessionFactory.stop().join();
		this.workers.close();
		this.dialers.close();
		this.timer.close();
	}

	private static final class Definitions implements ConnectionDefinitions {

		private final List<SessionListener> listeners;

		Definitions(List<SessionListener> listeners) {
			this.listeners = listeners;
		}

		@Override
		public ConnConfig.Builder conn(String name) {
			return ConnConfig.builder(URL)
				.name(name)
				.header("Authorization", HEADER_SECRET)
				.retryBackoffBase(Duration.ofMillis(2))
				.retryBackoffMax(Duration.ofMillis(4));
		}

		@Override
		public SessionConfig.Builder session(String name) {
			SessionConfig.Builder session = SessionConfig.builder()
				.onError(ErrorClassifier.transientErrors())
				.maxReconnectAttempts(3);
			this.listeners.forEach(session::listener);
			return session;
		}

		@Override
		public Runnable handler(String name, SessionConfig.Builder session) {
			if (name.equals("plain")) {
				session.onMessage((message) -> List.of(StreamChunk.delta(message.text())));
			}
			else {
				session.handler(new ChunkHandler());
			}
			return () -> {
			};
		}

	}

	private static final class ChunkHandler implements SessionHandler {

		@Override
		public List<StreamChunk> handle(Message message, SessionContext context) {
			return List.of(StreamChunk.delta(message.text()));
		}

	}

}
