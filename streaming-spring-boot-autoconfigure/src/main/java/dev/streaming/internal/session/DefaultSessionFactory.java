package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.streaming.ConnConfig;
import dev.streaming.ConnFactory;
import dev.streaming.ConnectionDefinition;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionFactory;
import dev.streaming.SessionHandler;
import dev.streaming.SessionLimitException;
import dev.streaming.SessionSpec;
import dev.streaming.internal.concurrent.KeepAlive;
import dev.streaming.internal.connection.Futures;
import dev.streaming.observation.SessionCapacity;
import dev.streaming.observation.StreamingObserver;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;

/**
 * {@link SessionFactory} that opens sessions from definitions, and closes them with the
 * application. Internal, not API: public because the auto-configuration creates it.
 * <p>
 * Opening a session blocks the caller for the dials and the handler's setup.
 * {@link #stop()} may be called by any thread and does not block.
 */
public final class DefaultSessionFactory implements SessionFactory, AutoCloseable {

	private final ConnFactory connFactory;

	private final ConnectionDefinitions definitions;

	private final KeepAlive keepAlive;

	private final StreamingObserver observer;

	private final SessionSlots slots;

	// Sessions, from the beginning of their opening until their end
	private final Set<DefaultSession> live = ConcurrentHashMap.newKeySet();

	private volatile boolean stopped;

	/**
	 * Create a factory.
	 * @param connFactory the factory of connections
	 * @param definitions the configured connections
	 */
	public DefaultSessionFactory(ConnFactory connFactory, ConnectionDefinitions definitions) {
		this(connFactory, definitions, KeepAlive.none());
	}

	/**
	 * Create a factory whose sessions keep the JVM alive.
	 * @param connFactory the factory of connections
	 * @param definitions the configured connections
	 * @param keepAlive keeps the JVM alive while there is a session
	 */
	public DefaultSessionFactory(ConnFactory connFactory, ConnectionDefinitions definitions, KeepAlive keepAlive) {
		this(connFactory, definitions, keepAlive, StreamingObserver.NONE);
	}

	/**
	 * Create a factory that notifies an observer of refused sessions.
	 * @param connFactory the factory of connections
	 * @param definitions the configured connections
	 * @param keepAlive keeps the JVM alive while there is a session
	 * @param observer notified of refused sessions
	 */
	public DefaultSessionFactory(ConnFactory connFactory, ConnectionDefinitions definitions, KeepAlive keepAlive,
			StreamingObserver observer) {
		this.connFactory = connFactory;
		this.definitions = definitions;
		this.keepAlive = keepAlive;
		this.observer = observer;
		this.slots = new SessionSlots(definitions.maxSessions());
	}

	@Override
	public Session open() throws InterruptedException {
		return open(ConnConfig.DEFAULT_NAME);
	}

	@Override
	public Session open(String name) throws InterruptedException {
		return open(name, (spec) -> {
		});
	}

	@Override
	public Session open(String name, Consumer<SessionSpec> customizer) throws InterruptedException {
		Assert.notNull(name, "'name' must not be null");
		return open(name, this.definitions, customizer);
	}

	@Override
	public Session open(ConnectionDefinition definition, Consumer<SessionSpec> customizer) throws InterruptedException {
		Assert.notNull(definition, "'definition' must not be null");
		return open(definition.name(), this.definitions.with(definition), customizer);
	}

	@Override
	public CompletionStage<Session> openAsync(String name, Consumer<SessionSpec> customizer) {
		Assert.notNull(name, "'name' must not be null");
		return openAsync(() -> create(name, this.definitions, customizer));
	}

	@Override
	public CompletionStage<Session> openAsync(ConnectionDefinition definition, Consumer<SessionSpec> customizer) {
		Assert.notNull(definition, "'definition' must not be null");
		return openAsync(() -> create(definition.name(), this.definitions.with(definition), customizer));
	}

	private static CompletionStage<Session> openAsync(Supplier<DefaultSession> creation) {
		CompletableFuture<Session> opening = new CompletableFuture<>();
		try {
			DefaultSession session = creation.get();
			opening.whenComplete((ignored, failure) -> {
				if (opening.isCancelled()) {
					session.closeAsync(CloseStatus.NORMAL);
				}
			});
			session.connectAsync().whenComplete((ignored, failure) -> {
				if (failure != null) {
					opening.completeExceptionally(failure);
				}
				else if (!opening.complete(session)) {
					session.closeAsync(CloseStatus.NORMAL);
				}
			});
		}
		catch (RuntimeException ex) {
			opening.completeExceptionally(ex);
		}
		return opening;
	}

	private Session open(String name, ConnectionDefinitions definitions, Consumer<SessionSpec> customizer)
			throws InterruptedException {
		DefaultSession session = create(name, definitions, customizer);
		session.connect();
		return session;
	}

