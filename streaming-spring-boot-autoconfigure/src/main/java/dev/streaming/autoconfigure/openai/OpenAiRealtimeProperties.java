package dev.streaming.autoconfigure.openai;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.streaming.autoconfigure.realtime.RealtimeProviderProperties;
import dev.streaming.openai.AzureOpenAi;
import dev.streaming.openai.OpenAiAudioFormat;
import dev.streaming.openai.OpenAiRealtimeOptions;
import dev.streaming.openai.Transcription;
import dev.streaming.openai.TurnDetection;
import dev.streaming.openai.TurnDetection.Type;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Configuration properties of the provider {@code openai-realtime}, bound from
 * {@code streaming.connections.<name>.openai}.
 *
 * @since 1.0.0
 */
public class OpenAiRealtimeProperties extends RealtimeProviderProperties {

	/**
	 * Id of the organization, sent as header OpenAI-Organization.
	 */
	private @Nullable String organization;

	/**
	 * Id of the project, sent as header OpenAI-Project.
	 */
	private @Nullable String project;

	/**
	 * Modality of the responses.
	 */
	private List<String> outputModalities = List.of();

	/**
	 * Speed of the voice, from 0.25 to 1.5.
	 */
	private @Nullable Double speed;

	/**
	 * Format of the input audio.
	 */
	private @Nullable OpenAiAudioFormat inputAudioFormat;

	/**
	 * Format of the output audio.
	 */
	private @Nullable OpenAiAudioFormat outputAudioFormat;

	/**
	 * Noise reduction of the input audio.
	 */
	private @Nullable String noiseReduction;

	/**
	 * Transcription of the input audio. A text is the short form of its model.
	 */
	private @Nullable TranscriptionProperties transcription;

	/**
	 * Detection of the end of a turn. A text is the short form of its type.
	 */
	private @Nullable TurnDetectionProperties turnDetection;

	/**
	 * Choice of tools, or the name of the tool to call.
	 */
	private @Nullable String toolChoice;

	/**
	 * Deployment on Azure OpenAI, instead of OpenAI's own service.
	 */
	private @Nullable AzureProperties azure;

	/**
	 * Additional fields of the session in session.update, merged into it.
	 */
	private Map<String, Object> session = new LinkedHashMap<>();

	public @Nullable String getOrganization() {
		return this.organization;
	}

	public void setOrganization(@Nullable String organization) {
		this.organization = organization;
	}

	public @Nullable String getProject() {
		return this.project;
	}

	public void setProject(@Nullable String project) {
		this.project = project;
	}

	public List<String> getOutputModalities() {
		return this.outputModalities;
	}

	public void setOutputModalities(List<String> outputModalities) {
		this.outputModalities = outputModalities;
	}

	public @Nullable Double getSpeed() {
		return this.speed;
	}

	public void setSpeed(@Nullable Double speed) {
		this.speed = speed;
	}

	public @Nullable OpenAiAudioFormat getInputAudioFormat() {
		return this.inputAudioFormat;
	}

	public void setInputAudioFormat(@Nullable OpenAiAudioFormat inputAudioFormat) {
		this.inputAudioFormat = inputAudioFormat;
	}

	public @Nullable OpenAiAudioFormat getOutputAudioFormat() {
		return this.outputAudioFormat;
	}

	public void setOutputAudioFormat(@Nullable OpenAiAudioFormat outputAudioFormat) {
		this.outputAudioFormat = outputAudioFormat;
	}

	public @Nullable String getNoiseReduction() {
		return this.noiseReduction;
	}

	public void setNoiseReduction(@Nullable String noiseReduction) {
		this.noiseReduction = noiseReduction;
	}

	public @Nullable TranscriptionProperties getTranscription() {
		return this.transcription;
	}

	public void setTranscription(@Nullable TranscriptionProperties transcription) {
		this.transcription = transcription;
	}

	public @Nullable TurnDetectionProperties getTurnDetection() {
		return this.turnDetection;
	}

	public void setTurnDetection(@Nullable TurnDetectionProperties turnDetection) {
		this.turnDetection = turnDetection;
	}

	public @Nullable String getToolChoice() {
		return this.toolChoice;
	}

	public void setToolChoice(@Nullable String toolChoice) {
		this.toolChoice = toolChoice;
	}

	public @Nullable AzureProperties getAzure() {
		return this.azure;
	}

	public void setAzure(@Nullable AzureProperties azure) {
		this.azure = azure;
	}

	public Map<String, Object> getSession() {
		return this.session;
	}

	public void setSession(Map<String, Object> session) {
		this.session = session;
	}

	/**
	 * Convert the properties to the settings of the handler.
	 * @return immutable settings
	 * @throws IllegalArgumentException if a value is not allowed; the message begins with
	 * the name of the setting
	 */
	public OpenAiRealtimeOptions toOptions() {
		OpenAiRealtimeOptions.Builder builder = OpenAiRealtimeOptions.builder();
		applyTo(builder);
		if (this.azure != null) {
			this.azure.applyTo(builder);
		}
		return builder.organization(this.organization)
			.project(this.project)
			.outputModalities(this.outputModalities.toArray(String[]::new))
			.speed(this.speed)
			.inputAudioFormat(this.inputAudioFormat)
			.outputAudioFormat(this.outputAudioFormat)
			.noiseReduction(this.noiseReduction)
			.transcription((this.transcription != null) ? this.transcription.toTranscription() : null)
			.turnDetection((this.turnDetection != null) ? this.turnDetection.toTurnDetection() : null)
			.toolChoice(this.toolChoice)
			.session((all) -> all.putAll(this.session))
			.build();
	}

	/**
	 * Configuration properties of a deployment on Azure OpenAI.
	 */
	public static class AzureProperties {

