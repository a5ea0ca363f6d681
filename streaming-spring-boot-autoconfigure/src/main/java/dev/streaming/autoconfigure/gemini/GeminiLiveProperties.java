package dev.streaming.autoconfigure.gemini;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.streaming.autoconfigure.realtime.RealtimeProviderProperties;
import dev.streaming.gemini.ActivityDetection;
import dev.streaming.gemini.ActivityDetection.Interruption;
import dev.streaming.gemini.ActivityDetection.Sensitivity;
import dev.streaming.gemini.ActivityDetection.TurnCoverage;
import dev.streaming.gemini.ContextCompression;
import dev.streaming.gemini.GeminiLiveOptions;
import dev.streaming.gemini.Modality;
import dev.streaming.gemini.TextInput;
import dev.streaming.gemini.VertexAi;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Configuration properties of the provider {@code gemini-live}, bound from
 * {@code streaming.connections.<name>.gemini}.
 *
 * @since 1.0.0
 */
public class GeminiLiveProperties extends RealtimeProviderProperties {

	/**
	 * Modality of the responses. Exactly one.
	 */
	private List<Modality> responseModalities = List.of(Modality.AUDIO);

	/**
	 * Language of the responses, as a BCP 47 tag.
	 */
	private @Nullable String language;

	/**
	 * Sample rate of the input audio, in Hz. Audio is not resampled.
	 */
	private int inputSampleRate = 16000;

	/**
	 * Whether to transcribe the speech of the user.
	 */
	private boolean inputTranscription = true;

	/**
	 * Whether to transcribe the speech of the model.
	 */
	private boolean outputTranscription = true;

	/**
	 * Whether a new connection resumes the conversation of the previous one.
	 */
	private boolean sessionResumption = true;

	/**
	 * Whether to request reports of the messages that were consumed. Vertex AI only.
	 */
	private boolean transparent;

	/**
	 * Way in which texts of the user are sent.
	 */
	private TextInput textInput = TextInput.AUTO;

	/**
	 * Project on Vertex AI, instead of the Gemini API.
	 */
	private @Nullable VertexProperties vertex;

	/**
	 * Additional fields of the setup message, merged into it last.
	 */
	private Map<String, Object> setup = new LinkedHashMap<>();

	public List<Modality> getResponseModalities() {
		return this.responseModalities;
	}

	public void setResponseModalities(List<Modality> responseModalities) {
		this.responseModalities = responseModalities;
	}

	public @Nullable String getLanguage() {
		return this.language;
	}

	public void setLanguage(@Nullable String language) {
		this.language = language;
	}

	public int getInputSampleRate() {
		return this.inputSampleRate;
	}

	public void setInputSampleRate(int inputSampleRate) {
		this.inputSampleRate = inputSampleRate;
	}

	public boolean isInputTranscription() {
		return this.inputTranscription;
	}

	public void setInputTranscription(boolean inputTranscription) {
		this.inputTranscription = inputTranscription;
	}

	public boolean isOutputTranscription() {
		return this.outputTranscription;
	}

	public void setOutputTranscription(boolean outputTranscription) {
		this.outputTranscription = outputTranscription;
	}

	public boolean isSessionResumption() {
		return this.sessionResumption;
	}

	public void setSessionResumption(boolean sessionResumption) {
		this.sessionResumption = sessionResumption;
	}

	public boolean isTransparent() {
		return this.transparent;
	}

	public void setTransparent(boolean transparent) {
		this.transparent = transparent;
	}

	public TextInput getTextInput() {
		return this.textInput;
	}

	public void setTextInput(TextInput textInput) {
		this.textInput = textInput;
	}

	public Map<String, Object> getSetup() {
		return this.setup;
	}

	public void setSetup(Map<String, Object> setup) {
		this.setup = setup;
	}

	private final ActivityDetectionProperties activityDetection = new ActivityDetectionProperties();

	private final ContextCompressionProperties contextCompression = new ContextCompressionProperties();

	public ActivityDetectionProperties getActivityDetection() {
		return this.activityDetection;
	}

	public ContextCompressionProperties getContextCompression() {
		return this.contextCompression;
	}

	public @Nullable VertexProperties getVertex() {
		return this.vertex;
	}

	public void setVertex(@Nullable VertexProperties vertex) {
		this.vertex = vertex;
	}

