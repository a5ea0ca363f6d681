package dev.streaming.gemini;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.realtime.RealtimeSetup;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the application changes of the setup in the provider's own words (V7): a
 * {@code setup} that it sends in mid-session is part of every later one as soon as the
 * service has confirmed it. One that the service refuses, by closing the connection, is
 * forgotten. Thread-safe.
 */
final class SetupChanges {

	/** What each setup says again. */
	private static final Set<String> OF_ONE_CONNECTION = Set.of("sessionResumption", "historyConfig");

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final Map<String, Object> confirmed = new LinkedHashMap<>();

	@GuardedBy("lock")
	private @Nullable Map<?, ?> pending;

	/**
	 * The application is about to send a setup.
	 * @param setup the setup
	 */
	void sending(JsonNode setup) {
		Map<Object, Object> changes = new LinkedHashMap<>();
		if (GeminiJson.plain(setup) instanceof Map<?, ?> map) {
			changes.putAll(map);
		}
		changes.keySet().removeAll(OF_ONE_CONNECTION);
		this.lock.lock();
		try {
			this.pending = changes;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The service has taken a setup.
	 */
	void confirmed() {
		this.lock.lock();
		try {
			if (this.pending != null) {
				RealtimeSetup.merge(this.confirmed, this.pending);
				this.pending = null;
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The connection has ended, and what was not confirmed with it.
	 */
	void disconnected() {
		this.lock.lock();
		try {
			this.pending = null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return what is changed.
	 * @return a copy
	 */
	Map<String, Object> toMap() {
		this.lock.lock();
		try {
			return new LinkedHashMap<>(this.confirmed);
		}
		finally {
			this.lock.unlock();
		}
	}

}
