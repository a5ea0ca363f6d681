package dev.streaming.realtime;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import dev.streaming.Handshake;
import dev.streaming.PermanentFailureException;
import dev.streaming.realtime.RealtimeCapabilities.Feature;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * Settings that all realtime providers have in common. A setting that is {@code null} is
 * not sent, so that the provider's default applies. Implementations are immutable.
 *
 * @since 1.0.0
 */
public abstract class RealtimeOptions {

	/** Default number of texts of a conversation that are replayed. */
	public static final int DEFAULT_HISTORY_SIZE = 20;

	private final @Nullable String apiKey;

	private final String model;

	private final @Nullable String instructions;

	private final @Nullable String voice;

	private final @Nullable List<String> tools;

	private final @Nullable Integer maxOutputTokens;

	private final @Nullable Double temperature;

	private final boolean historyReplay;

	private final int historySize;

	private final Map<Feature, Boolean> capabilities;

	/**
	 * Create settings.
	 * @param builder the builder with the settings
	 * @param defaultModel the model to use if the builder has none
	 * @throws IllegalArgumentException if a value is not allowed; the message begins with
	 * the name of the setting
	 */
	protected RealtimeOptions(Builder<?> builder, String defaultModel) {
		this.apiKey = builder.apiKey;
		this.model = StringUtils.hasText(builder.model) ? builder.model : defaultModel;
		this.instructions = builder.instructions;
		this.voice = builder.voice;
		this.tools = (builder.tools != null) ? List.copyOf(builder.tools) : null;
		this.maxOutputTokens = builder.maxOutputTokens;
		this.temperature = builder.temperature;
		this.historyReplay = builder.historyReplay;
		this.historySize = builder.historySize;
		this.capabilities = Collections.unmodifiableMap(new EnumMap<>(builder.capabilities));
		Assert.isTrue(this.historySize >= 0, "history-size must not be negative");
		Assert.isTrue(this.maxOutputTokens == null || this.maxOutputTokens > 0, "max-output-tokens must be positive");
		Assert.isTrue(this.temperature == null || this.temperature >= 0, "temperature must not be negative");
	}

	/**
	 * Return the API key in the attributes of the session, which overrides the one of the
	 * settings.
	 * @param handshake the handshake
	 * @return the key, or {@code null} if the session has no such attribute
	 * @throws PermanentFailureException if the attribute is not a string, or empty
	 */
	protected static @Nullable String apiKey(Handshake handshake) {
		Object value = handshake.attributes().get(RealtimeAttributes.API_KEY);
		if (value == null) {
			return null;
		}
		if (value instanceof CharSequence key && StringUtils.hasText(key)) {
			return key.toString().strip();
		}
		throw new PermanentFailureException(
				"The attribute '" + RealtimeAttributes.API_KEY + "' of the session must be a text that is not empty",
				null);
	}

	/**
	 * Return the API key.
	 * @return the key, or {@code null} if the connection's headers or its handshake
	 * customizer provide it
	 */
	public @Nullable String apiKey() {
		return this.apiKey;
	}

	/**
	 * Return the model.
	 * @return the provider's name of the model
	 */
	public String model() {
		return this.model;
	}

	/**
	 * Return the instructions to the model.
	 * @return the text, or {@code null}
	 */
	public @Nullable String instructions() {
		return this.instructions;
	}

	/**
	 * Return the voice of answers.
	 * @return the provider's name of the voice, or {@code null}
	 */
	public @Nullable String voice() {
		return this.voice;
	}

	/**
	 * Return the names of the tools to offer.
	 * @return the names, or {@code null} for all tools
	 */
	public @Nullable List<String> tools() {
		return this.tools;
	}

	/**
	 * Return the maximum number of tokens of an answer.
	 * @return the number of tokens, or {@code null}
	 */
	public @Nullable Integer maxOutputTokens() {
		return this.maxOutputTokens;
	}

	/**
	 * Return the temperature.
	 * @return the temperature, or {@code null}
	 */
	public @Nullable Double temperature() {
		return this.temperature;
	}

	/**
	 * Return whether to replay the conversation after the provider has lost it.
	 * @return whether to replay it
	 */
	public boolean historyReplay() {
		return this.historyReplay;
	}

