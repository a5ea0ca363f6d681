package dev.streaming.gemini;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.streaming.realtime.RealtimeSetup;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.SessionChange;

import org.springframework.util.Assert;

/**
 * Creates the part of the setup for a change of the application.
 */
final class SessionChangeDescription {

	private static final String TOOLS = "tools";

	private SessionChangeDescription() {
	}

	/**
	 * Describe a change.
	 * @param change the change
	 * @param options the settings of the session
	 * @param offered the tools of the session
	 * @return the changed part of the setup
	 * @throws IllegalArgumentException if the turn detection is for another provider
	 * @throws UnsupportedOperationException if it changes the party that marks the user's
	 * turns
	 */
	static Map<String, Object> of(SessionChange change, GeminiLiveOptions options, List<RealtimeTool> offered) {
		Map<String, Object> setup = new LinkedHashMap<>();
		if (change.instructions() != null) {
			setup.put("systemInstruction", SetupMessage.instructions(change.instructions()));
		}
		if (change.voice() != null) {
			setup.put("generationConfig", Map.of("speechConfig", SetupMessage.voice(change.voice())));
		}
		Object detection = change.turnDetection();
		if (detection != null) {
			setup.put("realtimeInputConfig", detection(detection));
		}
		List<RealtimeTool> tools = change.tools();
		if (tools != null || change.setup().containsKey(TOOLS)) {
			// The whole list is replaced, so that it must contain those of the settings,
			// too
			List<Object> all = new ArrayList<>();
			List<RealtimeTool> functions = (tools != null) ? tools : offered;
			if (!functions.isEmpty()) {
				all.add(SetupMessage.functions(functions, options));
			}
			setup.put(TOOLS, all);
			Object configured = options.setup().get(TOOLS);
			if (configured != null) {
				RealtimeSetup.add(setup, Map.of(TOOLS, configured));
			}
		}
		RealtimeSetup.add(setup, change.setup());
		checkMarking(setup, options);
		return setup;
	}

	private static Object detection(Object detection) {
		if (detection instanceof ActivityDetection settings) {
			return settings.description();
		}
		Assert.isTrue(detection instanceof Map<?, ?>,
				() -> "The turn detection must be a gemini.ActivityDetection or a Map, not "
						+ ((detection instanceof String type) ? "'" + type + "'"
								: "a " + detection.getClass().getName()));
		return detection;
	}

	private static void checkMarking(Map<String, Object> setup, GeminiLiveOptions options) {
		if (setup.get("realtimeInputConfig") instanceof Map<?, ?> input
				&& input.get("automaticActivityDetection") instanceof Map<?, ?> automatic) {
			boolean disabled = Boolean.TRUE.equals(automatic.get("disabled"));
			if (disabled != options.activityDetection().disabled() && automatic.containsKey("disabled")) {
				throw new UnsupportedOperationException(
						"A session cannot change whether the application marks the turns of the user;"
								+ " set activity-detection.disabled for the connection");
			}
		}
	}

}
