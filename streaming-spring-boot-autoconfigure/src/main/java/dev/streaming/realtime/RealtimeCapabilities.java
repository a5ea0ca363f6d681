package dev.streaming.realtime;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Features of one session's provider and model, and the sample rates of its input and
 * output audio. The provider's handler has profiles of the models known at its release;
 * unknown names are not restricted. Settings correct the profile of a model by feature:
 * {@code openai.capabilities.images: false}. Immutable.
 *
 * @since 1.0.0
 * @see RealtimeClient#capabilities()
 */
public final class RealtimeCapabilities {

	private final Set<Feature> features;

	private final List<Integer> inputRates;

	private final List<Integer> outputRates;

	private RealtimeCapabilities(Builder builder) {
		this.features = Collections.unmodifiableSet(
				builder.features.isEmpty() ? EnumSet.noneOf(Feature.class) : EnumSet.copyOf(builder.features));
		this.inputRates = List.copyOf(builder.inputRates);
		this.outputRates = List.copyOf(builder.outputRates);
	}

	/**
	 * Return a builder with all features and any sample rate.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return a builder initialized with these capabilities.
	 * @return a builder
	 */
	public Builder toBuilder() {
		Builder builder = new Builder();
		builder.features.retainAll(this.features);
		return builder.inputRates(this.inputRates).outputRates(this.outputRates);
	}

	/**
	 * Return these capabilities with corrections.
	 * @param corrections whether a feature is supported
	 * @return the capabilities
	 */
	public RealtimeCapabilities with(Map<Feature, Boolean> corrections) {
		Builder builder = toBuilder();
		corrections.forEach(builder::feature);
		return builder.build();
	}

	/**
	 * Return whether a feature is supported.
	 * @param feature the feature
	 * @return whether it is
	 */
	public boolean supports(Feature feature) {
		return this.features.contains(feature);
	}

	/**
	 * Throw an exception unless a feature is supported.
	 * @param feature the feature
	 * @param reason the reason, which is the beginning of the message
	 * @throws UnsupportedOperationException if it is not supported; the message has the
	 * reason, and the setting that corrects a wrong profile
	 */
	public void require(Feature feature, String reason) {
		if (!supports(feature)) {
			throw new UnsupportedOperationException(reason + "; if it does, set capabilities." + feature.settingName()
					+ " to true below the provider's settings");
		}
	}

	/**
	 * Return the features.
	 * @return the supported features, in the order of {@link Feature}
	 */
	public Set<Feature> features() {
		return this.features;
	}

	/**
	 * Return the sample rates of the input audio.
	 * @return the rates in Hz; empty for any
	 */
	public List<Integer> inputRates() {
		return this.inputRates;
	}

	/**
	 * Return the sample rates of the output audio.
	 * @return the rates in Hz; empty for any
	 */
	public List<Integer> outputRates() {
		return this.outputRates;
	}

	/**
	 * Return {@link Feature#TEXT_INPUT}.
	 * @return whether it is supported
	 */
	public boolean textInput() {
		return supports(Feature.TEXT_INPUT);
	}

	/**
	 * Return {@link Feature#TEXT_OUTPUT}.
	 * @return whether it is supported
	 */
	public boolean textOutput() {
		return supports(Feature.TEXT_OUTPUT);
	}

	/**
	 * Return {@link Feature#IMAGES}.
	 * @return whether it is supported
	 */
	public boolean images() {
		return supports(Feature.IMAGES);
	}

	/**
	 * Return {@link Feature#ROLES}.
	 * @return whether it is supported
	 */
	public boolean roles() {
		return supports(Feature.ROLES);
	}

	/**
	 * Return {@link Feature#TOOLS}.
	 * @return whether it is supported
	 */
	public boolean tools() {
		return supports(Feature.TOOLS);
	}

	/**
	 * Return {@link Feature#ASYNCHRONOUS_TOOLS}.
	 * @return whether it is supported
	 */
	public boolean asynchronousTools() {
		return supports(Feature.ASYNCHRONOUS_TOOLS);
	}

	/**
	 * Return {@link Feature#TOOL_SCHEDULING}.
	 * @return whether it is supported
	 */
	public boolean toolScheduling() {
		return supports(Feature.TOOL_SCHEDULING);
	}

	/**
	 * Return {@link Feature#RESULT_IMAGES}.
	 * @return whether it is supported
	 */
	public boolean resultImages() {
		return supports(Feature.RESULT_IMAGES);
	}

	/**
	 * Return {@link Feature#RESPONSES}.
	 * @return whether it is supported
	 */
	public boolean responses() {
		return supports(Feature.RESPONSES);
	}

	/**
	 * Return {@link Feature#RESPONSE_OPTIONS}.
	 * @return whether it is supported
	 */
	public boolean responseOptions() {
		return supports(Feature.RESPONSE_OPTIONS);
	}

	/**
	 * Return {@link Feature#OUT_OF_BAND_RESPONSES}.
	 * @return whether it is supported
	 */
	public boolean outOfBandResponses() {
		return supports(Feature.OUT_OF_BAND_RESPONSES);
	}

	/**
	 * Return {@link Feature#UPDATE}.
	 * @return whether it is supported
	 */
	public boolean update() {
		return supports(Feature.UPDATE);
	}

	/**
	 * Return {@link Feature#CANCEL}.
	 * @return whether it is supported
	 */
	public boolean cancel() {
		return supports(Feature.CANCEL);
	}

