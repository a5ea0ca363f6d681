package dev.streaming.metrics;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import dev.streaming.observation.ConnectionObserver;
import dev.streaming.observation.StreamingObserver;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Records {@link StreamingMeters}. The meters of a connection are looked up once for its
 * name and shared by all its sessions, so that a message costs a few additions.
 *
 * @since 1.0.0
 */
public final class MicrometerStreamingObserver implements StreamingObserver {

	private final MeterRegistry registry;

	private final ConcurrentMap<String, ConnectionMeters> connections = new ConcurrentHashMap<>();

	/**
	 * Create an observer.
	 * @param registry takes the meters
	 */
	public MicrometerStreamingObserver(MeterRegistry registry) {
		this.registry = registry;
	}

	@Override
	public ConnectionObserver connection(String connectionName) {
		return this.connections.computeIfAbsent(connectionName, (name) -> new ConnectionMeters(this.registry, name));
	}

}
