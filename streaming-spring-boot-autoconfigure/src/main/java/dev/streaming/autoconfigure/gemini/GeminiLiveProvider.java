package dev.streaming.autoconfigure.gemini;

import java.time.Duration;

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

	// Pongs were seen to take half a minute
	private static final Duration PONG_TIMEOUT = Duration.ofSeconds(60);

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
		connection.settings().connConfig(conn.url(GeminiLiveOptions.DEFAULT_URL).pongTimeout(PONG_TIMEOUT));
	}

	@Override
	protected SessionHandler createHandler(GeminiLiveOptions settings, RealtimeTools tools) {
		return new GeminiLiveHandler(settings, tools.all(), tools.executor());
	}

}
