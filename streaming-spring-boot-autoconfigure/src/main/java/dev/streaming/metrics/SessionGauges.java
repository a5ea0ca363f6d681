package dev.streaming.metrics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToIntFunction;

import dev.streaming.observation.ConnectionObserver.ObservedSession;

/**
 * What the gauges of one connection look at. It is kept by the gauges for as long as the
 * registry lives, so it holds sessions only weakly, and only until they have ended.
 */
final class SessionGauges {

	private final ReentrantLock lock = new ReentrantLock();

	// Guarded by lock
	private final Set<ObservedSession> sessions = Collections.newSetFromMap(new WeakHashMap<>());

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
		// What a session does to answer is its own affair, so it happens without the lock
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
