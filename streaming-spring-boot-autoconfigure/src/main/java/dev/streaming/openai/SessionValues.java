package dev.streaming.openai;

import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Checks values in {@code session} for which the provider is known to refuse the whole
 * session. Unknown values and types are left to the provider.
 */
final class SessionValues {

	static final List<String> MODALITIES = List.of("audio", "text");

	static final List<String> NOISE_REDUCTIONS = List.of("near_field", "far_field");

	private static final Set<String> SERVER_VAD = Set.of("threshold", "prefix_padding_ms", "silence_duration_ms",
			"idle_timeout_ms");

	private static final Set<String> SEMANTIC_VAD = Set.of("eagerness");

	private SessionValues() {
	}

	/**
	 * Check the values.
	 * @param session the map
	 * @param detection the configured turn detection, which the map may extend
	 * @throws IllegalArgumentException if a value is known to be refused; the message has
	 * its name
	 */
	static void check(Map<String, Object> session, @Nullable TurnDetection detection) {
		if (session.get("output_modalities") instanceof List<?> modalities) {
			Assert.isTrue(isModality(modalities),
					() -> "session.output_modalities must be exactly one, audio or text, but is " + modalities);
		}
		Map<?, ?> audio = map(session.get("audio"));
		if (map(audio.get("output")).get("speed") instanceof Number speed) {
			Assert.isTrue(isSpeed(speed.doubleValue()),
					() -> "session.audio.output.speed must be between 0.25 and 1.5, but is " + speed);
		}
		Map<?, ?> input = map(audio.get("input"));
		if (map(input.get("noise_reduction")).get("type") instanceof String type) {
			Assert.isTrue(NOISE_REDUCTIONS.contains(type),
					() -> "session.audio.input.noise_reduction.type must be near_field or far_field, but is " + type);
		}
		turnDetection(map(input.get("turn_detection")), detection);
	}

	static boolean isModality(List<?> modalities) {
		return modalities.size() == 1 && MODALITIES.contains(modalities.get(0));
	}

	static boolean isSpeed(double speed) {
		return speed >= 0.25 && speed <= 1.5;
	}

	private static void turnDetection(Map<?, ?> fields, @Nullable TurnDetection detection) {
		Object configured = (detection != null) ? map(detection.description()).get("type") : null;
		Object own = fields.get("type");
		Object type = (own != null) ? own : configured;
		if ("server_vad".equals(type)) {
			refuse(fields, SEMANTIC_VAD, "semantic_vad", "server_vad");
		}
		if ("semantic_vad".equals(type)) {
			refuse(fields, SERVER_VAD, "server_vad", "semantic_vad");
			Object eagerness = fields.get("eagerness");
			Assert.isTrue(!(eagerness instanceof String text) || TurnDetection.EAGERNESSES.contains(text),
					() -> "session.audio.input.turn_detection.eagerness must be one of low, medium, high and auto,"
							+ " but is " + eagerness);
		}
	}

	private static void refuse(Map<?, ?> fields, Set<String> others, String of, String type) {
		for (String other : others) {
			Assert.isTrue(fields.get(other) == null, () -> "session.audio.input.turn_detection." + other
					+ " is a field of " + of + ", but the type is " + type);
		}
	}

	private static Map<?, ?> map(@Nullable Object value) {
		return (value instanceof Map<?, ?> map) ? map : Map.of();
	}

}
