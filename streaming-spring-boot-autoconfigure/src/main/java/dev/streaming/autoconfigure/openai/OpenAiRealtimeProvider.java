package dev.streaming.autoconfigure.openai;

import java.net.URI;
import java.time.Duration;
import java.util.function.Function;

import dev.streaming.ConnConfig;
import dev.streaming.SessionConfig;
import dev.streaming.SessionHandler;
import dev.streaming.autoconfigure.ProviderConnection;
import dev.streaming.autoconfigure.ProviderSettings;
import dev.streaming.autoconfigure.realtime.AbstractRealtimeProvider;
import dev.streaming.autoconfigure.realtime.AccessTokens;
import dev.streaming.autoconfigure.realtime.RealtimeTools;
import dev.streaming.openai.AzureOpenAi;
import dev.streaming.openai.OpenAiRealtimeHandler;
import dev.streaming.openai.OpenAiRealtimeOptions;

import org.springframework.util.StringUtils;

/**
 * Provider {@code openai-realtime}, with its settings under
 * {@code streaming.connections.<name>.openai}.
 */
final class OpenAiRealtimeProvider extends AbstractRealtimeProvider<OpenAiRealtimeOptions> {

	// Below the 60 minutes after which the provider ends a session; Azure does so after
	// 30
	private static final Duration MAX_CONNECTION_AGE = Duration.ofMinutes(55);

	private static final Duration MAX_CONNECTION_AGE_OF_AZURE = Duration.ofMinutes(25);

	private static final ProviderSettings<OpenAiRealtimeOptions> SETTINGS = settings(
			OpenAiRealtimeProperties::toOptions);

	private final AccessTokens tokens;

	OpenAiRealtimeProvider(RealtimeTools tools, AccessTokens tokens) {
		super("openai-realtime", SETTINGS, tools);
		this.tokens = tokens;
	}

	/**
	 * Return the description of the settings under {@code openai}.
	 * @param converter the function that converts and validates the bound settings
	 * @return the settings
	 */
	static ProviderSettings<OpenAiRealtimeOptions> settings(
			Function<OpenAiRealtimeProperties, OpenAiRealtimeOptions> converter) {
		return ProviderSettings.of("openai", OpenAiRealtimeProperties.class, converter)
			.withApiKeys("api-key", "azure.api-key")
			.withResolved("model", "organization", "project", "azure.resource", "azure.deployment")
			.withJson("session", SessionFields.ALL);
	}

	@Override
	public void configure(ProviderConnection<OpenAiRealtimeOptions> connection, ConnConfig.Builder conn) {
		OpenAiRealtimeOptions options = connection.settings();
		options.connConfig(conn.url(options.url().toString())).handshake(this.tokens.bearer());
	}

	@Override
	public void configureSession(ProviderConnection<OpenAiRealtimeOptions> connection, SessionConfig.Builder session) {
		limitAge(connection, session);
	}

	/**
	 * Limit the age of connections, so that they are changed before the provider ends
	 * them.
	 * @param connection the connection
	 * @param session the settings of the session
	 */
	static void limitAge(ProviderConnection<OpenAiRealtimeOptions> connection, SessionConfig.Builder session) {
		session.defaultMaxConnectionAge(isAzure(connection) ? MAX_CONNECTION_AGE_OF_AZURE : MAX_CONNECTION_AGE);
	}

	private static boolean isAzure(ProviderConnection<OpenAiRealtimeOptions> connection) {
		String url = connection.properties().getConn().getUrl();
		return AzureOpenAi.isHostOf(StringUtils.hasText(url) ? URI.create(url) : connection.settings().url());
	}

	@Override
	protected SessionHandler createHandler(OpenAiRealtimeOptions settings, RealtimeTools tools) {
		return new OpenAiRealtimeHandler(settings, tools.all(), tools.executor(), tools.approval());
	}

}
