package dev.streaming.autoconfigure.openai;

import dev.streaming.ConnConfig;
import dev.streaming.SessionHandler;
import dev.streaming.autoconfigure.StreamingProperties;
import dev.streaming.autoconfigure.StreamingProperties.Connection;
import dev.streaming.autoconfigure.StreamingProvider;
import dev.streaming.autoconfigure.UnresolvedPlaceholder;
import dev.streaming.autoconfigure.realtime.ProviderSettings;
import dev.streaming.autoconfigure.realtime.RealtimeTools;
import dev.streaming.openai.OpenAiRealtimeHandler;
import dev.streaming.openai.OpenAiRealtimeOptions;

import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * The provider {@code openai-realtime}, with its settings under
 * {@code streaming.connections.<name>.openai}.
 */
final class OpenAiRealtimeProvider implements StreamingProvider, SmartInitializingSingleton {

	static final String NAME = "openai-realtime";

	private final RealtimeTools tools;

	private final StreamingProperties properties;

	OpenAiRealtimeProvider(RealtimeTools tools, StreamingProperties properties) {
		this.tools = tools;
		this.properties = properties;
	}

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public void configure(String connectionName, Connection properties, ConnConfig.Builder conn) {
		OpenAiRealtimeOptions options = properties.getOpenai();
		String prefix = ProviderSettings.nameOf(connectionName).append("openai").toString();
		UnresolvedPlaceholder.refuse(prefix + ".api-key", options.apiKey());
		UnresolvedPlaceholder.refuse(prefix + ".organization", options.organization());
		UnresolvedPlaceholder.refuse(prefix + ".project", options.project());
		options.connConfig(conn.url(options.url().toString()));
	}

	@Override
	public SessionHandler createHandler(String connectionName, Connection properties) {
		return new OpenAiRealtimeHandler(properties.getOpenai(), this.tools.all(), this.tools.executor());
	}

	/**
	 * Check what the settings say of tools, now that those are there.
	 */
	@Override
	public void afterSingletonsInstantiated() {
		this.properties.getConnections().forEach((name, connection) -> {
			if (NAME.equals(connection.getProvider())) {
				this.tools.check(name, "openai.tools", connection.getOpenai().tools());
			}
		});
	}

}
