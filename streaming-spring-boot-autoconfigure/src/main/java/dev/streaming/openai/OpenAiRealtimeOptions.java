package dev.streaming.openai;

import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.streaming.ConnConfig;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * Settings of {@link OpenAiRealtimeHandler}. Immutable. What is {@code null} is left to
 * the provider.
 *
 * @param apiKey the key, sent as {@code Authorization: Bearer}; {@code null} if the
 * connection's headers or its handshake customizer carry one
 * @param organization the organization's id, or {@code null}
 * @param project the project's id, or {@code null}
 * @param model the model
 * @param instructions what the model is to do
 * @param outputModalities {@code audio} or {@code text}
 * @param voice the voice of the answers
 * @param speed the speed of the voice, from 0.25 to 1.5
 * @param inputAudioFormat the format of what the user says
 * @param outputAudioFormat the format of the answers
 * @param noiseReduction {@code near_field} or {@code far_field}
 * @param transcription how what the user says is transcribed; {@code null} for not at all
 * @param turnDetection how the user's turn ends
 * @param tools the names of the tools to offer; {@code null} for all there are
 * @param toolChoice {@code auto}, {@code none}, {@code required} or a tool's name
 * @param maxOutputTokens how long an answer may be
 * @param temperature for compatible endpoints; OpenAI itself has none any more
 * @param historyReplay whether a new connection is told the conversation so far
 * @param historySize how many texts of it
 * @param session anything else of the {@code session} of {@code session.update}, merged
 * into it
 * @since 1.0.0
 */
