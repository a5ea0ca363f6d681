package dev.streaming.autoconfigure.gemini;

import dev.streaming.ConnConfig;
import dev.streaming.SessionHandler;
import dev.streaming.autoconfigure.ProviderConnection;
import dev.streaming.autoconfigure.ProviderSettings;
import dev.streaming.autoconfigure.realtime.AbstractRealtimeProvider;
import dev.streaming.autoconfigure.realtime.RealtimeTools;
import dev.streaming.gemini.GeminiLiveHandler;
import dev.streaming.gemini.GeminiLiveOptions;

/**
 * The provider {@code gemini-live}, with its settings under
 * {@code streaming.connections.<name>.gemini}.
 */
final class GeminiLiveProvider extends AbstractRealtimeProvider<GeminiLiveOptions> {

	static final ProviderSettings<GeminiLiveOptions> SETTINGS = ProviderSettings
		.of("gemini", GeminiLiveProperties.class, GeminiLiveProperties::toOptions)
		.withApiKeys("api-key")
		.withResolved("model")
		.withJson("setup", SetupFields.ALL);

	GeminiLiveProvider(RealtimeTools tools) {
		super("gemini-live", SETTINGS, tools);
	}

	@Override
	public void configure(ProviderConnection<GeminiLiveOptions> connection, ConnConfig.Builder conn) {
		connection.settings().connConfig(conn.url(GeminiLiveOptions.DEFAULT_URL));
	}

	@Override
	protected SessionHandler createHandler(GeminiLiveOptions settings, RealtimeTools tools) {
		return new GeminiLiveHandler(settings, tools.all(), tools.executor());
	}

}
