package dev.streaming.autoconfigure.openai;

import java.time.Duration;

import dev.streaming.openai.LiveDelegation;
import dev.streaming.openai.OpenAiLiveOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Configuration properties of the provider {@code openai-live}, bound from
 * {@code streaming.connections.<name>.openai}: those of {@code openai-realtime} that
 * GPT-Live supports, and its own.
 *
 * @since 1.0.0
 */
public class OpenAiLiveProperties extends OpenAiRealtimeProperties {

	/**
	 * Delegation of work. Provider openai-live only.
	 */
	private DelegationProperties delegation = new DelegationProperties();

	public DelegationProperties getDelegation() {
		return this.delegation;
	}

	public void setDelegation(DelegationProperties delegation) {
		this.delegation = delegation;
	}

	/**
	 * Convert the properties to the settings of the handler.
	 * @return immutable settings
	 * @throws IllegalArgumentException if a value is not allowed; the message begins with
	 * the name of the setting
	 */
	public OpenAiLiveOptions toLiveOptions() {
		refuse(!getOutputModalities().isEmpty(), "output-modalities");
		refuse(getSpeed() != null, "speed");
		refuse(getNoiseReduction() != null, "noise-reduction");
		refuse(getTranscription() != null, "transcription");
		refuse(getTurnDetection() != null, "turn-detection");
		refuse(getToolChoice() != null, "tool-choice");
		Assert.isTrue(getOutputAudioFormat() == null || getOutputAudioFormat() == getInputAudioFormat(),
				"output-audio-format must be input-audio-format, because GPT-Live has one format both ways");
		OpenAiLiveOptions.Builder builder = OpenAiLiveOptions.builder();
		applyTo(builder);
		AzureProperties azure = getAzure();
		if (azure != null) {
			builder.azure(azure.toAzureOpenAi());
			if (azure.getApiKey() != null) {
				builder.apiKey(azure.getApiKey());
			}
		}
		return builder.organization(getOrganization())
			.project(getProject())
			.audioFormat(getInputAudioFormat())
			.delegation(this.delegation.toDelegation())
			.session(getSession())
			.build();
	}

	private static void refuse(boolean given, String name) {
		Assert.isTrue(!given, () -> name + " must not be set, because GPT-Live has no such setting");
	}

	/**
	 * Configuration properties of the delegation of work.
	 */
	public static class DelegationProperties {

		/**
		 * Party that does the delegated work. By default a model of the provider if one
		 * is set, or else the DelegationHandler bean, if there is one.
		 */
		private LiveDelegation.@Nullable Type type;

		/**
		 * Name of the model that does the delegated work.
		 */
		private @Nullable String model;

		/**
		 * Instructions for the model that does the delegated work.
		 */
		private @Nullable String instructions;

		/**
		 * Maximum number of tokens of a response of the model that does the delegated
		 * work.
		 */
		private @Nullable Integer maxOutputTokens;

		/**
		 * Time after which the voice model acknowledges that work is in progress.
		 */
		private @Nullable Duration acknowledgementDelay;

		public LiveDelegation.@Nullable Type getType() {
			return this.type;
		}

		public void setType(LiveDelegation.@Nullable Type type) {
			this.type = type;
		}

		public @Nullable String getModel() {
			return this.model;
		}

		public void setModel(@Nullable String model) {
			this.model = model;
		}

		public @Nullable String getInstructions() {
			return this.instructions;
		}

		public void setInstructions(@Nullable String instructions) {
			this.instructions = instructions;
		}

		public @Nullable Integer getMaxOutputTokens() {
			return this.maxOutputTokens;
		}

		public void setMaxOutputTokens(@Nullable Integer maxOutputTokens) {
			this.maxOutputTokens = maxOutputTokens;
		}

		public @Nullable Duration getAcknowledgementDelay() {
			return this.acknowledgementDelay;
		}

		public void setAcknowledgementDelay(@Nullable Duration acknowledgementDelay) {
			this.acknowledgementDelay = acknowledgementDelay;
		}

		private @Nullable LiveDelegation toDelegation() {
			LiveDelegation.Type wanted = this.type;
			if (wanted == null && this.model != null) {
				wanted = LiveDelegation.Type.RESPONSES;
			}
			if (wanted == null) {
				Assert.isTrue(this.instructions == null && this.maxOutputTokens == null,
						"delegation.model must name the model that does the work");
				Assert.isTrue(this.acknowledgementDelay == null,
						"delegation.type must be set for delegation.acknowledgement-delay");
				return null;
			}
			return new LiveDelegation(wanted, this.model, this.instructions, this.maxOutputTokens,
					this.acknowledgementDelay);
		}

	}

}
