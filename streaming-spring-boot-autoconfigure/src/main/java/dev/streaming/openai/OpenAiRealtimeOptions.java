package dev.streaming.openai;

import java.net.URI;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

import dev.streaming.ConnConfig;
import dev.streaming.Handshake;
import dev.streaming.realtime.RealtimeCapabilities;
import dev.streaming.realtime.RealtimeOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Settings of {@link OpenAiRealtimeHandler}. Immutable. A setting that is {@code null} is
 * not sent, so that the provider's default holds.
 *
 * @since 1.0.0
 */
public final class OpenAiRealtimeOptions extends RealtimeOptions {

	/**
	 * The default model: OpenAI's current one, as of November 2026. Set the model
	 * explicitly where it matters, because names become outdated.
	 */
	public static final String DEFAULT_MODEL = "gpt-realtime-2.1";

	/** URL of OpenAI's Realtime API. */
	public static final String DEFAULT_URL = "wss://api.openai.com/v1/realtime";

	private final @Nullable String organization;

	private final @Nullable String project;

	private final List<String> outputModalities;

	private final @Nullable Double speed;

	private final @Nullable OpenAiAudioFormat inputAudioFormat;

	private final @Nullable OpenAiAudioFormat outputAudioFormat;

	private final @Nullable String noiseReduction;

	private final @Nullable Transcription transcription;

	private final @Nullable TurnDetection turnDetection;

	private final @Nullable String toolChoice;

	private final @Nullable AzureOpenAi azure;

	private final Map<String, Object> session;

	private OpenAiRealtimeOptions(Builder builder) {
		super(builder, DEFAULT_MODEL);
		this.organization = builder.organization;
		this.project = builder.project;
		this.outputModalities = List.copyOf(builder.outputModalities);
		this.speed = builder.speed;
		this.inputAudioFormat = builder.inputAudioFormat;
		this.outputAudioFormat = builder.outputAudioFormat;
		this.noiseReduction = (builder.noiseReduction != null) ? wireName(builder.noiseReduction) : null;
		this.transcription = builder.transcription;
		this.turnDetection = builder.turnDetection;
		this.toolChoice = builder.toolChoice;
		this.azure = builder.azure;
		this.session = Collections.unmodifiableMap(new LinkedHashMap<>(builder.session));
		Assert.isTrue(this.outputModalities.isEmpty() || SessionValues.isModality(this.outputModalities),
				() -> "output-modalities must be exactly one, audio or text, but is " + this.outputModalities
						+ "; the text of spoken answers is sent as a transcript");
		Assert.isTrue(this.noiseReduction == null || SessionValues.NOISE_REDUCTIONS.contains(this.noiseReduction),
				() -> "noise-reduction must be near_field or far_field, but is " + this.noiseReduction);
		Assert.isTrue(this.speed == null || SessionValues.isSpeed(this.speed), "speed must be between 0.25 and 1.5");
		SessionValues.check(this.session, this.turnDetection);
	}

