package dev.streaming.autoconfigure.openai;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;

import dev.streaming.ConnConfig;
import dev.streaming.SessionConfig;
import dev.streaming.SessionHandler;
import dev.streaming.autoconfigure.ProviderConnection;
import dev.streaming.autoconfigure.ProviderSettings;
import dev.streaming.autoconfigure.realtime.AbstractRealtimeProvider;
import dev.streaming.autoconfigure.realtime.RealtimeTools;
import dev.streaming.openai.OpenAiRealtimeHandler;
import dev.streaming.openai.OpenAiRealtimeOptions;

import org.springframework.util.StringUtils;

/**
 * The provider {@code openai-realtime}, with its settings under
 * {@code streaming.connections.<name>.openai}.
 */
final class OpenAiRealtimeProvider extends AbstractRealtimeProvider<OpenAiRealtimeOptions> {

	// Below the 60 minutes after which the provider ends a session, Azure after 30
	private static final Duration MAX_CONNECTION_AGE = Duration.ofMinutes(55);

	private static final Duration MAX_CONNECTION_AGE_OF_AZURE = Duration.ofMinutes(25);

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
	public void configureSession(ProviderConnection<OpenAiRealtimeOptions> connection, SessionConfig.Builder session) {
		session.maxConnectionAge(isAzure(connection) ? MAX_CONNECTION_AGE_OF_AZURE : MAX_CONNECTION_AGE);
	}

	private static boolean isAzure(ProviderConnection<OpenAiRealtimeOptions> connection) {
		String url = connection.properties().getConn().getUrl();
		String host = (StringUtils.hasText(url) ? URI.create(url) : connection.settings().url()).getHost();
		return host != null && host.toLowerCase(Locale.ROOT).endsWith(".azure.com");
	}

	@Override
	protected SessionHandler createHandler(OpenAiRealtimeOptions settings, RealtimeTools tools) {
		return new OpenAiRealtimeHandler(settings, tools.all(), tools.executor());
	}

}
