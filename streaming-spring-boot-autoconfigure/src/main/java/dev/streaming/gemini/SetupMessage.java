package dev.streaming.gemini;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.streaming.Message;
import dev.streaming.realtime.RealtimeSetup;
import dev.streaming.realtime.RealtimeTool;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The first message on every connection: what the session is to be. Fields that were not
 * set are left out, for empty ones are not the same to the service.
 */
final class SetupMessage {

	private SetupMessage() {
	}

	/**
	 * Build the message.
	 * @param options the options of the session
	 * @param tools the tools of the model
	 * @param changes what the application has changed in the provider's own words
	 * @param handle of the session to continue with, or {@code null} for a new one
	 * @param announceHistory whether the history follows, to be taken in without an
	 * answer
	 * @return the message
	 */
	static Message of(GeminiLiveOptions options, Collection<? extends RealtimeTool> tools, Map<String, Object> changes,
			@Nullable String handle, boolean announceHistory) {
		Map<String, Object> setup = new LinkedHashMap<>();
		setup.put("model", options.model().contains("/") ? options.model() : "models/" + options.model());
		setup.put("generationConfig", generation(options));
		if (options.instructions() != null) {
			setup.put("systemInstruction", Map.of("parts", List.of(Map.of("text", options.instructions()))));
		}
		if (!tools.isEmpty()) {
			setup.put("tools", List.of(Map.of("functionDeclarations", declarations(tools))));
		}
		Map<String, Object> input = input(options.activityDetection());
		if (!input.isEmpty()) {
			setup.put("realtimeInputConfig", input);
		}
		if (options.inputTranscription()) {
			setup.put("inputAudioTranscription", Map.of());
		}
		if (options.outputTranscription() && options.responseModality() == Modality.AUDIO) {
			setup.put("outputAudioTranscription", Map.of());
		}
		if (options.contextCompression().enabled()) {
			setup.put("contextWindowCompression", compression(options.contextCompression()));
		}
		if (options.sessionResumption()) {
			setup.put("sessionResumption", resumption(options, handle));
		}
		if (announceHistory) {
			setup.put("historyConfig", Map.of("initialHistoryInClientContent", true));
		}
		RealtimeSetup.add(setup, options.setup());
		RealtimeSetup.merge(setup, changes);
		return GeminiJson.message(Map.of("setup", setup));
	}

	private static Map<String, Object> generation(GeminiLiveOptions options) {
		Map<String, Object> generation = new LinkedHashMap<>();
		generation.put("responseModalities", List.of(options.responseModality().name()));
		put(generation, "temperature", options.temperature());
		put(generation, "maxOutputTokens", options.maxOutputTokens());
		Map<String, Object> speech = new LinkedHashMap<>();
		if (options.voice() != null) {
			speech.put("voiceConfig", Map.of("prebuiltVoiceConfig", Map.of("voiceName", options.voice())));
		}
		put(speech, "languageCode", options.language());
		if (!speech.isEmpty()) {
			generation.put("speechConfig", speech);
		}
		return generation;
	}

	private static List<Map<String, Object>> declarations(Collection<? extends RealtimeTool> tools) {
		List<Map<String, Object>> declarations = new ArrayList<>();
		for (RealtimeTool tool : tools) {
			Map<String, Object> declaration = new LinkedHashMap<>();
			declaration.put("name", tool.name());
			declaration.put("description", tool.description());
			JsonNode parameters = ToolSchema.translate(tool.inputSchema());
			put(declaration, "parameters", parameters);
			declarations.add(declaration);
		}
		return declarations;
	}

	private static Map<String, Object> input(ActivityDetection detection) {
		Map<String, Object> automatic = new LinkedHashMap<>();
		if (detection.disabled()) {
			automatic.put("disabled", true);
		}
		put(automatic, "startOfSpeechSensitivity", prefixed("START_SENSITIVITY_", detection.startSensitivity()));
		put(automatic, "endOfSpeechSensitivity", prefixed("END_SENSITIVITY_", detection.endSensitivity()));
		put(automatic, "prefixPaddingMs",
				(detection.prefixPadding() != null) ? detection.prefixPadding().toMillis() : null);
		put(automatic, "silenceDurationMs",
				(detection.silenceDuration() != null) ? detection.silenceDuration().toMillis() : null);
		Map<String, Object> input = new LinkedHashMap<>();
		if (!automatic.isEmpty()) {
			input.put("automaticActivityDetection", automatic);
		}
		put(input, "activityHandling", prefixed("", detection.interruption()));
		put(input, "turnCoverage", prefixed("", detection.turnCoverage()));
		return input;
	}

	private static @Nullable String prefixed(String prefix, @Nullable Enum<?> value) {
		return (value != null) ? prefix + value.name().toUpperCase(Locale.ROOT) : null;
	}

	private static Map<String, Object> compression(ContextCompression compression) {
		Map<String, Object> result = new LinkedHashMap<>();
		// Numbers of 64 bits are strings in this JSON
		put(result, "triggerTokens", text(compression.triggerTokens()));
		result.put("slidingWindow", (compression.targetTokens() != null)
				? Map.of("targetTokens", String.valueOf(compression.targetTokens())) : Map.of());
		return result;
	}

	private static @Nullable String text(@Nullable Integer number) {
		return (number != null) ? number.toString() : null;
	}

	private static Map<String, Object> resumption(GeminiLiveOptions options, @Nullable String handle) {
		Map<String, Object> resumption = new LinkedHashMap<>();
		put(resumption, "handle", handle);
		if (options.transparent()) {
			resumption.put("transparent", true);
		}
		return resumption;
	}

	private static void put(Map<String, Object> map, String name, @Nullable Object value) {
		if (value != null) {
			map.put(name, value);
		}
	}

}