	/**
	 * Create settings. Prefer {@link #builder()}, which new settings are added to.
	 * {@code null} leaves a setting at its default.
	 * @param apiKey the key
	 * @param organization the organization's id
	 * @param project the project's id
	 * @param model the model
	 * @param instructions the instructions of the model
	 * @param outputModalities {@code audio} or {@code text}
	 * @param voice the voice
	 * @param speed the speed of the voice
	 * @param inputAudioFormat the format of the input audio
	 * @param outputAudioFormat the format of the answers
	 * @param noiseReduction the noise reduction
	 * @param transcription the transcription of the input
	 * @param turnDetection the turn detection
	 * @param tools the names of the tools to offer
	 * @param toolChoice the tool choice
	 * @param maxOutputTokens maximum number of tokens of an answer
	 * @param temperature the temperature
	 * @param historyReplay whether to replay the history
	 * @param historySize maximum number of texts to replay
	 * @param session additional fields of the session
	 */
	public OpenAiRealtimeOptions(@Nullable String apiKey, @Nullable String organization, @Nullable String project,
			@Nullable String model, @Nullable String instructions, @Nullable List<String> outputModalities,
			@Nullable String voice, @Nullable Double speed, @Nullable OpenAiAudioFormat inputAudioFormat,
			@Nullable OpenAiAudioFormat outputAudioFormat, @Nullable String noiseReduction,
			@Nullable Transcription transcription, @Nullable TurnDetection turnDetection, @Nullable List<String> tools,
			@Nullable String toolChoice, @Nullable Integer maxOutputTokens, @Nullable Double temperature,
			@Nullable Boolean historyReplay, @Nullable Integer historySize, @Nullable Map<String, Object> session) {
		this(builder().apiKey(apiKey)
			.organization(organization)
			.project(project)
			.model((model != null) ? model : DEFAULT_MODEL)
			.instructions(instructions)
			.outputModalities((outputModalities != null) ? outputModalities.toArray(String[]::new) : new String[0])
			.voice(voice)
			.speed(speed)
			.inputAudioFormat(inputAudioFormat)
			.outputAudioFormat(outputAudioFormat)
			.noiseReduction(noiseReduction)
			.transcription(transcription)
			.turnDetection(turnDetection)
			.tools(tools)
			.toolChoice(toolChoice)
			.maxOutputTokens(maxOutputTokens)
			.temperature(temperature)
			.historyReplay(historyReplay == null || historyReplay)
			.historySize((historySize != null) ? historySize : DEFAULT_HISTORY_SIZE)
			.session((all) -> all.putAll((session != null) ? session : Map.of())));
	}

	/**
	 * Return a builder with default settings.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return a builder initialized with these settings.
	 * @return a builder
	 */
	public Builder toBuilder() {
		return new Builder(this);
	}

	private static String wireName(String value) {
		return value.strip().toLowerCase(Locale.ROOT).replace('-', '_');
	}

	/**
	 * Return the number of texts that are replayed on a new connection.
	 * @return the number, 0 if the replay is off
	 */
	int replayed() {
		return historyReplay() ? historySize() : 0;
	}

	/**
	 * Return the id of the organization.
	 * @return the id, or {@code null}
	 */
	public @Nullable String organization() {
		return this.organization;
	}

	/**
	 * Return the id of the project.
	 * @return the id, or {@code null}
	 */
	public @Nullable String project() {
		return this.project;
	}

	/**
	 * Return the modality of answers.
	 * @return {@code audio} or {@code text}, or an empty list
	 */
	public List<String> outputModalities() {
		return this.outputModalities;
	}

	/**
	 * Return the speed of the voice.
	 * @return from 0.25 to 1.5, or {@code null}
	 */
	public @Nullable Double speed() {
		return this.speed;
	}

	/**
	 * Return the format of the input audio.
	 * @return the format, or {@code null}
	 */
	public @Nullable OpenAiAudioFormat inputAudioFormat() {
		return this.inputAudioFormat;
	}

	/**
	 * Return the format of the output audio.
	 * @return the format, or {@code null}
	 */
	public @Nullable OpenAiAudioFormat outputAudioFormat() {
		return this.outputAudioFormat;
	}

	/**
	 * Return the noise reduction of the input audio.
	 * @return {@code near_field} or {@code far_field}, or {@code null}
	 */
	public @Nullable String noiseReduction() {
		return this.noiseReduction;
	}

	/**
	 * Return the transcription of the input audio.
	 * @return its settings, or {@code null} for none
	 */
	public @Nullable Transcription transcription() {
		return this.transcription;
	}

	/**
	 * Return the detection of the end of the user's turn.
	 * @return its settings, or {@code null}
	 */
	public @Nullable TurnDetection turnDetection() {
		return this.turnDetection;
	}

	/**
	 * Return the tool choice.
	 * @return {@code auto}, {@code none}, {@code required} or a tool's name, or
	 * {@code null}
	 */
	public @Nullable String toolChoice() {
		return this.toolChoice;
	}

