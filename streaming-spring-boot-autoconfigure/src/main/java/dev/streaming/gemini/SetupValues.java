package dev.streaming.gemini;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Checks values in {@code setup} for which the service is known to close the connection
 * with 1007. Unknown values are left to the service.
 */
final class SetupValues {

	private static final String DETECTION = "setup.realtimeInputConfig.automaticActivityDetection.";

	private SetupValues() {
	}

	/**
	 * Check the values.
	 * @param setup the map
	 * @throws IllegalArgumentException if a value is known to be refused; the message has
	 * its name
	 */
	static void check(Map<String, Object> setup) {
		if (map(setup.get("generationConfig")).get("responseModalities") instanceof List<?> modalities) {
			Assert.isTrue(modalities.size() == 1,
					() -> "setup.generationConfig.responseModalities must be exactly one, TEXT or AUDIO, but is "
							+ modalities);
		}
		Map<?, ?> detection = map(map(setup.get("realtimeInputConfig")).get("automaticActivityDetection"));
		sensitivity(detection, "startOfSpeechSensitivity", "START_SENSITIVITY_");
		sensitivity(detection, "endOfSpeechSensitivity", "END_SENSITIVITY_");
		for (String padding : List.of("prefixPaddingMs", "silenceDurationMs")) {
			Assert.isTrue(!(detection.get(padding) instanceof Number number) || number.longValue() >= 0,
					() -> DETECTION + padding + " must not be negative");
		}
	}

	private static void sensitivity(Map<?, ?> detection, String field, String prefix) {
		if (detection.get(field) instanceof String value) {
			List<String> allowed = List.of(prefix + "UNSPECIFIED", prefix + "HIGH", prefix + "LOW");
			Assert.isTrue(allowed.contains(value),
					() -> DETECTION + field + " must be one of " + allowed + ", but is " + value);
		}
	}

	private static Map<?, ?> map(@Nullable Object value) {
		return (value instanceof Map<?, ?> map) ? map : Map.of();
	}

}
