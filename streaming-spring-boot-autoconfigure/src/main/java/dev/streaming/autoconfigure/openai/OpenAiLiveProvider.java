package dev.streaming.autoconfigure.openai;

import java.time.Duration;

import dev.streaming.ConnConfig;
import dev.streaming.SessionConfig;
import dev.streaming.SessionHandler;
import dev.streaming.autoconfigure.ProviderConnection;
import dev.streaming.autoconfigure.ProviderSettings;
import dev.streaming.autoconfigure.StreamingConfigurationException;
import dev.streaming.autoconfigure.realtime.AbstractRealtimeProvider;
import dev.streaming.autoconfigure.realtime.AccessTokens;
import dev.streaming.autoconfigure.realtime.RealtimeTools;
import dev.streaming.openai.DelegationHandler;
import dev.streaming.openai.LiveDelegation;
import dev.streaming.openai.OpenAiLiveHandler;
import dev.streaming.openai.OpenAiLiveOptions;

import org.springframework.beans.factory.ObjectProvider;

/**
 * Provider {@code openai-live} (GPT-Live), with its settings under
 * {@code streaming.connections.<name>.openai}.
 */
final class OpenAiLiveProvider extends AbstractRealtimeProvider<OpenAiLiveOptions> {

	// The provider announces the expiry of a session; Azure ends connections after 30
	// minutes
	private static final Duration MAX_CONNECTION_AGE_OF_AZURE = Duration.ofMinutes(25);

	private static final ProviderSettings<OpenAiLiveOptions> SETTINGS = ProviderSettings
		.of("openai", OpenAiLiveProperties.class, OpenAiLiveProperties::toLiveOptions)
		.withApiKeys("api-key", "azure.api-key")
		.withResolved("model", "organization", "project", "azure.resource", "azure.deployment", "delegation.model")
		.withJson("session", LiveFields.ALL);

	private final AccessTokens tokens;

	private final ObjectProvider<DelegationHandler> delegationHandler;

	OpenAiLiveProvider(RealtimeTools tools, AccessTokens tokens, ObjectProvider<DelegationHandler> delegationHandler) {
		super("openai-live", SETTINGS, tools);
		this.tokens = tokens;
		this.delegationHandler = delegationHandler;
	}

	@Override
	public void check(ProviderConnection<OpenAiLiveOptions> connection) {
		super.check(connection);
		LiveDelegation delegation = connection.settings().delegation();
		if (delegation != null && delegation.type() == LiveDelegation.Type.CLIENT
				&& this.delegationHandler.getIfAvailable() == null) {
			throw new StreamingConfigurationException(connection.property("delegation.type"), "client",
					"There is no bean of type DelegationHandler.",
					"Define one, or name the model that does the work in 'delegation.model'.");
		}
	}

	@Override
	public void configure(ProviderConnection<OpenAiLiveOptions> connection, ConnConfig.Builder conn) {
		OpenAiLiveOptions options = connection.settings();
		options.connConfig(conn.url(options.url().toString())).handshake(this.tokens.bearer());
	}

	@Override
	public void configureSession(ProviderConnection<OpenAiLiveOptions> connection, SessionConfig.Builder session) {
		if (connection.settings().azure() != null) {
			session.defaultMaxConnectionAge(MAX_CONNECTION_AGE_OF_AZURE);
		}
	}

	@Override
	protected SessionHandler createHandler(OpenAiLiveOptions settings, RealtimeTools tools) {
		return new OpenAiLiveHandler(settings, tools.all(), tools.executor(), tools.approval(),
				this.delegationHandler.getIfAvailable());
	}

}
