package dev.streaming.gemini;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.streaming.PermanentFailureException;
import dev.streaming.realtime.InitialTools;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeSetup;
import dev.streaming.realtime.RealtimeTool;
import org.jspecify.annotations.Nullable;

/**
 * Settings of one session: those of its connection, with overrides by the session's
 * attributes.
 *
 * @param options the settings
 * @param tools the tools of the model
 */
record SessionSettings(GeminiLiveOptions options, List<RealtimeTool> tools) {

	/**
	 * Apply a session's attributes.
	 * @param options the connection's settings
	 * @param tools the connection's tools
	 * @param attributes the session's attributes
	 * @return the session's settings
	 * @throws PermanentFailureException if an attribute is invalid
	 */
	static SessionSettings of(GeminiLiveOptions options, List<RealtimeTool> tools, Map<String, Object> attributes) {
		GeminiLiveOptions.Builder builder = options.toBuilder();
		String model = text(attributes, RealtimeAttributes.MODEL);
		if (model != null) {
			builder.model(model);
		}
		String instructions = text(attributes, RealtimeAttributes.INSTRUCTIONS);
		if (instructions != null) {
			builder.instructions(instructions);
		}
		String voice = text(attributes, RealtimeAttributes.VOICE);
		if (voice != null) {
			builder.voice(voice);
		}
		Object setup = attributes.get(RealtimeAttributes.SETUP);
		if (setup != null) {
			Map<String, Object> merged = new LinkedHashMap<>(options.setup());
			RealtimeSetup.add(merged, map(setup));
			builder.setup(merged);
		}
		return new SessionSettings(builder.build(), InitialTools.of(attributes, tools));
	}

	/**
	 * Return whether the model speaks its answers.
	 * @return {@code false} if answers are written
	 */
	boolean isSpoken() {
		if (!this.options.capabilities().textOutput()) {
			return true;
		}
		Object generation = this.options.setup().get("generationConfig");
		Object modalities = (generation instanceof Map<?, ?> map) ? map.get("responseModalities") : null;
		if (modalities instanceof Collection<?> given) {
			return given.stream().anyMatch((each) -> Modality.AUDIO.name().equalsIgnoreCase(String.valueOf(each)));
		}
		return this.options.responseModality() == Modality.AUDIO;
	}

	/**
	 * Return the party that marks the user's turns.
	 * @return the service by default
	 */
	UserSpeech.Marking marking() {
		return this.options.activityDetection().disabled() ? UserSpeech.Marking.BY_APPLICATION
				: UserSpeech.Marking.BY_SERVICE;
	}

	private static @Nullable String text(Map<String, Object> attributes, String name) {
		Object value = attributes.get(name);
		return (value != null) ? value.toString() : null;
	}

	private static Map<?, ?> map(Object value) {
		if (value instanceof Map<?, ?> map) {
			return map;
		}
		throw new PermanentFailureException("The session attribute '" + RealtimeAttributes.SETUP
				+ "' must be a map, not a " + value.getClass().getName(), null);
	}

}
