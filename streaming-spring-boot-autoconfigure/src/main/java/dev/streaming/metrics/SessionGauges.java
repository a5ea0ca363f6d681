package dev.streaming.metrics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToIntFunction;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.observation.ConnectionObserver.ObservedSession;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Live sessions of one connection name in one registry, which the gauges read. A registry
 * has one gauge for each name, and may be used by several application contexts,
 * concurrently or one after another: the gauges then show the sum of all of them.
 * <p>
 * Referenced by the gauges as long as the registry exists, so that it references sessions
 * only weakly, and only until they have ended. Called by any thread; sessions are called
 * without a lock.
 */
final class SessionGauges {

	private static final ReentrantLock registriesLock = new ReentrantLock();

	// The values must not reference the registry
	private static final Map<MeterRegistry, Map<String, SessionGauges>> registries = new WeakHashMap<>();

	private final ReentrantLock lock = new ReentrantLock();

	// Live sessions, weakly referenced
	@GuardedBy("lock")
	private final Set<ObservedSession> sessions = Collections.newSetFromMap(new WeakHashMap<>());

	private SessionGauges() {
	}

	/**
	 * Return the sessions of a connection name.
	 * @param registry the registry of the gauges
	 * @param connectionName the name of the connection
	 * @return the sessions, always the same instance for a registry and a name
	 */
	static SessionGauges of(MeterRegistry registry, String connectionName) {
		registriesLock.lock();
		try {
			return registries.computeIfAbsent(registry, (key) -> new HashMap<>())
				.computeIfAbsent(connectionName, (key) -> new SessionGauges());
		}
		finally {
			registriesLock.unlock();
		}
	}

	void add(ObservedSession session) {
		this.lock.lock();
		try {
			this.sessions.add(session);
		}
		finally {
			this.lock.unlock();
		}
	}

	void remove(ObservedSession session) {
		this.lock.lock();
		try {
			this.sessions.remove(session);
		}
		finally {
			this.lock.unlock();
		}
	}

	int count(String state) {
		return sum((session) -> session.stateName().equals(state) ? 1 : 0);
	}

	int depth() {
		return sum(ObservedSession::queueDepth);
	}

	int capacity() {
		return sum(ObservedSession::queueCapacity);
	}

	private int sum(ToIntFunction<ObservedSession> value) {
		return snapshot().stream().mapToInt(value).sum();
	}

	private List<ObservedSession> snapshot() {
		this.lock.lock();
		try {
			return new ArrayList<>(this.sessions);
		}
		finally {
			this.lock.unlock();
		}
	}

}