	/**
	 * Return {@link Feature#TRUNCATE}.
	 * @return whether it is supported
	 */
	public boolean truncate() {
		return supports(Feature.TRUNCATE);
	}

	/**
	 * Return {@link Feature#COMMIT}.
	 * @return whether it is supported
	 */
	public boolean commit() {
		return supports(Feature.COMMIT);
	}

	/**
	 * Return {@link Feature#CLEAR}.
	 * @return whether it is supported
	 */
	public boolean clear() {
		return supports(Feature.CLEAR);
	}

	/**
	 * Return {@link Feature#APPROVAL}.
	 * @return whether it is supported
	 */
	public boolean approval() {
		return supports(Feature.APPROVAL);
	}

	/**
	 * Return {@link Feature#THINKING}.
	 * @return whether it is supported
	 */
	public boolean thinking() {
		return supports(Feature.THINKING);
	}

	/**
	 * Return {@link Feature#RESUMPTION}.
	 * @return whether it is supported
	 */
	public boolean resumption() {
		return supports(Feature.RESUMPTION);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof RealtimeCapabilities that && this.features.equals(that.features)
				&& this.inputRates.equals(that.inputRates) && this.outputRates.equals(that.outputRates);
	}

	@Override
	public int hashCode() {
		return this.features.hashCode() + 31 * this.inputRates.hashCode() + 17 * this.outputRates.hashCode();
	}

	@Override
	public String toString() {
		return "RealtimeCapabilities[features=" + this.features + ", inputRates=" + this.inputRates + ", outputRates="
				+ this.outputRates + "]";
	}

	/**
	 * Feature that only some providers or models support.
	 */
	public enum Feature {

		/** {@code sendText}: the session accepts text. */
		TEXT_INPUT,

		/**
		 * Texts are accepted as turns at any time, and not answered until a response is
		 * requested. Without this feature, texts are sent with that request.
		 */
		TEXT_TURNS,

		/** Answers may be written instead of spoken. */
		TEXT_OUTPUT,

		/** {@code sendText(String, Role)}: texts of the system and of the model. */
		ROLES,

		/** {@code sendImage}: the model accepts images or frames of a video. */
		IMAGES,

		/** The model may call functions. */
		TOOLS,

		/** The model may continue to speak while a tool is running. */
		ASYNCHRONOUS_TOOLS,

		/** The result of a tool may specify when the model reports it. */
		TOOL_SCHEDULING,

		/** The result of a tool may contain images. */
		RESULT_IMAGES,

		/** {@code respond}: a response may be requested. */
		RESPONSES,

		/**
		 * {@code respond(ResponseOptions)}: a response may have its own settings.
		 */
		RESPONSE_OPTIONS,

		/** A response may run beside the conversation. */
		OUT_OF_BAND_RESPONSES,

		/** {@code update}: the session's settings may be changed. */
		UPDATE,

		/**
		 * {@code cancel} stops the provider. Without this feature, the rest of the
		 * response is dropped on arrival, if the provider's responses can be
		 * distinguished.
		 */
		CANCEL,

		/**
		 * {@code truncate} reports to the provider how much was played. Without this
		 * feature, the provider keeps track itself.
		 */
		TRUNCATE,

		/** {@code commitAudio}: the application may end the user's turn. */
		COMMIT,

		/** {@code clearAudio}: uncommitted audio may be cleared. */
		CLEAR,

		/**
		 * {@code approve}: the provider requests approval before it calls a tool of an
		 * MCP server.
		 */
		APPROVAL,

		/** Settings for thinking are supported. */
		THINKING,

		/** The model may be allowed not to answer. */
		PROACTIVE_AUDIO,

		/** The model may adapt to the tone of the user. */
		AFFECTIVE_DIALOG,

		/** A new connection may resume the conversation of the previous one. */
		RESUMPTION;

		/**
		 * Return the name of the setting.
		 * @return the name below {@code capabilities}
		 */
		public String settingName() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

	/**
	 * Builder for {@link RealtimeCapabilities}. Not thread-safe.
	 */
	public static final class Builder {

		private final Set<Feature> features = EnumSet.allOf(Feature.class);

		private List<Integer> inputRates = List.of();

		private List<Integer> outputRates = List.of();

		private Builder() {
		}

		/**
		 * Set whether a feature is supported.
		 * @param feature the feature
		 * @param supported whether it is supported
		 * @return this builder
		 */
		public Builder feature(Feature feature, boolean supported) {
			Assert.notNull(feature, "'feature' must not be null");
			if (supported) {
				this.features.add(feature);
			}
			else {
				this.features.remove(feature);
			}
			return this;
		}

		/**
		 * Remove features.
		 * @param missing the features that are not supported
		 * @return this builder
		 */
		public Builder without(Feature... missing) {
			this.features.removeAll(List.of(missing));
			return this;
		}

		/**
		 * Set the sample rates of the input audio.
		 * @param rates the rates in Hz; empty for any
		 * @return this builder
		 */
		public Builder inputRates(Collection<Integer> rates) {
			this.inputRates = List.copyOf(rates);
			return this;
		}

		/**
		 * Set the sample rates of the output audio.
		 * @param rates the rates in Hz; empty for any
		 * @return this builder
		 */
		public Builder outputRates(Collection<Integer> rates) {
			this.outputRates = List.copyOf(rates);
			return this;
		}

		/**
		 * Build the capabilities.
		 * @return the capabilities
		 */
		public RealtimeCapabilities build() {
			return new RealtimeCapabilities(this);
		}

	}

}
