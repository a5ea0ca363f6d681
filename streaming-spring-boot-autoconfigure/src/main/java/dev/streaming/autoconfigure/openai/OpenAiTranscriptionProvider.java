package dev.streaming.autoconfigure.openai;

import dev.streaming.ConnConfig;
import dev.streaming.SessionConfig;
import dev.streaming.SessionHandler;
import dev.streaming.autoconfigure.ProviderConnection;
import dev.streaming.autoconfigure.ProviderSettings;
import dev.streaming.autoconfigure.realtime.AbstractRealtimeProvider;
import dev.streaming.autoconfigure.realtime.AccessTokens;
import dev.streaming.autoconfigure.realtime.RealtimeTools;
import dev.streaming.openai.OpenAiRealtimeHandler;
import dev.streaming.openai.OpenAiRealtimeOptions;
import dev.streaming.openai.OpenAiTranscription;

import org.springframework.util.Assert;

/**
 * Provider {@code openai-transcription}, for sessions of {@code openai-realtime} that
 * only transcribe, with settings under {@code streaming.connections.<name>.openai}.
 */
final class OpenAiTranscriptionProvider extends AbstractRealtimeProvider<OpenAiRealtimeOptions> {

	private static final ProviderSettings<OpenAiRealtimeOptions> SETTINGS = OpenAiRealtimeProvider
		.settings(OpenAiTranscriptionProvider::toOptions);

	private final AccessTokens tokens;

	OpenAiTranscriptionProvider(RealtimeTools tools, AccessTokens tokens) {
		super("openai-transcription", SETTINGS, tools);
		this.tokens = tokens;
	}

	private static OpenAiRealtimeOptions toOptions(OpenAiRealtimeProperties properties) {
		Assert.isTrue(properties.getModel() == null,
				"model must not be set, because a session that only transcribes has no answers;"
						+ " 'transcription' is the model that transcribes");
		return OpenAiTranscription.options(properties.toOptions());
	}

	@Override
	public void configure(ProviderConnection<OpenAiRealtimeOptions> connection, ConnConfig.Builder conn) {
		OpenAiRealtimeOptions options = connection.settings();
		OpenAiTranscription.connConfig(options, conn.url(OpenAiTranscription.url(options).toString()))
			.handshake(this.tokens.bearer());
	}

	@Override
	public void configureSession(ProviderConnection<OpenAiRealtimeOptions> connection, SessionConfig.Builder session) {
		OpenAiRealtimeProvider.limitAge(connection, session);
	}

	@Override
	protected SessionHandler createHandler(OpenAiRealtimeOptions settings, RealtimeTools tools) {
		return new OpenAiRealtimeHandler(settings);
	}

}