		/**
		 * Name of the resource, the first part of its host.
		 */
		private @Nullable String resource;

		/**
		 * Name of the deployment, used as the model.
		 */
		private @Nullable String deployment;

		/**
		 * API key of the resource. Not required if an AccessTokenProvider provides a
		 * token of Microsoft Entra.
		 */
		private @Nullable String apiKey;

		public @Nullable String getResource() {
			return this.resource;
		}

		public void setResource(@Nullable String resource) {
			this.resource = resource;
		}

		public @Nullable String getDeployment() {
			return this.deployment;
		}

		public void setDeployment(@Nullable String deployment) {
			this.deployment = deployment;
		}

		public @Nullable String getApiKey() {
			return this.apiKey;
		}

		public void setApiKey(@Nullable String apiKey) {
			this.apiKey = apiKey;
		}

		AzureOpenAi toAzureOpenAi() {
			Assert.hasText(this.resource, "azure.resource must not be empty");
			return new AzureOpenAi(this.resource, (this.deployment != null) ? this.deployment : "");
		}

		private void applyTo(OpenAiRealtimeOptions.Builder builder) {
			builder.azure(toAzureOpenAi());
			if (this.apiKey != null) {
				builder.apiKey(this.apiKey);
			}
		}

	}

	/**
	 * Configuration properties of the transcription of the input audio.
	 */
	public static class TranscriptionProperties {

		/**
		 * Model that transcribes the input audio.
		 */
		private @Nullable String model;

		/**
		 * Language of the input audio, as an ISO 639-1 code.
		 */
		private @Nullable String language;

		/**
		 * Prompt for the transcription, such as names to expect.
		 */
		private @Nullable String prompt;

		public @Nullable String getModel() {
			return this.model;
		}

		public void setModel(@Nullable String model) {
			this.model = model;
		}

		public @Nullable String getLanguage() {
			return this.language;
		}

		public void setLanguage(@Nullable String language) {
			this.language = language;
		}

		public @Nullable String getPrompt() {
			return this.prompt;
		}

		public void setPrompt(@Nullable String prompt) {
			this.prompt = prompt;
		}

		/**
		 * Convert the short form.
		 * @param model the model
		 * @return the settings
		 */
		public static TranscriptionProperties of(String model) {
			TranscriptionProperties properties = new TranscriptionProperties();
			properties.setModel(model);
			return properties;
		}

		private Transcription toTranscription() {
			return new Transcription((this.model != null) ? this.model : Transcription.DEFAULT_MODEL, this.language,
					this.prompt);
		}

	}

	/**
	 * Configuration properties of the detection of the end of the user's turn.
	 */
	public static class TurnDetectionProperties {

		/**
		 * Detection of the end of a turn.
		 */
		private @Nullable Type type;

		/**
		 * Threshold for the detection of speech, from 0 to 1. Server detection only.
		 */
		private @Nullable Double threshold;

		/**
		 * Duration of audio to include before detected speech. Server detection only.
		 */
		private @Nullable Duration prefixPadding;

		/**
		 * Duration of silence that ends a turn. Server detection only.
		 */
		private @Nullable Duration silenceDuration;

		/**
		 * Duration of silence after which the model responds automatically. Server
		 * detection only.
		 */
		private @Nullable Duration idleTimeout;

		/**
		 * Whether a response is created automatically at the end of a turn.
		 */
		private @Nullable Boolean createResponse;

		/**
		 * Whether speech of the user interrupts a response.
		 */
		private @Nullable Boolean interruptResponse;

		/**
		 * Eagerness of the model to respond. Semantic detection only.
		 */
		private @Nullable String eagerness;

		public @Nullable Type getType() {
			return this.type;
		}

		public void setType(@Nullable Type type) {
			this.type = type;
		}

		public @Nullable Double getThreshold() {
			return this.threshold;
		}

		public void setThreshold(@Nullable Double threshold) {
			this.threshold = threshold;
		}

		public @Nullable Duration getPrefixPadding() {
			return this.prefixPadding;
		}

		public void setPrefixPadding(@Nullable Duration prefixPadding) {
			this.prefixPadding = prefixPadding;
		}

		public @Nullable Duration getSilenceDuration() {
			return this.silenceDuration;
		}

		public void setSilenceDuration(@Nullable Duration silenceDuration) {
			this.silenceDuration = silenceDuration;
		}

		public @Nullable Duration getIdleTimeout() {
			return this.idleTimeout;
		}

		public void setIdleTimeout(@Nullable Duration idleTimeout) {
			this.idleTimeout = idleTimeout;
		}

		public @Nullable Boolean getCreateResponse() {
			return this.createResponse;
		}

		public void setCreateResponse(@Nullable Boolean createResponse) {
			this.createResponse = createResponse;
		}

		public @Nullable Boolean getInterruptResponse() {
			return this.interruptResponse;
		}

		public void setInterruptResponse(@Nullable Boolean interruptResponse) {
			this.interruptResponse = interruptResponse;
		}

		public @Nullable String getEagerness() {
			return this.eagerness;
		}

		public void setEagerness(@Nullable String eagerness) {
			this.eagerness = eagerness;
		}

		/**
		 * Convert the short form.
		 * @param type the type
		 * @return the settings
		 */
		public static TurnDetectionProperties of(String type) {
			TurnDetectionProperties properties = new TurnDetectionProperties();
			properties.setType(TurnDetection.of(type).type());
			return properties;
		}

		private TurnDetection toTurnDetection() {
			Type type = (this.type != null) ? this.type : Type.SERVER_VAD;
			return new TurnDetection(type, this.threshold, this.prefixPadding, this.silenceDuration, this.idleTimeout,
					this.createResponse, this.interruptResponse, this.eagerness);
		}

	}

}
