package dev.streaming.internal.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.SessionLimitException;
import dev.streaming.observation.SessionCapacity;

/**
 * Counts the sessions of a factory, including those that are being opened, and refuses
 * sessions beyond {@code max-sessions}. Thread-safe; nothing blocks.
 */
final class SessionSlots {

	static final String LIMIT = "max-sessions";

	private final int max;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final Map<String, Count> connections = new TreeMap<>();

	@GuardedBy("lock")
	private int all;

	/**
	 * Create an instance without sessions.
	 * @param max maximum number of sessions of all connections, or zero for no limit
	 */
	SessionSlots(int max) {
		this.max = max;
	}

	/**
	 * Take a slot for a session.
	 * @param connection the name of its connection
	 * @param maxOfConnection maximum number of sessions of that connection, or zero for
	 * no limit
	 * @return a task that releases the slot, once
	 * @throws SessionLimitException if no slot is free
	 */
	Runnable take(String connection, int maxOfConnection) {
		this.lock.lock();
		try {
			Count count = this.connections.computeIfAbsent(connection, (added) -> new Count());
			count.max = maxOfConnection;
			if (maxOfConnection > 0 && count.sessions >= maxOfConnection) {
				throw refused("The connection '" + connection + "'", maxOfConnection,
						"streaming.connections." + connection + ".max-sessions");
			}
			if (this.max > 0 && this.all >= this.max) {
				throw refused("The application", this.max, "streaming.max-sessions");
			}
			count.sessions++;
			this.all++;
		}
		finally {
			this.lock.unlock();
		}
		AtomicBoolean taken = new AtomicBoolean(true);
		return () -> {
			if (taken.getAndSet(false)) {
				giveBack(connection);
			}
		};
	}

	private static SessionLimitException refused(String owner, int max, String setting) {
		return new SessionLimitException(owner + " has " + max + " open " + ((max == 1) ? "session" : "sessions")
				+ ", which is the value of '" + setting + "'. Close a session first, or raise the limit.", LIMIT, max);
	}

	private void giveBack(String connection) {
		this.lock.lock();
		try {
			Count count = this.connections.get(connection);
			this.all--;
			if (count != null && --count.sessions == 0 && count.max == 0) {
				// There may be many names of connections that are defined in code
				this.connections.remove(connection);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return the limits with the current numbers.
	 * @return the limits, first that of all connections if there is one
	 */
	List<SessionCapacity> capacities() {
		this.lock.lock();
		try {
			List<SessionCapacity> capacities = new ArrayList<>();
			if (this.max > 0) {
				capacities.add(new SessionCapacity(null, this.all, this.max));
			}
			this.connections.forEach((connection, count) -> {
				if (count.max > 0) {
					capacities.add(new SessionCapacity(connection, count.sessions, count.max));
				}
			});
			return List.copyOf(capacities);
		}
		finally {
			this.lock.unlock();
		}
	}

	private static final class Count {

		private int sessions;

		private int max;

	}

}
