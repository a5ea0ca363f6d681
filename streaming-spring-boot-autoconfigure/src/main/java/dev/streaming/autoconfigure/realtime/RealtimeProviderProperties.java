package dev.streaming.autoconfigure.realtime;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.streaming.realtime.RealtimeCapabilities;
import dev.streaming.realtime.RealtimeOptions;
import org.jspecify.annotations.Nullable;

/**
 * Configuration properties that all realtime providers have in common. A property that is
 * {@code null} is not configured.
 *
 * @since 1.0.0
 */
public abstract class RealtimeProviderProperties {

	/**
	 * API key. Not required if a header or a HandshakeCustomizer provides one.
	 */
	private @Nullable String apiKey;

	/**
	 * Name of the model.
	 */
	private @Nullable String model;

	/**
	 * Instructions for the model.
	 */
	private @Nullable String instructions;

	/**
	 * Name of the voice of the model.
	 */
	private @Nullable String voice;

	/**
	 * Names of the tools to offer. All tools if not set.
	 */
	private @Nullable List<String> tools;

	/**
	 * Maximum number of tokens of a response.
	 */
	private @Nullable Integer maxOutputTokens;

	/**
	 * Sampling temperature of the model.
	 */
	private @Nullable Double temperature;

	/**
	 * Whether to replay the conversation after the provider has lost it.
	 */
	private boolean historyReplay = true;

	/**
	 * Maximum number of texts of the conversation to replay.
	 */
	private int historySize = 20;

	/**
	 * Corrections of the known features of the model, by feature. Unknown models support
	 * all features.
	 */
	private Map<RealtimeCapabilities.Feature, Boolean> capabilities = new LinkedHashMap<>();

	public @Nullable String getApiKey() {
		return this.apiKey;
	}

	public void setApiKey(@Nullable String apiKey) {
		this.apiKey = apiKey;
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

	public @Nullable String getVoice() {
		return this.voice;
	}

	public void setVoice(@Nullable String voice) {
		this.voice = voice;
	}

	public @Nullable List<String> getTools() {
		return this.tools;
	}

	public void setTools(@Nullable List<String> tools) {
		this.tools = tools;
	}

	public @Nullable Integer getMaxOutputTokens() {
		return this.maxOutputTokens;
	}

	public void setMaxOutputTokens(@Nullable Integer maxOutputTokens) {
		this.maxOutputTokens = maxOutputTokens;
	}

	public @Nullable Double getTemperature() {
		return this.temperature;
	}

	public void setTemperature(@Nullable Double temperature) {
		this.temperature = temperature;
	}

	public boolean isHistoryReplay() {
		return this.historyReplay;
	}

	public void setHistoryReplay(boolean historyReplay) {
		this.historyReplay = historyReplay;
	}

	public int getHistorySize() {
		return this.historySize;
	}

	public void setHistorySize(int historySize) {
		this.historySize = historySize;
	}

	public Map<RealtimeCapabilities.Feature, Boolean> getCapabilities() {
		return this.capabilities;
	}

	public void setCapabilities(Map<RealtimeCapabilities.Feature, Boolean> capabilities) {
		this.capabilities = capabilities;
	}

	/**
	 * Apply the properties to a builder.
	 * @param builder the builder
	 */
	protected void applyTo(RealtimeOptions.Builder<?> builder) {
		builder.apiKey(this.apiKey)
			.instructions(this.instructions)
			.voice(this.voice)
			.tools(this.tools)
			.maxOutputTokens(this.maxOutputTokens)
			.temperature(this.temperature)
			.historyReplay(this.historyReplay)
			.historySize(this.historySize);
		this.capabilities.forEach(builder::capability);
		if (this.model != null) {
			builder.model(this.model);
		}
	}

}