	private DefaultSession create(String name, ConnectionDefinitions definitions, Consumer<SessionSpec> customizer) {
		Assert.notNull(customizer, "'spec' must not be null");
		refuseWhenStopped();
		Runnable slot = slot(name, definitions);
		try {
			return create(name, definitions, customizer, slot);
		}
		catch (RuntimeException | Error ex) {
			slot.run();
			throw ex;
		}
	}

	private Runnable slot(String name, ConnectionDefinitions definitions) {
		try {
			return this.slots.take(name, definitions.maxSessions(name));
		}
		catch (SessionLimitException ex) {
			this.observer.connection(name).limited(ex.limit());
			throw ex;
		}
	}

	private DefaultSession create(String name, ConnectionDefinitions definitions, Consumer<SessionSpec> customizer,
			Runnable slot) {
		Spec spec = new Spec(definitions.attributes(name));
		customizer.accept(spec);
		ConnConfig.Builder conn = definitions.conn(name).attributes(spec.attributes);
		spec.conn.forEach((change) -> change.accept(conn));
		SessionConfig.Builder config = definitions.session(name);
		spec.session.forEach((change) -> change.accept(config));
		Runnable destroyHandler = handler(name, definitions, spec, config);
		DefaultSession session;
		try {
			SessionConfig complete = config.conn(this.connFactory.create(conn.build())).build();
			definitions.opening(name, complete);
			session = new DefaultSession(complete);
		}
		catch (RuntimeException ex) {
			destroyHandler.run();
			throw ex;
		}
		this.keepAlive.enter();
		session.whenDone(() -> {
			this.keepAlive.leave();
			this.live.remove(session);
			slot.run();
			destroyHandler.run();
		});
		this.live.add(session);
		if (this.stopped) {
			// A stop that was called before did not include this session
			session.closeAsync(CloseStatus.GOING_AWAY);
			refuseWhenStopped();
		}
		return session;
	}

	private static Runnable handler(String name, ConnectionDefinitions definitions, Spec spec,
			SessionConfig.Builder config) {
		if (spec.handler == null) {
			return definitions.handler(name, config);
		}
		config.handler(spec.handler);
		return () -> {
		};
	}

	private void refuseWhenStopped() {
		Assert.state(!this.stopped, "No session can be opened: the application is shutting down");
	}

	@Override
	public Collection<Session> sessions() {
		List<Session> sessions = new ArrayList<>();
		this.live.stream().filter(DefaultSession::isLive).forEach(sessions::add);
		return List.copyOf(sessions);
	}

	/**
	 * Return the limits on the number of sessions with the current numbers.
	 * @return the limits, except those of connections that were never opened
	 */
	List<SessionCapacity> capacities() {
		return this.slots.capacities();
	}

	/**
	 * Allow sessions to be opened again after {@link #stop()}.
	 */
	public void start() {
		this.stopped = false;
	}

	/**
	 * Refuse to open sessions, and close all open ones with 1001 in parallel. Does not
	 * block.
	 * @return a future that completes when all sessions have ended
	 */
	public CompletableFuture<Void> stop() {
		this.stopped = true;
		return CompletableFuture.allOf(this.live.stream()
			.map((session) -> session.closeAsync(CloseStatus.GOING_AWAY))
			.toArray(CompletableFuture<?>[]::new));
	}

	/**
	 * Return the maximum time of {@link #stop()}.
	 * @return the longest grace period of the sessions
	 */
	public Duration stopLimit() {
		return this.live.stream().map(DefaultSession::closeLimit).max(Duration::compareTo).orElse(Duration.ZERO);
	}

	/**
	 * Stop the factory if it was not stopped yet, and wait for the end of all sessions.
	 */
	@Override
	public void close() {
		if (!this.stopped) {
			Duration limit = stopLimit();
			Futures.awaitQuietly(stop(), limit);
		}
	}

	private static final class Spec implements SessionSpec {

		private final Map<String, Object> attributes = new LinkedHashMap<>();

		private final List<Consumer<ConnConfig.Builder>> conn = new ArrayList<>();

		private final List<Consumer<SessionConfig.Builder>> session = new ArrayList<>();

		private @Nullable SessionHandler handler;

		Spec(Map<String, Object> attributes) {
			this.attributes.putAll(attributes);
		}

		@Override
		public SessionSpec attribute(String name, Object value) {
			Assert.hasText(name, "'name' must not be empty");
			Assert.notNull(value, () -> "The value of attribute '" + name + "' must not be null");
			this.attributes.put(name, value);
			return this;
		}

		@Override
		public SessionSpec conn(Consumer<ConnConfig.Builder> conn) {
			Assert.notNull(conn, "'conn' must not be null");
			this.conn.add(conn);
			return this;
		}

		@Override
		public SessionSpec session(Consumer<SessionConfig.Builder> session) {
			Assert.notNull(session, "'session' must not be null");
			this.session.add(session);
			return this;
		}

		@Override
		public SessionSpec handler(SessionHandler handler) {
			Assert.notNull(handler, "'handler' must not be null");
			this.handler = handler;
			return this;
		}

	}

}
