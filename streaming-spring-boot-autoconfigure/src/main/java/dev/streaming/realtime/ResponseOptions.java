package dev.streaming.realtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Settings of one response, which override those of the session. Immutable.
 *
 * <pre>{@code
 * client.respond(ResponseOptions.builder()
 *     .instructions("Classify the mood of the user in one word.")
 *     .outputModalities("text")
 *     .metadata("topic", "mood")
 *     .outOfBand()
 *     .build());
 * }</pre>
 *
 * @since 1.0.0
 * @see RealtimeClient#respond(ResponseOptions)
 * @see RealtimeClient#ask(String, ResponseOptions)
 */
public final class ResponseOptions {

	/** No settings: those of the session apply. */
	public static final ResponseOptions NONE = builder().build();

	private final @Nullable String instructions;

	private final List<String> outputModalities;

	private final @Nullable List<Object> tools;

	private final @Nullable String toolChoice;

	private final @Nullable Integer maxOutputTokens;

	private final Map<String, String> metadata;

	private final @Nullable List<Object> input;

	private final boolean outOfBand;

	private ResponseOptions(Builder builder) {
		this.instructions = builder.instructions;
		this.outputModalities = List.copyOf(builder.outputModalities);
		this.tools = (builder.tools != null) ? List.copyOf(builder.tools) : null;
		this.toolChoice = builder.toolChoice;
		this.maxOutputTokens = builder.maxOutputTokens;
		this.metadata = Collections.unmodifiableMap(new LinkedHashMap<>(builder.metadata));
		this.input = (builder.input != null) ? List.copyOf(builder.input) : null;
		this.outOfBand = builder.outOfBand;
		Assert.isTrue(this.maxOutputTokens == null || this.maxOutputTokens > 0, "'maxOutputTokens' must be positive");
	}

	/**
	 * Return a builder without settings.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return the instructions.
	 * @return the text, or {@code null}
	 */
	public @Nullable String instructions() {
		return this.instructions;
	}

	/**
	 * Return the modalities.
	 * @return the provider's names; empty for those of the session
	 */
	public List<String> outputModalities() {
		return this.outputModalities;
	}

	/**
	 * Return the tools to offer.
	 * @return a list with a {@link RealtimeTool}, the name of a tool that the session
	 * offers, or a {@link Map} in the provider's format for each tool; or {@code null}
	 */
	public @Nullable List<Object> tools() {
		return this.tools;
	}

	/**
	 * Return the tool choice.
	 * @return {@code auto}, {@code none}, {@code required} or a tool's name, or
	 * {@code null}
	 */
	public @Nullable String toolChoice() {
		return this.toolChoice;
	}

	/**
	 * Return the maximum number of tokens of the response.
	 * @return the number of tokens, or {@code null}
	 */
	public @Nullable Integer maxOutputTokens() {
		return this.maxOutputTokens;
	}

	/**
	 * Return the metadata, which the provider returns with each chunk of the response.
	 * @return names and values
	 */
	public Map<String, String> metadata() {
		return this.metadata;
	}

	/**
	 * Return the context of the response, which replaces the conversation.
	 * @return a list with a text of the user or a {@link Map} in the provider's format
	 * for each item; or {@code null}
	 */
	public @Nullable List<Object> input() {
		return this.input;
	}

	/**
	 * Return whether the response runs beside the conversation.
	 * @return whether it does
	 */
	public boolean outOfBand() {
		return this.outOfBand;
	}

	/**
	 * Return the names of the settings.
	 * @return the names, empty without settings
	 */
	public List<String> names() {
		List<String> names = new ArrayList<>();
		add(names, "instructions", this.instructions != null);
		add(names, "outputModalities", !this.outputModalities.isEmpty());
		add(names, "tools", this.tools != null);
		add(names, "toolChoice", this.toolChoice != null);
		add(names, "maxOutputTokens", this.maxOutputTokens != null);
		add(names, "metadata", !this.metadata.isEmpty());
		add(names, "input", this.input != null);
		add(names, "outOfBand", this.outOfBand);
		return names;
	}

	private static void add(List<String> names, String name, boolean set) {
		if (set) {
			names.add(name);
		}
	}

	/**
	 * Return the names of the settings, without the values, which may be confidential.
	 * @return a short description
	 */
	@Override
	public String toString() {
		return "ResponseOptions" + names();
	}

	/**
	 * Builder for {@link ResponseOptions}. Not thread-safe.
	 */
	public static final class Builder {

		private @Nullable String instructions;

		private List<String> outputModalities = List.of();

		private @Nullable List<Object> tools;

		private @Nullable String toolChoice;

		private @Nullable Integer maxOutputTokens;

