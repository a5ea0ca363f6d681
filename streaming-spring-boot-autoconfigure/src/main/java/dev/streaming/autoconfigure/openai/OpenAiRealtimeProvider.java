package dev.streaming.autoconfigure.openai;

import dev.streaming.ConnConfig;
import dev.streaming.SessionHandler;
import dev.streaming.autoconfigure.StreamingConfigurationException;
import dev.streaming.autoconfigure.StreamingProperties;
import dev.streaming.autoconfigure.StreamingProperties.Connection;
import dev.streaming.autoconfigure.StreamingProvider;
import dev.streaming.autoconfigure.realtime.ProviderSettings;
import dev.streaming.autoconfigure.realtime.RealtimeTools;
import dev.streaming.openai.OpenAiRealtimeHandler;
import dev.streaming.openai.OpenAiRealtimeOptions;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.env.Environment;

/**
 * The provider {@code openai-realtime}, with its settings under
 * {@code streaming.connections.<name>.openai}.
 */
final class OpenAiRealtimeProvider implements StreamingProvider, SmartInitializingSingleton {

	static final String NAME = "openai-realtime";

	private static final String GROUP = "openai";

	private final Environment environment;

	private final RealtimeTools tools;

	private final StreamingProperties properties;

	OpenAiRealtimeProvider(Environment environment, RealtimeTools tools, StreamingProperties properties) {
		this.environment = environment;
		this.tools = tools;
		this.properties = properties;
	}

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public void configure(String connectionName, Connection properties, ConnConfig.Builder conn) {
		OpenAiRealtimeOptions options = options(connectionName);
		options.connConfig(conn.url(options.url().toString()));
	}

	@Override
	public SessionHandler createHandler(String connectionName, Connection properties) {
		return new OpenAiRealtimeHandler(options(connectionName), this.tools.all(), this.tools.executor());
	}

	private OpenAiRealtimeOptions options(String connectionName) {
		return ProviderSettings.bind(this.environment, connectionName, GROUP, OpenAiRealtimeOptions.class);
	}

	/**
	 * Check what the settings say of tools, now that those are there.
	 */
	@Override
	public void afterSingletonsInstantiated() {
		this.properties.getConnections().forEach((name, connection) -> {
			if (NAME.equals(connection.getProvider()) && options(name).tools() != null) {
				try {
					createHandler(name, connection);
				}
				catch (IllegalArgumentException ex) {
					throw new StreamingConfigurationException(
							ProviderSettings.nameOf(name).append(GROUP).append("tools").toString(),
							options(name).tools(), ex.getMessage() + ".",
							"Set it to the names of RealtimeTool or ToolCallback beans, or remove it for all.");
				}
			}
		});
	}

}
