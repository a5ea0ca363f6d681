package dev.streaming.openai;

import java.net.URI;
import java.util.Set;

import dev.streaming.ConnConfig;
import dev.streaming.Handshake;
import dev.streaming.realtime.RealtimeCapabilities;

import org.springframework.util.Assert;

/**
 * Factory for the settings of sessions of OpenAI's Realtime API that only transcribe:
 * there are no answers, and nothing is replayed on a new connection. Their handler is an
 * {@link OpenAiRealtimeHandler}, as for other sessions.
 *
 * <pre>{@code
 * OpenAiRealtimeOptions options = OpenAiTranscription
 *     .options(OpenAiRealtimeOptions.builder().apiKey(key).build());
 * Conn conn = Conn.create(OpenAiTranscription.connConfig(options).build());
 * }</pre>
 *
 * @since 1.0.0
 */
public final class OpenAiTranscription {

	/** Models without turn detection, as of November 2026. */
	private static final Set<String> WITHOUT_DETECTION = Set.of("gpt-realtime-whisper", "gpt-live-transcribe");

	private OpenAiTranscription() {
	}

	/**
	 * Create the settings of a session that only transcribes. The default model of the
	 * transcription is {@link Transcription#DEFAULT_MODEL}, or the deployment on Azure.
	 * Turn detection is off for models that do not support it: the application ends a
	 * turn with {@link dev.streaming.realtime.RealtimeClient#commitAudio()}.
	 * @param options the settings
	 * @return the settings of such a session
	 * @throws IllegalArgumentException if a setting applies to answers only; the message
	 * begins with its name
	 */
	public static OpenAiRealtimeOptions options(OpenAiRealtimeOptions options) {
		refuse(options.instructions() != null, "instructions");
		refuse(options.voice() != null, "voice");
		refuse(options.speed() != null, "speed");
		refuse(!options.outputModalities().isEmpty(), "output-modalities");
		refuse(options.outputAudioFormat() != null, "output-audio-format");
		refuse(options.tools() != null && !options.tools().isEmpty(), "tools");
		refuse(options.toolChoice() != null, "tool-choice");
		refuse(options.maxOutputTokens() != null, "max-output-tokens");
		refuse(options.temperature() != null, "temperature");
		AzureOpenAi azure = options.azure();
		Transcription transcription = options.transcription();
		if (transcription == null) {
			transcription = Transcription.of((azure != null) ? azure.deployment() : Transcription.DEFAULT_MODEL);
		}
		TurnDetection detection = options.turnDetection();
		if (detection == null && WITHOUT_DETECTION.contains(transcription.model())) {
			detection = TurnDetection.of(TurnDetection.Type.NONE);
		}
		return options.toBuilder().transcription(transcription).turnDetection(detection).historyReplay(false).build();
	}

	private static void refuse(boolean given, String name) {
		Assert.isTrue(!given, () -> name + " must not be set, because a session that only transcribes has no answers");
	}

	/**
	 * Return the capabilities of a session that only transcribes.
	 * @return the capabilities
	 */
	public static RealtimeCapabilities capabilities() {
		return OpenAiModels.of("", true);
	}

	/**
	 * Return the settings of a connection for a session that only transcribes.
	 * @param options the settings
	 * @return a new builder
	 */
	public static ConnConfig.Builder connConfig(OpenAiRealtimeOptions options) {
		return connConfig(options, ConnConfig.builder(url(options).toString()));
	}

	/**
	 * Add the settings of a session that only transcribes to those of a connection to
	 * another endpoint: the headers with the key, and the purpose in the URL of each
	 * dial.
	 * @param options the settings
	 * @param conn the settings of the connection
	 * @return the same settings
	 */
	public static ConnConfig.Builder connConfig(OpenAiRealtimeOptions options, ConnConfig.Builder conn) {
		return options.connConfig(conn.handshake(OpenAiTranscription::intend));
	}

	private static void intend(Handshake handshake) {
		handshake.uri(ModelQuery.withTranscription(handshake.uri()));
	}

	/**
	 * Return the URL of OpenAI, or of the resource on Azure, for such sessions.
	 * @param options the settings
	 * @return the URL
	 */
	public static URI url(OpenAiRealtimeOptions options) {
		AzureOpenAi azure = options.azure();
		return ModelQuery
			.withTranscription((azure != null) ? azure.url("realtime") : URI.create(OpenAiRealtimeOptions.DEFAULT_URL));
	}

}