		private final Map<String, String> metadata = new LinkedHashMap<>();

		private @Nullable List<Object> input;

		private boolean outOfBand;

		private Builder() {
		}

		/**
		 * Set the instructions.
		 * @param instructions the text, or {@code null}
		 * @return this builder
		 */
		public Builder instructions(@Nullable String instructions) {
			this.instructions = instructions;
			return this;
		}

		/**
		 * Set the modalities.
		 * @param outputModalities the provider's names, such as {@code text}
		 * @return this builder
		 */
		public Builder outputModalities(String... outputModalities) {
			return outputModalities(Arrays.asList(outputModalities));
		}

		/**
		 * Set the modalities.
		 * @param outputModalities the provider's names, such as {@code text}
		 * @return this builder
		 */
		public Builder outputModalities(Collection<String> outputModalities) {
			this.outputModalities = List.copyOf(outputModalities);
			return this;
		}

		/**
		 * Set the tools to offer. The session calls its own tools; calls of other tools
		 * are delivered as chunks, to be answered with {@code toolResult}.
		 * @param tools a {@link RealtimeTool}, the name of a tool that the session
		 * offers, or a {@link Map} in the provider's format for each tool; empty for none
		 * @return this builder
		 */
		public Builder tools(Collection<?> tools) {
			tools.forEach((tool) -> Assert.isTrue(
					tool instanceof RealtimeTool || tool instanceof String || tool instanceof Map<?, ?>,
					() -> "A tool must be a RealtimeTool, the name of one, or a Map, not a "
							+ tool.getClass().getName()));
			this.tools = List.copyOf(tools);
			return this;
		}

		/**
		 * Set the tools to offer.
		 * @param tools the tools
		 * @return this builder
		 */
		public Builder tools(RealtimeTool... tools) {
			return tools(Arrays.asList(tools));
		}

		/**
		 * Set the tools to offer.
		 * @param names the names of tools that the session offers
		 * @return this builder
		 */
		public Builder tools(String... names) {
			return tools(Arrays.asList(names));
		}

		/**
		 * Set the tool choice.
		 * @param toolChoice {@code auto}, {@code none}, {@code required} or a tool's
		 * name, or {@code null}
		 * @return this builder
		 */
		public Builder toolChoice(@Nullable String toolChoice) {
			this.toolChoice = toolChoice;
			return this;
		}

		/**
		 * Set the maximum number of tokens of the response.
		 * @param maxOutputTokens the number of tokens, positive, or {@code null}
		 * @return this builder
		 */
		public Builder maxOutputTokens(@Nullable Integer maxOutputTokens) {
			this.maxOutputTokens = maxOutputTokens;
			return this;
		}

		/**
		 * Add to the metadata, which the provider returns with each chunk of the
		 * response.
		 * @param name the name
		 * @param value the value
		 * @return this builder
		 */
		public Builder metadata(String name, String value) {
			this.metadata.put(name, value);
			return this;
		}

		/**
		 * Add to the metadata, which the provider returns with each chunk of the
		 * response.
		 * @param metadata names and values
		 * @return this builder
		 */
		public Builder metadata(Map<String, String> metadata) {
			this.metadata.putAll(metadata);
			return this;
		}

		/**
		 * Set the context of the response, which replaces the conversation.
		 * @param input a text of the user or a {@link Map} in the provider's format for
		 * each item; empty for no context
		 * @return this builder
		 */
		public Builder input(Collection<?> input) {
			input.forEach((item) -> Assert.isTrue(item instanceof String || item instanceof Map<?, ?>,
					() -> "An item of the input must be a text or a Map, not a " + item.getClass().getName()));
			this.input = List.copyOf(input);
			return this;
		}

		/**
		 * Set the context of the response, which replaces the conversation.
		 * @param texts texts of the user
		 * @return this builder
		 */
		public Builder input(String... texts) {
			return input(Arrays.asList(texts));
		}

		/**
		 * Let the response run beside the conversation: it delays nothing, is not part of
		 * the history, and its tool calls are delivered as chunks only.
		 * @return this builder
		 */
		public Builder outOfBand() {
			return outOfBand(true);
		}

		/**
		 * Set whether the response runs beside the conversation: it delays nothing, is
		 * not part of the history, and its tool calls are delivered as chunks only.
		 * @param outOfBand whether it does
		 * @return this builder
		 */
		public Builder outOfBand(boolean outOfBand) {
			this.outOfBand = outOfBand;
			return this;
		}

		/**
		 * Build the settings.
		 * @return the settings
		 * @throws IllegalArgumentException if a value is not allowed
		 */
		public ResponseOptions build() {
			return new ResponseOptions(this);
		}

	}

}
