package dev.streaming.gemini;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.streaming.ConnConfig;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * Settings of {@link GeminiLiveHandler}. Immutable. What is {@code null} is left to the
 * service.
 *
 * @param apiKey the key of the Gemini API, sent as {@code x-goog-api-key}; {@code null}
 * if the connection's headers or its handshake customizer carry a token, as on Vertex AI
 * @param model the model: its name, or on Vertex AI its resource name
 * @param instructions what the model is to do
 * @param responseModalities what the model answers with: exactly one
 * @param voice the voice of the answers
 * @param language the language of the answers, a BCP 47 code
 * @param temperature how random answers are
 * @param maxOutputTokens how long an answer may be
 * @param inputSampleRate the samples a second of what the user says; nothing is resampled
 * here
 * @param inputTranscription whether what the user says is transcribed
 * @param outputTranscription whether what the model says is transcribed
 * @param activityDetection how the service finds out when the user speaks
 * @param contextCompression whether the service drops the oldest turns of a long context
 * @param sessionResumption whether the next connection goes on with the conversation of
 * the last one
 * @param transparent whether the service is asked to tell which messages it has consumed;
 * Vertex AI only
 * @param historyReplay whether a session that has forgotten the conversation is told it
 * again
 * @param historySize how many texts of it
 * @param textInput how what the user writes is sent
 * @param tools the names of the tools to offer; {@code null} for all there are
 * @param setup anything else of the setup message, merged into it, last
 * @since 1.0.0
 */