	/**
	 * Return the deployment on Azure.
	 * @return the deployment, or {@code null} for OpenAI's own service
	 */
	public @Nullable AzureOpenAi azure() {
		return this.azure;
	}

	/**
	 * Return the additional fields of the {@code session} of {@code session.update}.
	 * @return the fields, merged into it
	 */
	public Map<String, Object> session() {
		return this.session;
	}

	/**
	 * Return the capabilities of the model, with the configured corrections.
	 * @return the capabilities
	 */
	public RealtimeCapabilities capabilities() {
		return OpenAiModels.of(model(), false).with(capabilityCorrections());
	}

	/**
	 * Return the settings of a connection to OpenAI: its URL with the model, and the
	 * headers with the key.
	 * @return a new builder
	 */
	public ConnConfig.Builder connConfig() {
		return connConfig(ConnConfig.builder(url().toString()));
	}

	/**
	 * Add the headers with the key to the settings of a connection to another endpoint,
	 * such as Azure. The model is added to its URL, too, unless the URL has one or a
	 * parameter that replaces it.
	 * @param conn the settings
	 * @return the same settings
	 */
	public ConnConfig.Builder connConfig(ConnConfig.Builder conn) {
		return conn.headers(headers()).handshake(new ModelQuery(model())).handshake(OpenAiRealtimeOptions::authorize);
	}

	private static void authorize(Handshake handshake) {
		String apiKey = apiKey(handshake);
		if (apiKey == null) {
			return;
		}
		boolean azureHost = !handshake.headers().containsKey(OpenAiCredentials.AUTHORIZATION)
				&& AzureOpenAi.isHostOf(handshake.uri());
		boolean azure = azureHost || handshake.headers().containsKey(OpenAiCredentials.AZURE_API_KEY);
		handshake.header(OpenAiCredentials.keyHeader(azure), OpenAiCredentials.keyValue(azure, apiKey));
	}

	/**
	 * Return the URL of OpenAI, or of the deployment on Azure, with the model.
	 * @return the URL
	 */
	public URI url() {
		URI url = (this.azure != null) ? this.azure.url("realtime") : URI.create(DEFAULT_URL);
		return ModelQuery.withModel(url, model());
	}

	/**
	 * Return the headers with the credentials. They contain the key.
	 * @return names and values
	 */
	public Map<String, String> headers() {
		return new OpenAiCredentials(apiKey(), this.organization, this.project, this.azure != null).headers();
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof OpenAiRealtimeOptions options && values().equals(options.values());
	}

	@Override
	public int hashCode() {
		return values().hashCode();
	}

	private List<@Nullable Object> values() {
		return Arrays.asList(apiKey(), this.organization, this.project, model(), instructions(), this.outputModalities,
				voice(), this.speed, this.inputAudioFormat, this.outputAudioFormat, this.noiseReduction,
				this.transcription, this.turnDetection, tools(), this.toolChoice, maxOutputTokens(), temperature(),
				historyReplay(), historySize(), this.azure, this.session, capabilityCorrections());
	}

	/**
	 * Return a short description with model, voice and modalities, but without the key
	 * and the instructions.
	 * @return a short description
	 */
	@Override
	public String toString() {
		return "OpenAiRealtimeOptions[model=" + model() + ", voice=" + voice() + ", outputModalities="
				+ this.outputModalities + ", apiKey=" + ((apiKey() != null) ? "***" : "none") + "]";
	}

	/**
	 * Builder for {@link OpenAiRealtimeOptions}. Not thread-safe.
	 */
	public static final class Builder extends RealtimeOptions.Builder<Builder> {

		private @Nullable String organization;

		private @Nullable String project;

		private List<String> outputModalities = List.of();

		private @Nullable Double speed;

		private @Nullable OpenAiAudioFormat inputAudioFormat;

		private @Nullable OpenAiAudioFormat outputAudioFormat;

		private @Nullable String noiseReduction;

		private @Nullable Transcription transcription;

		private @Nullable TurnDetection turnDetection;

		private @Nullable String toolChoice;

		private @Nullable AzureOpenAi azure;