	/**
	 * Return the maximum number of texts to replay.
	 * @return the number, zero or more
	 */
	public int historySize() {
		return this.historySize;
	}

	/**
	 * Return the corrections of the model's profile.
	 * @return whether a feature is supported, for the corrected features
	 */
	public Map<Feature, Boolean> capabilityCorrections() {
		return this.capabilities;
	}

	/**
	 * Builder for {@link RealtimeOptions}. Not thread-safe.
	 *
	 * @param <B> the type of the builder
	 */
	public abstract static class Builder<B extends Builder<B>> {

		private @Nullable String apiKey;

		private @Nullable String model;

		private @Nullable String instructions;

		private @Nullable String voice;

		private @Nullable List<String> tools;

		private @Nullable Integer maxOutputTokens;

		private @Nullable Double temperature;

		private boolean historyReplay = true;

		private int historySize = DEFAULT_HISTORY_SIZE;

		private final Map<Feature, Boolean> capabilities = new EnumMap<>(Feature.class);

		/**
		 * Create a builder with default settings.
		 */
		protected Builder() {
		}

		/**
		 * Create a builder initialized with settings.
		 * @param options the settings
		 */
		protected Builder(RealtimeOptions options) {
			this.apiKey = options.apiKey;
			this.model = options.model;
			this.instructions = options.instructions;
			this.voice = options.voice;
			this.tools = options.tools;
			this.maxOutputTokens = options.maxOutputTokens;
			this.temperature = options.temperature;
			this.historyReplay = options.historyReplay;
			this.historySize = options.historySize;
			this.capabilities.putAll(options.capabilities);
		}

		@SuppressWarnings("unchecked")
		private B self() {
			return (B) this;
		}

		/**
		 * Set the API key.
		 * @param apiKey the key, or {@code null} if headers or a token are used instead
		 * @return this builder
		 */
		public B apiKey(@Nullable String apiKey) {
			this.apiKey = apiKey;
			return self();
		}

		/**
		 * Set the model.
		 * @param model the provider's name of the model
		 * @return this builder
		 */
		public B model(String model) {
			this.model = model;
			return self();
		}

		/**
		 * Set the instructions to the model.
		 * @param instructions the text, or {@code null}
		 * @return this builder
		 */
		public B instructions(@Nullable String instructions) {
			this.instructions = instructions;
			return self();
		}

		/**
		 * Set the voice of answers.
		 * @param voice the provider's name of the voice, or {@code null}
		 * @return this builder
		 */
		public B voice(@Nullable String voice) {
			this.voice = voice;
			return self();
		}

		/**
		 * Set the tools to offer.
		 * @param tools the names of the tools, or {@code null} for all tools
		 * @return this builder
		 */
		public B tools(@Nullable List<String> tools) {
			this.tools = tools;
			return self();
		}

		/**
		 * Set the maximum number of tokens of an answer.
		 * @param maxOutputTokens the number of tokens, positive, or {@code null}
		 * @return this builder
		 */
		public B maxOutputTokens(@Nullable Integer maxOutputTokens) {
			this.maxOutputTokens = maxOutputTokens;
			return self();
		}

		/**
		 * Set the temperature.
		 * @param temperature the temperature, or {@code null}
		 * @return this builder
		 */
		public B temperature(@Nullable Double temperature) {
			this.temperature = temperature;
			return self();
		}

		/**
		 * Set whether to replay the conversation after the provider has lost it.
		 * @param historyReplay whether to replay it
		 * @return this builder
		 */
		public B historyReplay(boolean historyReplay) {
			this.historyReplay = historyReplay;
			return self();
		}

		/**
		 * Set the maximum number of texts to replay.
		 * @param historySize the number, zero or more
		 * @return this builder
		 */
		public B historySize(int historySize) {
			this.historySize = historySize;
			return self();
		}

		/**
		 * Correct the profile of the model, such as one that this version has no profile
		 * of.
		 * @param feature the feature
		 * @param supported whether it is supported
		 * @return this builder
		 */
		public B capability(Feature feature, boolean supported) {
			this.capabilities.put(feature, supported);
			return self();
		}

	}

}
