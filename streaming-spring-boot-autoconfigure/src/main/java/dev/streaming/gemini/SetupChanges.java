package dev.streaming.gemini;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.realtime.RealtimeSetup;
import dev.streaming.realtime.RealtimeTool;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Changes of the application to the setup, made by raw messages or by the client (V7): a
 * {@code setup} sent during a session is part of every later one as soon as the service
 * has confirmed it. A change that the service refuses, by closing the connection, is
 * forgotten. Thread-safe.
 */
final class SetupChanges {

	/** Fields that apply to one connection only. */
	private static final Set<String> OF_ONE_CONNECTION = Set.of("sessionResumption", "historyConfig");

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final Map<String, Object> confirmed = new LinkedHashMap<>();

	@GuardedBy("lock")
	private @Nullable Map<?, ?> pending;

	// Changes by the client that are part of no setup yet, oldest first
	@GuardedBy("lock")
	private final List<Change> waiting = new ArrayList<>();

	// Changes by the client in the setup that the service has not answered
	@GuardedBy("lock")
	private final List<Change> asked = new ArrayList<>();

	// As of the last confirmed change; null for the initial tools
	@GuardedBy("lock")
	private @Nullable List<RealtimeTool> tools;

	/**
	 * Record a setup before the application sends it.
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
	 * Record a change by the client.
	 * @param setup the changes
	 * @param newTools the changed tools, or {@code null} if they do not change
	 */
	void changing(Map<String, Object> setup, @Nullable List<RealtimeTool> newTools) {
		this.lock.lock();
		try {
			this.waiting.add(new Change(setup, newTools));
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Handle the refusal of a setup. Changes by the client in it are assumed to be the
	 * reason, and are forgotten.
	 * @return whether there were changes
	 */
	boolean refused() {
		this.lock.lock();
		try {
			boolean any = !this.asked.isEmpty();
			this.asked.clear();
			return any;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return the tools that the session calls.
	 * @param initial the tools that the session began with
	 * @return the tools
	 */
	List<RealtimeTool> tools(List<RealtimeTool> initial) {
		this.lock.lock();
		try {
			return (this.tools != null) ? this.tools : initial;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Handle the service's confirmation of a setup.
	 */
	void confirmed() {
		this.lock.lock();
		try {
			for (Change change : this.asked) {
				RealtimeSetup.merge(this.confirmed, change.setup());
				this.tools = (change.tools() != null) ? change.tools() : this.tools;
			}
			this.asked.clear();
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
	 * Remove unconfirmed changes because the connection has ended.
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
	 * Return the changes for the next setup.
	 * @return a copy
	 */
	Map<String, Object> toMap() {
		this.lock.lock();
		try {
			this.asked.addAll(this.waiting);
			this.waiting.clear();
			Map<String, Object> all = new LinkedHashMap<>(this.confirmed);
			this.asked.forEach((change) -> RealtimeSetup.merge(all, change.setup()));
			return all;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Change by the client.
	 *
	 * @param setup the changed part of the setup
	 * @param tools the changed tools, or {@code null}
	 */
	private record Change(Map<String, Object> setup, @Nullable List<RealtimeTool> tools) {

	}

}
