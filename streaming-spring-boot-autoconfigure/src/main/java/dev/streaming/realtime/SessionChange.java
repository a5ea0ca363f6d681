package dev.streaming.realtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Change of a session's settings, which also applies to later connections. Settings that
 * are not set do not change. Immutable.
 *
 * <pre>{@code
 * client.update(SessionChange.builder().instructions("Speak German.").build());
 * }</pre>
 *
 * @since 1.0.0
 * @see RealtimeClient#update(SessionChange)
 */
public final class SessionChange {

	private final @Nullable String instructions;

	private final @Nullable String voice;

	private final @Nullable List<RealtimeTool> tools;

	private final @Nullable Object turnDetection;

	private final Map<String, Object> setup;

	private SessionChange(Builder builder) {
		this.instructions = builder.instructions;
		this.voice = builder.voice;
		this.tools = (builder.tools != null) ? List.copyOf(builder.tools) : null;
		this.turnDetection = builder.turnDetection;
		this.setup = Collections.unmodifiableMap(new LinkedHashMap<>(builder.setup));
	}

	/**
	 * Return a builder without changes.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return the new instructions.
	 * @return the text, or {@code null}
	 */
	public @Nullable String instructions() {
		return this.instructions;
	}

	/**
	 * Return the new voice.
	 * @return the provider's name of the voice, or {@code null}
	 */
	public @Nullable String voice() {
		return this.voice;
	}

	/**
	 * Return the new tools.
	 * @return the tools, which replace all others of the session, or {@code null}
	 */
	public @Nullable List<RealtimeTool> tools() {
		return this.tools;
	}

	/**
	 * Return the new detection of the user's turn.
	 * @return {@link TurnDetectionSettings}, the name of a type, a {@link Map} in the
	 * provider's format, or {@code null}
	 */
	public @Nullable Object turnDetection() {
		return this.turnDetection;
	}

	/**
	 * Return additional fields of the provider's setup.
	 * @return the fields, merged into it last; {@code tools} are added
	 */
	public Map<String, Object> setup() {
		return this.setup;
	}

	/**
	 * Return the names of the changed settings, without the values, which may be
	 * confidential.
	 * @return a short description
	 */
	@Override
	public String toString() {
		List<String> names = new ArrayList<>();
		add(names, "instructions", this.instructions);
		add(names, "voice", this.voice);
		add(names, "tools", this.tools);
		add(names, "turnDetection", this.turnDetection);
		names.addAll(this.setup.keySet());
		return "SessionChange" + names;
	}

	private static void add(List<String> names, String name, @Nullable Object value) {
		if (value != null) {
			names.add(name);
		}
	}

	/**
	 * Builder for {@link SessionChange}. Not thread-safe.
	 */
	public static final class Builder {

		private @Nullable String instructions;

		private @Nullable String voice;

		private @Nullable List<RealtimeTool> tools;

		private @Nullable Object turnDetection;

		private final Map<String, Object> setup = new LinkedHashMap<>();

		private Builder() {
		}

		/**
		 * Change the instructions.
		 * @param instructions the text
		 * @return this builder
		 */
		public Builder instructions(@Nullable String instructions) {
			this.instructions = instructions;
			return this;
		}

		/**
		 * Change the voice.
		 * @param voice the provider's name of the voice
		 * @return this builder
		 */
		public Builder voice(@Nullable String voice) {
			this.voice = voice;
			return this;
		}

		/**
		 * Change the tools. The session calls them as it does the initial ones.
		 * @param tools the tools, which replace all others; empty for none
		 * @return this builder
		 * @throws IllegalArgumentException if two tools have the same name, or a timeout
		 * is not positive
		 */
		public Builder tools(Collection<? extends RealtimeTool> tools) {
			OfferedTool.check(tools);
			this.tools = List.copyOf(tools);
			return this;
		}

		/**
		 * Change the tools. The session calls them as it does the initial ones.
		 * @param tools the tools, which replace all others
		 * @return this builder
		 * @throws IllegalArgumentException if two tools have the same name, or a timeout
		 * is not positive
		 */
		public Builder tools(RealtimeTool... tools) {
			return tools(Arrays.asList(tools));
		}

		/**
		 * Change the detection of the user's turn.
		 * @param settings the provider's settings
		 * @return this builder
		 */
		public Builder turnDetection(TurnDetectionSettings settings) {
			this.turnDetection = settings;
			return this;
		}

		/**
		 * Change the detection of the user's turn to a type, with the provider's
		 * defaults.
		 * @param type the provider's name of the type, such as {@code semantic_vad};
		 * {@code none} for none
		 * @return this builder
		 */
		public Builder turnDetection(String type) {
			this.turnDetection = type;
			return this;
		}

		/**
		 * Change the detection of the user's turn in the provider's format.
		 * @param settings the part of the provider's setup
		 * @return this builder
		 */
		public Builder turnDetection(Map<String, ?> settings) {
			this.turnDetection = new LinkedHashMap<>(settings);
			return this;
		}

		/**
		 * Change additional fields of the provider's setup.
		 * @param setup the fields, merged into it last; {@code tools} are added
		 * @return this builder
		 */
		public Builder setup(Map<String, ?> setup) {
			this.setup.putAll(setup);
			return this;
		}

		/**
		 * Build the change.
		 * @return the change
		 */
		public SessionChange build() {
			return new SessionChange(this);
		}

	}

}
