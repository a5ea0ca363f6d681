package dev.streaming.openai;

import java.net.URI;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.streaming.ConnConfig;
import dev.streaming.Handshake;
import dev.streaming.realtime.RealtimeCapabilities;
import dev.streaming.realtime.RealtimeCapabilities.Feature;
import dev.streaming.realtime.RealtimeOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Settings of {@link OpenAiLiveHandler}. Immutable. A setting that is {@code null} is not
 * sent, so that the provider's default holds.
 *
 * @since 1.0.0
 */
public final class OpenAiLiveOptions extends RealtimeOptions {

	/** The default model, as of November 2026. */
	public static final String DEFAULT_MODEL = "gpt-live-1";

	/** URL of OpenAI's GPT-Live API. */
	public static final String DEFAULT_URL = "wss://api.openai.com/v1/live/sessions";

	/** Maximum number of texts that the provider accepts when a session starts. */
	private static final int MAX_HISTORY = 128;

	private final @Nullable String organization;

	private final @Nullable String project;

	private final @Nullable OpenAiAudioFormat audioFormat;

	private final @Nullable LiveDelegation delegation;

	private final @Nullable AzureOpenAi azure;

	private final Map<String, Object> session;

	private OpenAiLiveOptions(Builder builder) {
		super(builder, DEFAULT_MODEL);
		this.organization = builder.organization;
		this.project = builder.project;
		this.audioFormat = builder.audioFormat;
		this.delegation = builder.delegation;
		this.azure = builder.azure;
		this.session = Collections.unmodifiableMap(new LinkedHashMap<>(builder.session));
		Assert.isTrue(temperature() == null, "temperature must not be set, because GPT-Live has none");
		Assert.isTrue(maxOutputTokens() == null,
				"max-output-tokens must not be set, because GPT-Live has none; delegation.max-output-tokens limits the"
						+ " model that does the work");
		Assert.isTrue(historySize() <= MAX_HISTORY,
				"history-size must not be more than 128, as GPT-Live takes no more");
	}

	/**
	 * Return a builder with default settings.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return the number of texts that are replayed to a new session.
	 * @return the number, 0 if the replay is off
	 */
	int replayed() {
		return historyReplay() ? historySize() : 0;
	}

	/**
	 * Return the format of the input and output audio.
	 * @return the format, or {@code null} for PCM of 24,000 Hz
	 */
	public @Nullable OpenAiAudioFormat audioFormat() {
		return this.audioFormat;
	}

	/**
	 * Return the delegation of work.
	 * @return the delegation, or {@code null} for the default of the handler
	 */
	public @Nullable LiveDelegation delegation() {
		return this.delegation;
	}

	/**
	 * Return the resource on Azure.
	 * @return the resource, or {@code null} for OpenAI's own service
	 */
	public @Nullable AzureOpenAi azure() {
		return this.azure;
	}

	/**
	 * Return the additional fields of the {@code session} of {@code session.start}.
	 * @return the fields, merged into it
	 */
	public Map<String, Object> session() {
		return this.session;
	}

	/**
	 * Return the capabilities of the protocol: the model listens and speaks at the same
	 * time, so that there is nothing to commit, to request, to cancel or to truncate.
	 * @return the capabilities
	 */
	public RealtimeCapabilities capabilities() {
		return RealtimeCapabilities.builder()
			.without(Feature.TEXT_INPUT, Feature.TEXT_TURNS, Feature.TEXT_OUTPUT, Feature.IMAGES,
					Feature.TOOL_SCHEDULING, Feature.RESPONSES, Feature.RESPONSE_OPTIONS, Feature.OUT_OF_BAND_RESPONSES,
					Feature.UPDATE, Feature.CANCEL, Feature.TRUNCATE, Feature.COMMIT, Feature.CLEAR, Feature.APPROVAL,
					Feature.THINKING, Feature.PROACTIVE_AUDIO, Feature.AFFECTIVE_DIALOG, Feature.RESUMPTION)
			.inputRates(List.of(24_000, 16_000, 8_000))
			.outputRates(List.of(24_000, 16_000, 8_000))
			.build()
			.with(capabilityCorrections());
	}