		private final Map<String, Object> session = new LinkedHashMap<>();

		private Builder() {
		}

		private Builder(OpenAiRealtimeOptions options) {
			super(options);
			this.organization = options.organization;
			this.project = options.project;
			this.outputModalities = options.outputModalities;
			this.speed = options.speed;
			this.inputAudioFormat = options.inputAudioFormat;
			this.outputAudioFormat = options.outputAudioFormat;
			this.noiseReduction = options.noiseReduction;
			this.transcription = options.transcription;
			this.turnDetection = options.turnDetection;
			this.toolChoice = options.toolChoice;
			this.azure = options.azure;
			this.session.putAll(options.session);
		}

		/**
		 * Set the organization.
		 * @param organization its id
		 * @return this
		 */
		public Builder organization(@Nullable String organization) {
			this.organization = organization;
			return this;
		}

		/**
		 * Set the project.
		 * @param project its id
		 * @return this
		 */
		public Builder project(@Nullable String project) {
			this.project = project;
			return this;
		}

		/**
		 * Set the output modality of the model.
		 * @param outputModalities {@code audio} or {@code text}
		 * @return this
		 */
		public Builder outputModalities(String... outputModalities) {
			this.outputModalities = List.of(outputModalities);
			return this;
		}

		/**
		 * Set the speed of the voice.
		 * @param speed from 0.25 to 1.5
		 * @return this
		 */
		public Builder speed(@Nullable Double speed) {
			this.speed = speed;
			return this;
		}

		/**
		 * Set the format of the input audio.
		 * @param inputAudioFormat the format
		 * @return this
		 */
		public Builder inputAudioFormat(@Nullable OpenAiAudioFormat inputAudioFormat) {
			this.inputAudioFormat = inputAudioFormat;
			return this;
		}

		/**
		 * Set the format of the output audio.
		 * @param outputAudioFormat the format
		 * @return this
		 */
		public Builder outputAudioFormat(@Nullable OpenAiAudioFormat outputAudioFormat) {
			this.outputAudioFormat = outputAudioFormat;
			return this;
		}

		/**
		 * Set the noise reduction.
		 * @param noiseReduction {@code near_field} or {@code far_field}
		 * @return this
		 */
		public Builder noiseReduction(@Nullable String noiseReduction) {
			this.noiseReduction = noiseReduction;
			return this;
		}

		/**
		 * Set the transcription of the user's speech.
		 * @param transcription the settings, or {@code null} for no transcription
		 * @return this
		 */
		public Builder transcription(@Nullable Transcription transcription) {
			this.transcription = transcription;
			return this;
		}

		/**
		 * Set the turn detection.
		 * @param turnDetection the settings
		 * @return this
		 */
		public Builder turnDetection(@Nullable TurnDetection turnDetection) {
			this.turnDetection = turnDetection;
			return this;
		}

		/**
		 * Set the tool choice.
		 * @param toolChoice {@code auto}, {@code none}, {@code required} or a tool's name
		 * @return this
		 */
		public Builder toolChoice(@Nullable String toolChoice) {
			this.toolChoice = toolChoice;
			return this;
		}

		/**
		 * Customize additional fields of the {@code session} of {@code session.update}.
		 * @param session the customizer of the fields
		 * @return this
		 */
		public Builder session(Consumer<Map<String, Object>> session) {
			session.accept(this.session);
			return this;
		}

		/**
		 * Set the deployment on Azure. It determines the model, and the key is sent as
		 * Azure expects it.
		 * @param azure the deployment, or {@code null} for OpenAI's own service
		 * @return this
		 */
		public Builder azure(@Nullable AzureOpenAi azure) {
			this.azure = azure;
			return (azure != null) ? model(azure.deployment()) : this;
		}

		/**
		 * Build the settings.
		 * @return immutable settings
		 * @throws IllegalArgumentException if a value is not allowed; the message begins
		 * with the name of the setting
		 */
		public OpenAiRealtimeOptions build() {
			return new OpenAiRealtimeOptions(this);
		}

	}

}
