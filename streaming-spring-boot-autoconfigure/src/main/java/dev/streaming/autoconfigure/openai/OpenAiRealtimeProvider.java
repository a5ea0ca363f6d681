package dev.streaming.autoconfigure.openai;

import dev.streaming.ConnConfig;
import dev.streaming.SessionHandler;
import dev.streaming.autoconfigure.ProviderConnection;
import dev.streaming.autoconfigure.ProviderSettings;
import dev.streaming.autoconfigure.realtime.AbstractRealtimeProvider;
import dev.streaming.autoconfigure.realtime.RealtimeTools;
import dev.streaming.openai.OpenAiRealtimeHandler;
import dev.streaming.openai.OpenAiRealtimeOptions;

/**
 * The provider {@code openai-realtime}, with its settings under
 * {@code streaming.connections.<name>.openai}.
 */
final class OpenAiRealtimeProvider extends AbstractRealtimeProvider<OpenAiRealtimeOptions> {

	static final ProviderSettings<OpenAiRealtimeOptions> SETTINGS = ProviderSettings
		.of("openai", OpenAiRealtimeProperties.class, OpenAiRealtimeProperties::toOptions)
		.withApiKeys("api-key")
		.withResolved("model", "organization", "project")
		.withJson("session", SessionFields.ALL);

	OpenAiRealtimeProvider(RealtimeTools tools) {
		super("openai-realtime", SETTINGS, tools);
	}

	@Override
	public void configure(ProviderConnection<OpenAiRealtimeOptions> connection, ConnConfig.Builder conn) {
		OpenAiRealtimeOptions options = connection.settings();
		options.connConfig(conn.url(options.url().toString()));
	}

	@Override
	protected SessionHandler createHandler(OpenAiRealtimeOptions settings, RealtimeTools tools) {
		return new OpenAiRealtimeHandler(settings, tools.all(), tools.executor());
	}

}
