package dev.streaming.autoconfigure.gemini;

import java.time.Duration;

import dev.streaming.ConnConfig;
import dev.streaming.Handshake;
import dev.streaming.SessionHandler;
import dev.streaming.autoconfigure.ProviderConnection;
import dev.streaming.autoconfigure.ProviderSettings;
import dev.streaming.autoconfigure.realtime.AbstractRealtimeProvider;
import dev.streaming.autoconfigure.realtime.AccessTokens;
import dev.streaming.autoconfigure.realtime.RealtimeTools;
import dev.streaming.gemini.EphemeralToken;
import dev.streaming.gemini.GeminiLiveHandler;
import dev.streaming.gemini.GeminiLiveOptions;

/**
 * Provider {@code gemini-live}, with its settings under
 * {@code streaming.connections.<name>.gemini}.
 */
final class GeminiLiveProvider extends AbstractRealtimeProvider<GeminiLiveOptions> {

	// Pongs were observed to take half a minute
	private static final Duration PONG_TIMEOUT = Duration.ofSeconds(60);

	static final ProviderSettings<GeminiLiveOptions> SETTINGS = ProviderSettings
		.of("gemini", GeminiLiveProperties.class, GeminiLiveProperties::toOptions)
		.withApiKeys("api-key")
		.withResolved("model", "vertex.project", "vertex.location")
		.withJson("setup", SetupFields.ALL);

	private final AccessTokens tokens;

	GeminiLiveProvider(RealtimeTools tools, AccessTokens tokens) {
		super("gemini-live", SETTINGS, tools);
		this.tokens = tokens;
	}

	@Override
	public void configure(ProviderConnection<GeminiLiveOptions> connection, ConnConfig.Builder conn) {
		GeminiLiveOptions options = connection.settings();
		conn.url(options.url()).pongTimeout(PONG_TIMEOUT);
		options.connConfig(conn);
		if (options.apiKey() == null) {
			conn.handshake(this.tokens.customizer(GeminiLiveProvider::authorize));
		}
	}

	private static void authorize(Handshake handshake, String token) {
		if (EphemeralToken.is(token)) {
			EphemeralToken.apply(handshake, token);
		}
		else {
			handshake.header("Authorization", "Bearer " + token);
		}
	}

	@Override
	protected SessionHandler createHandler(GeminiLiveOptions settings, RealtimeTools tools) {
		return new GeminiLiveHandler(settings, tools.all(), tools.executor(), tools.approval());
	}

}
