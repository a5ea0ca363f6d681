package dev.streaming.gemini;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the application changes of the setup in the provider's own words (V7): a
 * {@code setup} that it sends in mid-session is part of every later one as soon as the
 * service has confirmed it. One that the service refuses, by closing the connection, is
 * forgotten. Thread-safe.
 */
final class SetupChanges {

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
		Object plain = GeminiJson.plain(setup);
		this.lock.lock();
		try {
			this.pending = (plain instanceof Map<?, ?> map) ? map : null;
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
				GeminiMaps.merge(this.pending, this.confirmed);
				this.pending = null;
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The connection is gone, and what was not confirmed with it.
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
