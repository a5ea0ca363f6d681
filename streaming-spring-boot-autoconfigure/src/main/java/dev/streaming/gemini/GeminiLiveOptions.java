package dev.streaming.gemini;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.streaming.ConnConfig;
import dev.streaming.realtime.RealtimeCapabilities;
import dev.streaming.realtime.RealtimeOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * Settings of {@link GeminiLiveHandler}. Immutable. A setting that is {@code null} is not
 * sent, so that the service's default applies.
 *
 * @since 1.0.0
 */
public final class GeminiLiveOptions extends RealtimeOptions {

	/** URL of the Gemini API. */
	public static final String DEFAULT_URL = "wss://generativelanguage.googleapis.com/ws/"
			+ "google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";

	/** Name of the header with the API key, which must not be part of a URL. */
	public static final String API_KEY_HEADER = "x-goog-api-key";

	/**
	 * The default model: the service's current one for voice, as of November 2026. Set
	 * the model explicitly where it matters, because names become outdated.
	 */
	public static final String DEFAULT_MODEL = "gemini-3.8-live";

	/** The default sample rate of the input audio, in Hz. */
	public static final int DEFAULT_INPUT_SAMPLE_RATE = 16_000;

	private final List<Modality> responseModalities;

	private final @Nullable String language;

	private final int inputSampleRate;

	private final boolean inputTranscription;

	private final boolean outputTranscription;

	private final ActivityDetection activityDetection;

	private final ContextCompression contextCompression;

	private final boolean sessionResumption;

	private final boolean transparent;

	private final TextInput textInput;

	private final @Nullable VertexAi vertex;

	private final Map<String, Object> setup;

	private GeminiLiveOptions(Builder builder) {
		super(builder, DEFAULT_MODEL);
		this.responseModalities = List.copyOf(builder.responseModalities);
		this.language = builder.language;
		this.inputSampleRate = builder.inputSampleRate;
		this.inputTranscription = builder.inputTranscription;
		this.outputTranscription = builder.outputTranscription;
		this.activityDetection = builder.activityDetection;
		this.contextCompression = builder.contextCompression;
		this.sessionResumption = builder.sessionResumption;
		this.transparent = builder.transparent;
		this.textInput = builder.textInput;
		this.vertex = builder.vertex;
		this.setup = Collections.unmodifiableMap(new LinkedHashMap<>(builder.setup));
		Assert.isTrue(this.responseModalities.size() == 1,
				() -> "response-modalities must be exactly one, text or audio, but is " + this.responseModalities
						+ "; for the text of spoken answers use output-transcription");
		Assert.isTrue(this.inputSampleRate > 0, "input-sample-rate must be positive");
		Assert.isTrue(!this.transparent || this.sessionResumption,
				"transparent needs session-resumption, which is off");
		SetupValues.check(this.setup);
	}

