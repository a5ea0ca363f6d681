package dev.streaming.autoconfigure.metadata;

import java.util.Map;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Describes {@code streaming.connections} in the metadata, instead of the map that is
 * bound, which does not include the providers.
 */
@ConfigurationProperties("streaming")
final class StreamingMetadata {

	/**
	 * Named connections. Settings that are not configured are inherited from
	 * streaming.conn and streaming.session.
	 */
	private final Map<String, ConnectionMetadata> connections = Map.of();

	private StreamingMetadata() {
	}

	public Map<String, ConnectionMetadata> getConnections() {
		return this.connections;
	}

}
