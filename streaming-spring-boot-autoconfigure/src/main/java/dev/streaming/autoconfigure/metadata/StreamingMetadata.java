package dev.streaming.autoconfigure.metadata;

import java.util.Map;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Describes {@code streaming.connections} for tools, instead of the map that is bound.
 * That one knows no provider.
 */
@ConfigurationProperties("streaming")
final class StreamingMetadata {

	/**
	 * Named connections. Settings that are not given are inherited from streaming.conn
	 * and streaming.session.
	 */
	private final Map<String, ConnectionMetadata> connections = Map.of();

	private StreamingMetadata() {
	}

	public Map<String, ConnectionMetadata> getConnections() {
		return this.connections;
	}

}
