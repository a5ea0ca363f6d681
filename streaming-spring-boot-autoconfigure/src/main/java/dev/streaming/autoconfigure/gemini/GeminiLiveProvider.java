package dev.streaming.autoconfigure.gemini;

import dev.streaming.ConnConfig;
import dev.streaming.SessionHandler;
import dev.streaming.autoconfigure.StreamingProperties;
import dev.streaming.autoconfigure.StreamingProperties.Connection;
import dev.streaming.autoconfigure.StreamingProvider;
import dev.streaming.autoconfigure.UnresolvedPlaceholder;
import dev.streaming.autoconfigure.realtime.ProviderSettings;
import dev.streaming.autoconfigure.realtime.RealtimeTools;
import dev.streaming.gemini.GeminiLiveHandler;
import dev.streaming.gemini.GeminiLiveOptions;

import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * The provider {@code gemini-live}, with its settings under
 * {@code streaming.connections.<name>.gemini}.
 */
final class GeminiLiveProvider implements StreamingProvider, SmartInitializingSingleton {

	static final String NAME = "gemini-live";

	private final RealtimeTools tools;

	private final StreamingProperties properties;

	GeminiLiveProvider(RealtimeTools tools, StreamingProperties properties) {
		this.tools = tools;
		this.properties = properties;
	}

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public void configure(String connectionName, Connection properties, ConnConfig.Builder conn) {
		UnresolvedPlaceholder.refuse(ProviderSettings.nameOf(connectionName).append("gemini.api-key").toString(),
				properties.getGemini().apiKey());
		properties.getGemini().connConfig(conn.url(GeminiLiveOptions.DEFAULT_URL));
	}

	@Override
	public SessionHandler createHandler(String connectionName, Connection properties) {
		return new GeminiLiveHandler(properties.getGemini(), this.tools.all(), this.tools.executor());
	}

	/**
	 * Check what the settings say of tools, now that those are there.
	 */
	@Override
	public void afterSingletonsInstantiated() {
		this.properties.getConnections().forEach((name, connection) -> {
			if (NAME.equals(connection.getProvider())) {
				this.tools.check(name, "gemini.tools", connection.getGemini().tools());
			}
		});
	}

}