	/**
	 * Create settings. Prefer {@link #builder()}, which new settings are added to.
	 * {@code null} leaves a setting at its default.
	 * @param apiKey the key of the Gemini API
	 * @param model the model
	 * @param instructions the instructions of the model
	 * @param responseModalities the output modalities
	 * @param voice the voice of the answers
	 * @param language the language of the answers, a BCP 47 code
	 * @param temperature the sampling temperature
	 * @param maxOutputTokens maximum number of tokens of an answer
	 * @param inputSampleRate the sample rate of the input audio, in Hz
	 * @param inputTranscription whether the speech of the user is transcribed
	 * @param outputTranscription whether the speech of the model is transcribed
	 * @param activityDetection the activity detection
	 * @param contextCompression whether the service drops the oldest turns of a long
	 * context
	 * @param sessionResumption whether a new connection resumes the conversation of the
	 * previous one
	 * @param transparent whether to request reports of the messages that were consumed
	 * @param historyReplay whether to replay the conversation after the provider has lost
	 * it
	 * @param historySize maximum number of texts to replay
	 * @param textInput the way in which texts of the user are sent
	 * @param tools the names of the tools to offer
	 * @param setup additional fields of the setup message, merged into it last
	 */
	public GeminiLiveOptions(@Nullable String apiKey, @Nullable String model, @Nullable String instructions,
			@Nullable List<Modality> responseModalities, @Nullable String voice, @Nullable String language,
			@Nullable Double temperature, @Nullable Integer maxOutputTokens, @Nullable Integer inputSampleRate,
			@Nullable Boolean inputTranscription, @Nullable Boolean outputTranscription,
			@Nullable ActivityDetection activityDetection, @Nullable ContextCompression contextCompression,
			@Nullable Boolean sessionResumption, @Nullable Boolean transparent, @Nullable Boolean historyReplay,
			@Nullable Integer historySize, @Nullable TextInput textInput, @Nullable List<String> tools,
			@Nullable Map<String, Object> setup) {
		this(builder().apiKey(apiKey)
			.model((model != null) ? model : DEFAULT_MODEL)
			.instructions(instructions)
			.responseModalities((responseModalities != null) ? responseModalities : List.of(Modality.AUDIO))
			.voice(voice)
			.language(language)
			.temperature(temperature)
			.maxOutputTokens(maxOutputTokens)
			.inputSampleRate((inputSampleRate != null) ? inputSampleRate : DEFAULT_INPUT_SAMPLE_RATE)
			.inputTranscription(inputTranscription == null || inputTranscription)
			.outputTranscription(outputTranscription == null || outputTranscription)
			.activityDetection((activityDetection != null) ? activityDetection : ActivityDetection.DEFAULT)
			.contextCompression((contextCompression != null) ? contextCompression : ContextCompression.DEFAULT)
			.sessionResumption(sessionResumption == null || sessionResumption)
			.transparent(transparent != null && transparent)
			.historyReplay(historyReplay == null || historyReplay)
			.historySize((historySize != null) ? historySize : DEFAULT_HISTORY_SIZE)
			.textInput((textInput != null) ? textInput : TextInput.AUTO)
			.tools(tools)
			.setup((setup != null) ? setup : Map.of()));
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

	/**
	 * Return the output modality.
	 * @return the modality
	 */
	Modality responseModality() {
		return this.responseModalities.get(0);
	}

	/**
	 * Return the number of texts that are replayed to a session without state.
	 * @return the number, 0 if the replay is off
	 */
	int replayed() {
		return historyReplay() ? historySize() : 0;
	}

	/**
	 * Return the modality of answers.
	 * @return a list with one modality
	 */
	public List<Modality> responseModalities() {
		return this.responseModalities;
	}

	/**
	 * Return the language of answers.
	 * @return a BCP 47 code, or {@code null}
	 */
	public @Nullable String language() {
		return this.language;
	}

	/**
	 * Return the sample rate of the input audio. Audio is not resampled.
	 * @return the rate in Hz
	 */
	public int inputSampleRate() {
		return this.inputSampleRate;
	}

	/**
	 * Return whether the user's speech is transcribed.
	 * @return whether it is
	 */
	public boolean inputTranscription() {
		return this.inputTranscription;
	}

	/**
	 * Return whether the model's speech is transcribed.
	 * @return whether it is
	 */
	public boolean outputTranscription() {
		return this.outputTranscription;
	}

	/**
	 * Return the detection of the user's speech.
	 * @return its settings
	 */
	public ActivityDetection activityDetection() {
		return this.activityDetection;
	}

	/**
	 * Return the compression of a long context.
	 * @return its settings
	 */
	public ContextCompression contextCompression() {
		return this.contextCompression;
	}

	/**
	 * Return whether a new connection resumes the conversation of the previous one.
	 * @return whether it does
	 */
	public boolean sessionResumption() {
		return this.sessionResumption;
	}

	/**
	 * Return whether to request reports of the messages that were consumed. Vertex AI
	 * only.
	 * @return whether it is
	 */
	public boolean transparent() {
		return this.transparent;
	}

	/**
	 * Return the way in which texts of the user are sent.
	 * @return the text input
	 */
	public TextInput textInput() {
		return this.textInput;
	}

	/**
	 * Return the additional fields of the setup message.
	 * @return the fields, merged into it last
	 */
	public Map<String, Object> setup() {
		return this.setup;
	}

	/**
	 * Return the capabilities of the model, with the configured corrections.
	 * @return the capabilities
	 */
	public RealtimeCapabilities capabilities() {
		return GeminiModels.of(model()).with(capabilityCorrections());
	}

	/**
	 * Return the project on Vertex AI.
	 * @return the project, or {@code null} for the Gemini API
	 */
	public @Nullable VertexAi vertex() {
		return this.vertex;
	}

	/**
	 * Return the URL of the Gemini API, or of the Live API on Vertex AI.
	 * @return the URL
	 */
	public String url() {
		return (this.vertex != null) ? this.vertex.url() : DEFAULT_URL;
	}

	/**
	 * Return the name of the model in the setup.
	 * @return the resource name of the model
	 */
	String modelResource() {
		if (model().contains("/")) {
			return model();
		}
		return (this.vertex != null) ? this.vertex.model(model()) : "models/" + model();
	}

	/**
	 * Return the settings of a connection to the Gemini API or to Vertex AI: its URL, and
	 * the header with the key.
	 * @return a new builder
	 */
	public ConnConfig.Builder connConfig() {
		return connConfig(ConnConfig.builder(url()));
	}

	/**
	 * Add the header with the key, if there is one, to the settings of a connection to
	 * another endpoint. A key that is an {@link EphemeralToken} is added to the URL of
	 * each dial instead.
	 * @param conn the settings
	 * @return the same settings
	 */
	public ConnConfig.Builder connConfig(ConnConfig.Builder conn) {
		String apiKey = apiKey();
		boolean ephemeral = apiKey != null && EphemeralToken.is(apiKey);
		if (StringUtils.hasText(apiKey) && !ephemeral) {
			conn.header(API_KEY_HEADER, apiKey.strip());
		}
		return conn.handshake((handshake) -> {
			String ofSession = apiKey(handshake);
			String token = (ofSession == null && ephemeral) ? apiKey : ofSession;
			if (token != null && EphemeralToken.is(token)) {
				EphemeralToken.apply(handshake, token);
			}
			else if (token != null) {
				handshake.header(API_KEY_HEADER, token);
			}
		});
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof GeminiLiveOptions options && values().equals(options.values());
	}

	@Override
	public int hashCode() {
		return values().hashCode();
	}

	private List<@Nullable Object> values() {
		return Arrays.asList(apiKey(), model(), instructions(), this.responseModalities, voice(), this.language,
				temperature(), maxOutputTokens(), this.inputSampleRate, this.inputTranscription,
				this.outputTranscription, this.activityDetection, this.contextCompression, this.sessionResumption,
				this.transparent, historyReplay(), historySize(), this.textInput, tools(), this.vertex, this.setup,
				capabilityCorrections());
	}

	/**
	 * Return a short description with model, voice and modality, but without the key and
	 * the instructions.
	 * @return a short description
	 */
	@Override
	public String toString() {
		return "GeminiLiveOptions[model=" + model() + ", voice=" + voice() + ", responseModalities="
				+ this.responseModalities + ", apiKey=" + ((apiKey() != null) ? "***" : "none") + "]";
	}

	/**
	 * Builder for {@link GeminiLiveOptions}. Not thread-safe.
	 */
	public static final class Builder extends RealtimeOptions.Builder<Builder> {

		private List<Modality> responseModalities = List.of(Modality.AUDIO);

		private @Nullable String language;

		private int inputSampleRate = DEFAULT_INPUT_SAMPLE_RATE;

		private boolean inputTranscription = true;

		private boolean outputTranscription = true;

		private ActivityDetection activityDetection = ActivityDetection.DEFAULT;

		private ContextCompression contextCompression = ContextCompression.DEFAULT;

		private boolean sessionResumption = true;

		private boolean transparent;

		private TextInput textInput = TextInput.AUTO;

		private @Nullable VertexAi vertex;

		private Map<String, Object> setup = Map.of();

		private Builder() {
		}

		private Builder(GeminiLiveOptions options) {
			super(options);
			this.responseModalities = options.responseModalities;
			this.language = options.language;
			this.inputSampleRate = options.inputSampleRate;
			this.inputTranscription = options.inputTranscription;
			this.outputTranscription = options.outputTranscription;
			this.activityDetection = options.activityDetection;
			this.contextCompression = options.contextCompression;
			this.sessionResumption = options.sessionResumption;
			this.transparent = options.transparent;
			this.textInput = options.textInput;
			this.vertex = options.vertex;
			this.setup = options.setup;
		}

		/**
		 * Set the output modalities of the model.
		 * @param responseModalities a list with one modality
		 * @return this
		 */
		public Builder responseModalities(List<Modality> responseModalities) {
			this.responseModalities = responseModalities;
			return this;
		}

		/**
		 * Set the output modality of the model.
		 * @param responseModality the modality
		 * @return this
		 */
		public Builder responseModality(Modality responseModality) {
			return responseModalities(List.of(responseModality));
		}

		/**
		 * Set the language of the answers, a BCP 47 code.
		 * @param language such as {@code en-US}, or {@code null}
		 * @return this
		 */
		public Builder language(@Nullable String language) {
			this.language = language;
			return this;
		}

		/**
		 * Set the sample rate of the input audio, in Hz.
		 * @param inputSampleRate the rate in Hz; positive
		 * @return this
		 */
		public Builder inputSampleRate(int inputSampleRate) {
			this.inputSampleRate = inputSampleRate;
			return this;
		}

		/**
		 * Set whether the speech of the user is transcribed.
		 * @param inputTranscription whether it is
		 * @return this
		 */
		public Builder inputTranscription(boolean inputTranscription) {
			this.inputTranscription = inputTranscription;
			return this;
		}

		/**
		 * Set whether the speech of the model is transcribed.
		 * @param outputTranscription whether it is
		 * @return this
		 */
		public Builder outputTranscription(boolean outputTranscription) {
			this.outputTranscription = outputTranscription;
			return this;
		}

		/**
		 * Set the activity detection.
		 * @param activityDetection the settings
		 * @return this
		 */
		public Builder activityDetection(ActivityDetection activityDetection) {
			this.activityDetection = activityDetection;
			return this;
		}

		/**
		 * Set whether the service drops the oldest turns of a long context.
		 * @param contextCompression the settings
		 * @return this
		 */
		public Builder contextCompression(ContextCompression contextCompression) {
			this.contextCompression = contextCompression;
			return this;
		}

		/**
		 * Set whether a new connection resumes the conversation of the previous one.
		 * @param sessionResumption whether it does
		 * @return this
		 */
		public Builder sessionResumption(boolean sessionResumption) {
			this.sessionResumption = sessionResumption;
			return this;
		}

		/**
		 * Set whether to request reports of the messages that were consumed. Vertex AI
		 * only; the reports are not used.
		 * @param transparent whether it is
		 * @return this
		 */
		public Builder transparent(boolean transparent) {
			this.transparent = transparent;
			return this;
		}

		/**
		 * Set the way in which texts of the user are sent.
		 * @param textInput the text input
		 * @return this
		 */
		public Builder textInput(TextInput textInput) {
			this.textInput = textInput;
			return this;
		}

		/**
		 * Set additional fields of the setup message, for settings without a property.
		 * @param setup the fields, named as in the protocol; maps are merged, other
		 * values replaced
		 * @return this
		 */
		public Builder setup(Map<String, Object> setup) {
			this.setup = setup;
			return this;
		}

		/**
		 * Set the project on Vertex AI.
		 * @param vertex the project, or {@code null} for the Gemini API
		 * @return this
		 */
		public Builder vertex(@Nullable VertexAi vertex) {
			this.vertex = vertex;
			return this;
		}

		/**
		 * Build the settings.
		 * @return immutable settings
		 * @throws IllegalArgumentException if a value is not allowed; the message has the
		 * name of the setting
		 */
		public GeminiLiveOptions build() {
			return new GeminiLiveOptions(this);
		}

	}

}