	/**
	 * Convert the properties to the settings of the handler.
	 * @return immutable settings
	 * @throws IllegalArgumentException if a value is not allowed; the message begins with
	 * the name of the setting
	 */
	public GeminiLiveOptions toOptions() {
		GeminiLiveOptions.Builder builder = GeminiLiveOptions.builder();
		applyTo(builder);
		return builder.responseModalities(this.responseModalities)
			.language(this.language)
			.inputSampleRate(this.inputSampleRate)
			.inputTranscription(this.inputTranscription)
			.outputTranscription(this.outputTranscription)
			.activityDetection(this.activityDetection.toActivityDetection())
			.contextCompression(this.contextCompression.toContextCompression())
			.sessionResumption(this.sessionResumption)
			.transparent(this.transparent)
			.textInput(this.textInput)
			.vertex((this.vertex != null) ? this.vertex.toVertexAi() : null)
			.setup(this.setup)
			.build();
	}

	/**
	 * Configuration properties of a project on Vertex AI.
	 */
	public static class VertexProperties {

		/**
		 * Id of the project.
		 */
		private @Nullable String project;

		/**
		 * Location, such as europe-west4, or global.
		 */
		private @Nullable String location;

		public @Nullable String getProject() {
			return this.project;
		}

		public void setProject(@Nullable String project) {
			this.project = project;
		}

		public @Nullable String getLocation() {
			return this.location;
		}

		public void setLocation(@Nullable String location) {
			this.location = location;
		}

		private VertexAi toVertexAi() {
			Assert.hasText(this.project, "vertex.project must not be empty");
			Assert.hasText(this.location, "vertex.location must not be empty");
			return new VertexAi(this.project, this.location);
		}

	}

	/**
	 * Configuration properties of the detection of the user's speech.
	 */
	public static class ActivityDetectionProperties {

		/**
		 * Whether the application marks the turns of the user, so that the service does
		 * not detect speech.
		 */
		private boolean disabled;

		/**
		 * Sensitivity of the detection of the start of speech.
		 */
		private @Nullable Sensitivity startSensitivity;

		/**
		 * Sensitivity of the detection of the end of speech.
		 */
		private @Nullable Sensitivity endSensitivity;

		/**
		 * Minimum duration of speech before it is detected.
		 */
		private @Nullable Duration prefixPadding;

		/**
		 * Duration of silence that ends speech.
		 */
		private @Nullable Duration silenceDuration;

		/**
		 * Effect of speech on a response in progress.
		 */
		private @Nullable Interruption interruption;

		/**
		 * Input to include in a turn.
		 */
		private @Nullable TurnCoverage turnCoverage;

		public boolean isDisabled() {
			return this.disabled;
		}

		public void setDisabled(boolean disabled) {
			this.disabled = disabled;
		}

		public @Nullable Sensitivity getStartSensitivity() {
			return this.startSensitivity;
		}

		public void setStartSensitivity(@Nullable Sensitivity startSensitivity) {
			this.startSensitivity = startSensitivity;
		}

		public @Nullable Sensitivity getEndSensitivity() {
			return this.endSensitivity;
		}

		public void setEndSensitivity(@Nullable Sensitivity endSensitivity) {
			this.endSensitivity = endSensitivity;
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

		public @Nullable Interruption getInterruption() {
			return this.interruption;
		}

		public void setInterruption(@Nullable Interruption interruption) {
			this.interruption = interruption;
		}

		public @Nullable TurnCoverage getTurnCoverage() {
			return this.turnCoverage;
		}

		public void setTurnCoverage(@Nullable TurnCoverage turnCoverage) {
			this.turnCoverage = turnCoverage;
		}

		private ActivityDetection toActivityDetection() {
			return new ActivityDetection(this.disabled, this.startSensitivity, this.endSensitivity, this.prefixPadding,
					this.silenceDuration, this.interruption, this.turnCoverage);
		}

	}

	/**
	 * Configuration properties of the compression of a long context.
	 */
	public static class ContextCompressionProperties {

		/**
		 * Whether the service drops the oldest turns of a long context instead of ending
		 * the session.
		 */
		private boolean enabled = true;

		/**
		 * Number of tokens that triggers the compression.
		 */
		private @Nullable Integer triggerTokens;

		/**
		 * Number of tokens of the context after the compression.
		 */
		private @Nullable Integer targetTokens;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public @Nullable Integer getTriggerTokens() {
			return this.triggerTokens;
		}

		public void setTriggerTokens(@Nullable Integer triggerTokens) {
			this.triggerTokens = triggerTokens;
		}

		public @Nullable Integer getTargetTokens() {
			return this.targetTokens;
		}

		public void setTargetTokens(@Nullable Integer targetTokens) {
			this.targetTokens = targetTokens;
		}

		private ContextCompression toContextCompression() {
			return new ContextCompression(this.enabled, this.triggerTokens, this.targetTokens);
		}

	}

}