public record OpenAiRealtimeOptions(@Nullable String apiKey, @Nullable String organization, @Nullable String project,
		String model, @Nullable String instructions, List<String> outputModalities, @Nullable String voice,
		@Nullable Double speed, @Nullable AudioFormat inputAudioFormat, @Nullable AudioFormat outputAudioFormat,
		@Nullable String noiseReduction, @Nullable Transcription transcription, @Nullable TurnDetection turnDetection,
		@Nullable List<String> tools, @Nullable String toolChoice, @Nullable Integer maxOutputTokens,
		@Nullable Double temperature, Boolean historyReplay, Integer historySize, Map<String, Object> session) {

	/** The model, by default. */
	public static final String DEFAULT_MODEL = "gpt-realtime";

	/** How many texts are replayed, by default. */
	public static final int DEFAULT_HISTORY_SIZE = 20;

	/** Where OpenAI is. */
	public static final String DEFAULT_URL = "wss://api.openai.com/v1/realtime";

	/**
	 * Create settings; {@link #builder()} is easier to read. What may not be {@code null}
	 * gets its default.
	 * @param apiKey the key
	 * @param organization the organization's id
	 * @param project the project's id
	 * @param model the model
	 * @param instructions what the model is to do
	 * @param outputModalities {@code audio} or {@code text}
	 * @param voice the voice
	 * @param speed its speed
	 * @param inputAudioFormat the format of what the user says
	 * @param outputAudioFormat the format of the answers
	 * @param noiseReduction the noise reduction
	 * @param transcription how input is transcribed
	 * @param turnDetection how the user's turn ends
	 * @param tools the names of the tools to offer
	 * @param toolChoice how tools are chosen
	 * @param maxOutputTokens how long an answer may be
	 * @param temperature the temperature
	 * @param historyReplay whether to replay
	 * @param historySize how much to replay
	 * @param session anything else
	 */
	public OpenAiRealtimeOptions {
		model = StringUtils.hasText(model) ? model : DEFAULT_MODEL;
		outputModalities = (outputModalities != null) ? List.copyOf(outputModalities) : List.of();
		tools = (tools != null) ? List.copyOf(tools) : null;
		historyReplay = (historyReplay != null) ? historyReplay : Boolean.TRUE;
		historySize = (historySize != null) ? historySize : Integer.valueOf(DEFAULT_HISTORY_SIZE);
		Assert.isTrue(historySize >= 0, "history-size must not be negative");
		Assert.isTrue(maxOutputTokens == null || maxOutputTokens > 0, "max-output-tokens must be positive");
		Assert.isTrue(speed == null || speed > 0, "speed must be positive");
		Assert.isTrue(temperature == null || temperature >= 0, "temperature must not be negative");
		session = (session != null) ? Collections.unmodifiableMap(new LinkedHashMap<>(session)) : Map.of();
	}

	/**
	 * Start settings with all defaults.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return how many texts a new connection is told.
	 * @return the number, 0 if the replay is off
	 */
	int replayed() {
		return this.historyReplay ? this.historySize : 0;
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
	 * Add the headers with the key to the settings of a connection elsewhere, such as to
	 * Azure. The model is added to its URL too, unless that names one, or what stands for
	 * it.
	 * @param conn the settings
	 * @return the same settings
	 */
	public ConnConfig.Builder connConfig(ConnConfig.Builder conn) {
		return conn.headers(headers()).handshake(new ModelQuery(this.model));
	}

	/**
	 * Return the URL of OpenAI with the model.
	 * @return the URL
	 */
	public URI url() {
		return ModelQuery.withModel(URI.create(DEFAULT_URL), this.model);
	}

	/**
	 * Return the headers that identify the caller. They hold the key.
	 * @return names and values
	 */
	public Map<String, String> headers() {
		Map<String, String> headers = new LinkedHashMap<>();
		if (StringUtils.hasText(this.apiKey)) {
			headers.put("Authorization", "Bearer " + this.apiKey.strip());
		}
		if (StringUtils.hasText(this.organization)) {
			headers.put("OpenAI-Organization", this.organization);
		}
		if (StringUtils.hasText(this.project)) {
			headers.put("OpenAI-Project", this.project);
		}
		return headers;
	}

	/**
	 * Return model, voice and modalities, never the key or the instructions.
	 * @return a short description
	 */
	@Override
	public String toString() {
		return "OpenAiRealtimeOptions[model=" + this.model + ", voice=" + this.voice + ", outputModalities="
				+ this.outputModalities + ", apiKey=" + ((this.apiKey != null) ? "***" : "none") + "]";
	}

	/**
	 * Builds {@link OpenAiRealtimeOptions}. Not thread-safe.
	 */
	public static final class Builder {

		private @Nullable String apiKey;

		private @Nullable String organization;

		private @Nullable String project;

		private String model = DEFAULT_MODEL;

		private @Nullable String instructions;

		private List<String> outputModalities = List.of();

		private @Nullable String voice;

		private @Nullable Double speed;

		private @Nullable AudioFormat inputAudioFormat;

		private @Nullable AudioFormat outputAudioFormat;

		private @Nullable String noiseReduction;

		private @Nullable Transcription transcription;

		private @Nullable TurnDetection turnDetection;

		private @Nullable List<String> tools;

		private @Nullable String toolChoice;

		private @Nullable Integer maxOutputTokens;

		private @Nullable Double temperature;

		private boolean historyReplay = true;

		private int historySize = DEFAULT_HISTORY_SIZE;

		private final Map<String, Object> session = new LinkedHashMap<>();

		private Builder() {
		}

		/**
		 * Set the key.
		 * @param apiKey the key
		 * @return this
		 */
		public Builder apiKey(@Nullable String apiKey) {
			this.apiKey = apiKey;
			return this;
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
		 * Set the model.
		 * @param model the provider's name for it
		 * @return this
		 */
		public Builder model(String model) {
			this.model = model;
			return this;
		}

		/**
		 * Set what the model is to do.
		 * @param instructions the text
		 * @return this
		 */
		public Builder instructions(@Nullable String instructions) {
			this.instructions = instructions;
			return this;
		}

		/**
		 * Set how the model answers.
		 * @param outputModalities {@code audio} or {@code text}
		 * @return this
		 */
		public Builder outputModalities(String... outputModalities) {
			this.outputModalities = List.of(outputModalities);
			return this;
		}

		/**
		 * Set the voice.
		 * @param voice the provider's name for it
		 * @return this
		 */
		public Builder voice(@Nullable String voice) {
			this.voice = voice;
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
		 * Set the format of what the user says.
		 * @param inputAudioFormat the format
		 * @return this
		 */
		public Builder inputAudioFormat(@Nullable AudioFormat inputAudioFormat) {
			this.inputAudioFormat = inputAudioFormat;
			return this;
		}

		/**
		 * Set the format of the answers.
		 * @param outputAudioFormat the format
		 * @return this
		 */
		public Builder outputAudioFormat(@Nullable AudioFormat outputAudioFormat) {
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
		 * Set how what the user says is transcribed.
		 * @param transcription how, or {@code null} for not at all
		 * @return this
		 */
		public Builder transcription(@Nullable Transcription transcription) {
			this.transcription = transcription;
			return this;
		}

		/**
		 * Set how the user's turn ends.
		 * @param turnDetection how
		 * @return this
		 */
		public Builder turnDetection(@Nullable TurnDetection turnDetection) {
			this.turnDetection = turnDetection;
			return this;
		}

		/**
		 * Set which tools to offer.
		 * @param tools their names, or {@code null} for all there are
		 * @return this
		 */
		public Builder tools(@Nullable List<String> tools) {
			this.tools = tools;
			return this;
		}

		/**
		 * Set how tools are chosen.
		 * @param toolChoice {@code auto}, {@code none}, {@code required} or a tool's name
		 * @return this
		 */
		public Builder toolChoice(@Nullable String toolChoice) {
			this.toolChoice = toolChoice;
			return this;
		}

		/**
		 * Set how long an answer may be.
		 * @param maxOutputTokens in tokens
		 * @return this
		 */
		public Builder maxOutputTokens(@Nullable Integer maxOutputTokens) {
			this.maxOutputTokens = maxOutputTokens;
			return this;
		}

		/**
		 * Set the temperature, for compatible endpoints.
		 * @param temperature the temperature
		 * @return this
		 */
		public Builder temperature(@Nullable Double temperature) {
			this.temperature = temperature;
			return this;
		}

		/**
		 * Set whether a new connection is told the conversation so far.
		 * @param historyReplay whether it is
		 * @return this
		 */
		public Builder historyReplay(boolean historyReplay) {
			this.historyReplay = historyReplay;
			return this;
		}

		/**
		 * Set how many texts a new connection is told.
		 * @param historySize the number
		 * @return this
		 */
		public Builder historySize(int historySize) {
			this.historySize = historySize;
			return this;
		}

		/**
		 * Add anything else to the session of {@code session.update}.
		 * @param session changes it
		 * @return this
		 */
		public Builder session(Consumer<Map<String, Object>> session) {
			session.accept(this.session);
			return this;
		}

		/**
		 * Build the settings.
		 * @return immutable settings
		 */
		public OpenAiRealtimeOptions build() {
			return new OpenAiRealtimeOptions(this.apiKey, this.organization, this.project, this.model,
					this.instructions, this.outputModalities, this.voice, this.speed, this.inputAudioFormat,
					this.outputAudioFormat, this.noiseReduction, this.transcription, this.turnDetection, this.tools,
					this.toolChoice, this.maxOutputTokens, this.temperature, this.historyReplay, this.historySize,
					this.session);
		}

	}

}
