package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.ConnFactory;

import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;

/**
 * {@link ConnFactory} that holds weak references to its connections, to close them with
 * the application. Internal, not API: public because the auto-configuration creates it.
 */
public final class DefaultConnFactory implements ConnFactory, AutoCloseable {

	private final StreamingRuntime runtime;

	private final Function<String, ConnConfig.Builder> definitions;

	private final ReentrantLock lock = new ReentrantLock();

	// An open physical connection references its state machine, so that open connections
	// are not collected
	@GuardedBy("lock")
	private final Set<ConnStateMachine> made = Collections.newSetFromMap(new WeakHashMap<>());

	/**
	 * Create a factory.
	 * @param runtime the resources of its connections
	 * @param definitions the settings of named connections
	 */
	public DefaultConnFactory(StreamingRuntime runtime, Function<String, ConnConfig.Builder> definitions) {
		this.runtime = runtime;
		this.definitions = definitions;
	}

	@Override
	public Conn create() {
		return create(ConnConfig.DEFAULT_NAME);
	}

	@Override
	public Conn create(String name) {
		Assert.notNull(name, "'name' must not be null");
		return create(this.definitions.apply(name).build());
	}

	@Override
	public Conn create(ConnConfig config) {
		Assert.notNull(config, "'config' must not be null");
		DefaultConn conn = new DefaultConn(config, this.runtime);
		this.lock.lock();
		try {
			this.made.add(conn.stateMachine());
		}
		finally {
			this.lock.unlock();
		}
		return conn;
	}

	/**
	 * Close all connections that no session ownsin parallel. Does not block.
	 * @param status code and reason for the peers
	 * @return a future that completes when the connections have ended
	 */
	public CompletableFuture<Void> closeUnowned(CloseStatus status) {
		return close(status, (stateMachine) -> !stateMachine.isOwned());
	}

	/**
	 * Close every connection that is still therein parallel. Does not block.
	 * @param status code and reason for the peers
	 * @return a future that completes when all connections have ended
	 */
	public CompletableFuture<Void> closeAll(CloseStatus status) {
		return close(status, (stateMachine) -> true);
	}

	/**
	 * Return the maximum time to close all connections.
	 * @return the longest grace period and an allowance
	 */
	public Duration closeLimit() {
		return cores().stream().map(ConnStateMachine::closeLimit).max(Duration::compareTo).orElse(Duration.ZERO);
	}

	/**
	 * Close all connections with 1001, and wait for their end.
	 */
	@Override
	public void close() {
		Futures.awaitQuietly(closeAll(CloseStatus.GOING_AWAY), closeLimit());
	}

	private CompletableFuture<Void> close(CloseStatus status, Predicate<ConnStateMachine> which) {
		return CompletableFuture.allOf(cores().stream()
			.filter(which)
			.map((stateMachine) -> stateMachine.close(status))
			.toArray(CompletableFuture<?>[]::new));
	}

	private List<ConnStateMachine> cores() {
		this.lock.lock();
		try {
			return new ArrayList<>(this.made);
		}
		finally {
			this.lock.unlock();
		}
	}

}