public record GeminiLiveOptions(@Nullable String apiKey, String model, @Nullable String instructions,
		List<Modality> responseModalities, @Nullable String voice, @Nullable String language,
		@Nullable Double temperature, @Nullable Integer maxOutputTokens, Integer inputSampleRate,
		Boolean inputTranscription, Boolean outputTranscription, ActivityDetection activityDetection,
		ContextCompression contextCompression, Boolean sessionResumption, Boolean transparent, Boolean historyReplay,
		Integer historySize, TextInput textInput, @Nullable List<String> tools, Map<String, Object> setup) {

	/** The endpoint of the Gemini API. */
	public static final String DEFAULT_URL = "wss://generativelanguage.googleapis.com/ws/"
			+ "google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";

	/** The header that carries the API key, which has no place in a URL. */
	public static final String API_KEY_HEADER = "x-goog-api-key";

	/** The model, by default: the newest of its kind that understands and speaks. */
	public static final String DEFAULT_MODEL = "gemini-2.5-flash-native-audio-latest";

	/** The samples a second of what the user says, by default. */
	public static final int DEFAULT_INPUT_SAMPLE_RATE = 16_000;

	/** How many texts are told again, by default. */
	public static final int DEFAULT_HISTORY_SIZE = 20;

	/**
	 * Create settings; {@link #builder()} is easier to read. What may not be {@code null}
	 * gets its default.
	 * @param apiKey the key of the Gemini API
	 * @param model the model
	 * @param instructions what the model is to do
	 * @param responseModalities what the model answers with
	 * @param voice the voice of the answers
	 * @param language the language of the answers, a BCP 47 code
	 * @param temperature how random answers are
	 * @param maxOutputTokens how long an answer may be
	 * @param inputSampleRate the samples a second of what the user says
	 * @param inputTranscription whether what the user says is transcribed
	 * @param outputTranscription whether what the model says is transcribed
	 * @param activityDetection how the service finds out when the user speaks
	 * @param contextCompression whether the service drops the oldest turns of a long
	 * context
	 * @param sessionResumption whether the next connection goes on with the conversation
	 * of the last one
	 * @param transparent whether the service is asked to tell which messages it has
	 * consumed
	 * @param historyReplay whether a session that has forgotten the conversation is told
	 * it again
	 * @param historySize how many texts of it
	 * @param textInput how what the user writes is sent
	 * @param tools the names of the tools to offer
	 * @param setup anything else of the setup message, merged into it, last
	 */
	public GeminiLiveOptions {
		model = StringUtils.hasText(model) ? model : DEFAULT_MODEL;
		responseModalities = (responseModalities != null) ? List.copyOf(responseModalities) : List.of(Modality.AUDIO);
		inputSampleRate = (inputSampleRate != null) ? inputSampleRate : Integer.valueOf(DEFAULT_INPUT_SAMPLE_RATE);
		inputTranscription = (inputTranscription != null) ? inputTranscription : Boolean.TRUE;
		outputTranscription = (outputTranscription != null) ? outputTranscription : Boolean.TRUE;
		activityDetection = (activityDetection != null) ? activityDetection : ActivityDetection.DEFAULT;
		contextCompression = (contextCompression != null) ? contextCompression : ContextCompression.DEFAULT;
		sessionResumption = (sessionResumption != null) ? sessionResumption : Boolean.TRUE;
		transparent = (transparent != null) ? transparent : Boolean.FALSE;
		historyReplay = (historyReplay != null) ? historyReplay : Boolean.TRUE;
		historySize = (historySize != null) ? historySize : Integer.valueOf(DEFAULT_HISTORY_SIZE);
		textInput = (textInput != null) ? textInput : TextInput.AUTO;
		tools = (tools != null) ? List.copyOf(tools) : null;
		setup = (setup != null) ? Collections.unmodifiableMap(new LinkedHashMap<>(setup)) : Map.of();
		List<Modality> modalities = responseModalities;
		Assert.isTrue(modalities.size() == 1, () -> "response-modalities must be exactly one, text or audio, but is "
				+ modalities + "; the text of what is spoken comes with output-transcription");
		Assert.isTrue(inputSampleRate > 0, "input-sample-rate must be positive");
		Assert.isTrue(historySize >= 0, "history-size must not be negative");
		Assert.isTrue(maxOutputTokens == null || maxOutputTokens > 0, "max-output-tokens must be positive");
		Assert.isTrue(temperature == null || temperature >= 0, "temperature must not be negative");
		Assert.isTrue(!transparent || sessionResumption, "transparent needs session-resumption, which is off");
	}

	/**
	 * Start settings with all defaults.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return a builder that starts from these settings.
	 * @return a builder
	 */
	public Builder toBuilder() {
		return new Builder(this);
	}

	/**
	 * Return what the model answers with.
	 * @return the one modality
	 */
	Modality responseModality() {
		return this.responseModalities.get(0);
	}

	/**
	 * Return how many texts a session that has forgotten the conversation is told.
	 * @return the number, 0 if the replay is off
	 */
	int replayed() {
		return this.historyReplay ? this.historySize : 0;
	}

	/**
	 * Return the settings of a connection to the Gemini API: its URL, and the header with
	 * the key.
	 * @return a new builder
	 */
	public ConnConfig.Builder connConfig() {
		return connConfig(ConnConfig.builder(DEFAULT_URL));
	}

	/**
	 * Add the header with the key, if there is one, to the settings of a connection
	 * elsewhere.
	 * @param conn the settings
	 * @return the same settings
	 */
	public ConnConfig.Builder connConfig(ConnConfig.Builder conn) {
		if (StringUtils.hasText(this.apiKey)) {
			conn.header(API_KEY_HEADER, this.apiKey.strip());
		}
		return conn;
	}

	/**
	 * Return model, voice and modality, never the key or the instructions.
	 * @return a short description
	 */
	@Override
	public String toString() {
		return "GeminiLiveOptions[model=" + this.model + ", voice=" + this.voice + ", responseModalities="
				+ this.responseModalities + ", apiKey=" + ((this.apiKey != null) ? "***" : "none") + "]";
	}

	/**
	 * Builds {@link GeminiLiveOptions}. Not thread-safe.
	 */
	public static final class Builder {

		private @Nullable String apiKey;

		private String model = DEFAULT_MODEL;

		private @Nullable String instructions;

		private List<Modality> responseModalities = List.of(Modality.AUDIO);

		private @Nullable String voice;

		private @Nullable String language;

		private @Nullable Double temperature;

		private @Nullable Integer maxOutputTokens;

		private int inputSampleRate = DEFAULT_INPUT_SAMPLE_RATE;

		private boolean inputTranscription = true;

		private boolean outputTranscription = true;

		private ActivityDetection activityDetection = ActivityDetection.DEFAULT;

		private ContextCompression contextCompression = ContextCompression.DEFAULT;

		private boolean sessionResumption = true;

		private boolean transparent;

		private boolean historyReplay = true;

		private int historySize = DEFAULT_HISTORY_SIZE;

		private TextInput textInput = TextInput.AUTO;

		private @Nullable List<String> tools;

		private Map<String, Object> setup = Map.of();

		private Builder() {
		}

		private Builder(GeminiLiveOptions options) {
			this.apiKey = options.apiKey;
			this.model = options.model;
			this.instructions = options.instructions;
			this.responseModalities = options.responseModalities;
			this.voice = options.voice;
			this.language = options.language;
			this.temperature = options.temperature;
			this.maxOutputTokens = options.maxOutputTokens;
			this.inputSampleRate = options.inputSampleRate;
			this.inputTranscription = options.inputTranscription;
			this.outputTranscription = options.outputTranscription;
			this.activityDetection = options.activityDetection;
			this.contextCompression = options.contextCompression;
			this.sessionResumption = options.sessionResumption;
			this.transparent = options.transparent;
			this.historyReplay = options.historyReplay;
			this.historySize = options.historySize;
			this.textInput = options.textInput;
			this.tools = options.tools;
			this.setup = options.setup;
		}

		/**
		 * Set the key of the Gemini API. Not for Vertex AI.
		 * @param apiKey the key, or {@code null} where a token does its work
		 * @return this
		 */
		public Builder apiKey(@Nullable String apiKey) {
			this.apiKey = apiKey;
			return this;
		}

		/**
		 * Set the model.
		 * @param model its name, such as {@code gemini-2.5-flash-native-audio-latest}, or
		 * on Vertex AI its resource name
		 * @return this
		 */
		public Builder model(String model) {
			this.model = model;
			return this;
		}

		/**
		 * Set what the model is to do.
		 * @param instructions the instructions, or {@code null}
		 * @return this
		 */
		public Builder instructions(@Nullable String instructions) {
			this.instructions = instructions;
			return this;
		}

		/**
		 * Set what the model answers with.
		 * @param responseModalities exactly one
		 * @return this
		 */
		public Builder responseModalities(List<Modality> responseModalities) {
			this.responseModalities = responseModalities;
			return this;
		}

		/**
		 * Set what the model answers with.
		 * @param responseModality the one modality
		 * @return this
		 */
		public Builder responseModality(Modality responseModality) {
			return responseModalities(List.of(responseModality));
		}

		/**
		 * Set the voice of the answers.
		 * @param voice its name, such as {@code Kore}, or {@code null}
		 * @return this
		 */
		public Builder voice(@Nullable String voice) {
			this.voice = voice;
			return this;
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
		 * Set how random answers are.
		 * @param temperature the temperature, or {@code null}
		 * @return this
		 */
		public Builder temperature(@Nullable Double temperature) {
			this.temperature = temperature;
			return this;
		}

		/**
		 * Set how long an answer may be.
		 * @param maxOutputTokens positive, or {@code null}
		 * @return this
		 */
		public Builder maxOutputTokens(@Nullable Integer maxOutputTokens) {
			this.maxOutputTokens = maxOutputTokens;
			return this;
		}

		/**
		 * Set the samples a second of what the user says.
		 * @param inputSampleRate the rate in Hz; positive
		 * @return this
		 */
		public Builder inputSampleRate(int inputSampleRate) {
			this.inputSampleRate = inputSampleRate;
			return this;
		}

		/**
		 * Set whether what the user says is transcribed.
		 * @param inputTranscription whether it is
		 * @return this
		 */
		public Builder inputTranscription(boolean inputTranscription) {
			this.inputTranscription = inputTranscription;
			return this;
		}

		/**
		 * Set whether what the model says is transcribed.
		 * @param outputTranscription whether it is
		 * @return this
		 */
		public Builder outputTranscription(boolean outputTranscription) {
			this.outputTranscription = outputTranscription;
			return this;
		}

		/**
		 * Set how the service finds out when the user speaks.
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
		 * Set whether the next connection goes on with the conversation of the last one.
		 * @param sessionResumption whether it does
		 * @return this
		 */
		public Builder sessionResumption(boolean sessionResumption) {
			this.sessionResumption = sessionResumption;
			return this;
		}

		/**
		 * Set whether the service is asked to tell which messages it has consumed. Vertex
		 * AI only; what it tells is not used.
		 * @param transparent whether it is
		 * @return this
		 */
		public Builder transparent(boolean transparent) {
			this.transparent = transparent;
			return this;
		}

		/**
		 * Set whether a session that has forgotten the conversation is told it again.
		 * @param historyReplay whether it is
		 * @return this
		 */
		public Builder historyReplay(boolean historyReplay) {
			this.historyReplay = historyReplay;
			return this;
		}

		/**
		 * Set how many texts of the conversation are told again.
		 * @param historySize the last ones, at most; zero or more
		 * @return this
		 */
		public Builder historySize(int historySize) {
			this.historySize = historySize;
			return this;
		}

		/**
		 * Set how what the user writes is sent.
		 * @param textInput the way
		 * @return this
		 */
		public Builder textInput(TextInput textInput) {
			this.textInput = textInput;
			return this;
		}

		/**
		 * Set the names of the tools to offer.
		 * @param tools the names, or {@code null} for all there are
		 * @return this
		 */
		public Builder tools(@Nullable List<String> tools) {
			this.tools = tools;
			return this;
		}

		/**
		 * Set what is merged into the setup message, last: whatever these settings lack.
		 * @param setup named as in the protocol; maps are merged, all else is replaced
		 * @return this
		 */
		public Builder setup(Map<String, Object> setup) {
			this.setup = setup;
			return this;
		}

		/**
		 * Build the settings.
		 * @return immutable settings
		 * @throws IllegalArgumentException if one is not allowed; names it
		 */
		public GeminiLiveOptions build() {
			return new GeminiLiveOptions(this.apiKey, this.model, this.instructions, this.responseModalities,
					this.voice, this.language, this.temperature, this.maxOutputTokens, this.inputSampleRate,
					this.inputTranscription, this.outputTranscription, this.activityDetection, this.contextCompression,
					this.sessionResumption, this.transparent, this.historyReplay, this.historySize, this.textInput,
					this.tools, this.setup);
		}

	}

}