	/**
	 * Return the URL of OpenAI, or of the resource on Azure.
	 * @return the URL
	 */
	public URI url() {
		return (this.azure != null) ? this.azure.url("live/sessions") : URI.create(DEFAULT_URL);
	}

	/**
	 * Return the settings of a connection to OpenAI: its URL, and the headers with the
	 * key.
	 * @return a new builder
	 */
	public ConnConfig.Builder connConfig() {
		return connConfig(ConnConfig.builder(url().toString()));
	}

	/**
	 * Add the headers with the key to the settings of a connection to another endpoint.
	 * @param conn the settings
	 * @return the same settings
	 */
	public ConnConfig.Builder connConfig(ConnConfig.Builder conn) {
		return conn
			.headers(new OpenAiCredentials(apiKey(), this.organization, this.project, this.azure != null).headers())
			.handshake(this::authorize);
	}

	private void authorize(Handshake handshake) {
		String apiKey = apiKey(handshake);
		if (apiKey != null) {
			boolean onAzure = this.azure != null;
			handshake.header(OpenAiCredentials.keyHeader(onAzure), OpenAiCredentials.keyValue(onAzure, apiKey));
		}
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof OpenAiLiveOptions options && values().equals(options.values());
	}

	@Override
	public int hashCode() {
		return values().hashCode();
	}

	private List<@Nullable Object> values() {
		return Arrays.asList(apiKey(), this.organization, this.project, model(), instructions(), voice(),
				this.audioFormat, this.delegation, this.azure, tools(), historyReplay(), historySize(), this.session,
				capabilityCorrections());
	}

	/**
	 * Return a short description with model and voice, but without the key.
	 * @return a short description
	 */
	@Override
	public String toString() {
		return "OpenAiLiveOptions[model=" + model() + ", voice=" + voice() + ", apiKey="
				+ ((apiKey() != null) ? "***" : "none") + "]";
	}

	/**
	 * Builder for {@link OpenAiLiveOptions}. Not thread-safe.
	 */
	public static final class Builder extends RealtimeOptions.Builder<Builder> {

		private @Nullable String organization;

		private @Nullable String project;

		private @Nullable OpenAiAudioFormat audioFormat;

		private @Nullable LiveDelegation delegation;

		private @Nullable AzureOpenAi azure;

		private Map<String, Object> session = Map.of();

		private Builder() {
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
		 * Set the format of the input and output audio.
		 * @param audioFormat the format
		 * @return this
		 */
		public Builder audioFormat(@Nullable OpenAiAudioFormat audioFormat) {
			this.audioFormat = audioFormat;
			return this;
		}

		/**
		 * Set the delegation of work.
		 * @param delegation the delegation, or {@code null} to delegate to the
		 * {@link DelegationHandler} if there is one
		 * @return this
		 */
		public Builder delegation(@Nullable LiveDelegation delegation) {
			this.delegation = delegation;
			return this;
		}

		/**
		 * Set the resource on Azure. Its deployment is the model.
		 * @param azure the resource, or {@code null} for OpenAI's own service
		 * @return this
		 */
		public Builder azure(@Nullable AzureOpenAi azure) {
			this.azure = azure;
			return (azure != null) ? model(azure.deployment()) : this;
		}

		/**
		 * Set additional fields of the {@code session} of {@code session.start}.
		 * @param session the fields, named as in the protocol
		 * @return this
		 */
		public Builder session(Map<String, Object> session) {
			this.session = session;
			return this;
		}

		/**
		 * Build the settings.
		 * @return immutable settings
		 * @throws IllegalArgumentException if a value is not allowed; the message begins
		 * with the name of the setting
		 */
		public OpenAiLiveOptions build() {
			return new OpenAiLiveOptions(this);
		}

	}

}
