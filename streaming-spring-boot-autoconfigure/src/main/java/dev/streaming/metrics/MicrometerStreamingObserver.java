package dev.streaming.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import dev.streaming.metrics.ConversationMeters.TagNames;
import dev.streaming.observation.ConnectionObserver;
import dev.streaming.observation.StreamingObserver;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * {@link StreamingObserver} that records {@link StreamingMeters}. The meters are looked
 * up once for each name of a connection and shared by all its sessions, so that a message
 * costs a few additions only.
 *
 * @since 1.0.0
 */
public final class MicrometerStreamingObserver implements StreamingObserver {

	private final MeterRegistry registry;

	private final Map<String, ModelPrice> prices;

	private final TagNames names = new TagNames(new BoundedNames(), new BoundedNames());

	private final ConcurrentMap<String, ConnectionMeters> connections = new ConcurrentHashMap<>();

	/**
	 * Create an observer without prices.
	 * @param registry the meter registry
	 */
	public MicrometerStreamingObserver(MeterRegistry registry) {
		this(registry, Map.of());
	}

	/**
	 * Create an observer that records the cost of models.
	 * @param registry the meter registry
	 * @param prices the prices by the requested model
	 */
	public MicrometerStreamingObserver(MeterRegistry registry, Map<String, ModelPrice> prices) {
		this.registry = registry;
		this.prices = Map.copyOf(prices);
	}

	@Override
	public ConnectionObserver connection(String connectionName) {
		return this.connections.computeIfAbsent(connectionName,
				(name) -> new ConnectionMeters(this.registry, name, this.prices, this.names));
	}

}
