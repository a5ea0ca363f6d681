package dev.streaming.gemini;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.streaming.realtime.RealtimeCapabilities;
import dev.streaming.realtime.RealtimeCapabilities.Feature;
import dev.streaming.realtime.RealtimeSetup;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.RealtimeTool.Execution;
import dev.streaming.realtime.RefusedSettings;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Creates the setup in the first message on every connection. Fields that were not set
 * are omitted, because the service treats empty ones differently.
 */
final class SetupMessage {

	private static final String GENERATION = "generationConfig";

	private static final String MODALITIES = "responseModalities";

	private SetupMessage() {
	}

	/**
	 * Create the setup.
	 * @param options the options of the session
	 * @param tools the tools of the model
	 * @param changes the changes of the application
	 * @param handle the handle of the session to resume, or {@code null} for a new one
	 * @param announceHistory whether the history follows, which must not be answered
	 * @return the setup
	 */
	static Map<String, Object> of(GeminiLiveOptions options, Collection<? extends RealtimeTool> tools,
			Map<String, Object> changes, @Nullable String handle, boolean announceHistory) {
		Map<String, Object> setup = new LinkedHashMap<>();
		setup.put("model", options.modelResource());
		setup.put(GENERATION, generation(options));
		if (options.instructions() != null) {
			setup.put("systemInstruction", instructions(options.instructions()));
		}
		if (!tools.isEmpty()) {
			setup.put("tools", List.of(functions(tools, options)));
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
		return setup;
	}

	/**
	 * Remove settings that the model refuses.
	 * @param setup the setup
	 * @param options the options of the session
	 * @return the removed settings
	 */
	static RefusedSettings refused(Map<String, Object> setup, GeminiLiveOptions options) {
		RealtimeCapabilities capabilities = options.capabilities();
		RefusedSettings refused = new RefusedSettings(setup);
		if (!capabilities.supports(Feature.THINKING)) {
			refused.remove(GENERATION, "thinkingConfig");
		}
		if (!capabilities.supports(Feature.AFFECTIVE_DIALOG)) {
			refused.remove(GENERATION, "enableAffectiveDialog");
		}
		if (!capabilities.supports(Feature.PROACTIVE_AUDIO)) {
			refused.remove("proactivity", "proactiveAudio");
		}
		if (!capabilities.supports(Feature.TEXT_OUTPUT) && writes(setup)) {
			// The transcript replaces the text
			RealtimeSetup.merge(setup, Map.of(GENERATION, Map.of(MODALITIES, List.of(Modality.AUDIO.name()))));
			if (options.outputTranscription()) {
				setup.putIfAbsent("outputAudioTranscription", Map.of());
			}
			refused.replaced(GENERATION + "." + MODALITIES);
		}
		return refused;
	}

	private static boolean writes(Map<String, Object> setup) {
		Object modalities = (setup.get(GENERATION) instanceof Map<?, ?> generation) ? generation.get(MODALITIES) : null;
		return modalities instanceof Collection<?> given
				&& given.stream().anyMatch((each) -> Modality.TEXT.name().equalsIgnoreCase(String.valueOf(each)));
	}

	static Map<String, Object> instructions(String text) {
		return Map.of("parts", List.of(Map.of("text", text)));
	}

	static Map<String, Object> voice(String name) {
		return Map.of("voiceConfig", Map.of("prebuiltVoiceConfig", Map.of("voiceName", name)));
	}

	static Map<String, Object> functions(Collection<? extends RealtimeTool> tools, GeminiLiveOptions options) {
		return Map.of("functionDeclarations", declarations(tools, options));
	}

	private static Map<String, Object> generation(GeminiLiveOptions options) {
		Map<String, Object> generation = new LinkedHashMap<>();
		generation.put(MODALITIES, List.of(options.responseModality().name()));
		put(generation, "temperature", options.temperature());
		put(generation, "maxOutputTokens", options.maxOutputTokens());
		Map<String, Object> speech = new LinkedHashMap<>();
		if (options.voice() != null) {
			speech.putAll(voice(options.voice()));
		}
		put(speech, "languageCode", options.language());
		if (!speech.isEmpty()) {
			generation.put("speechConfig", speech);
		}
		return generation;
	}

	private static List<Map<String, Object>> declarations(Collection<? extends RealtimeTool> tools,
			GeminiLiveOptions options) {
		List<Map<String, Object>> declarations = new ArrayList<>();
		for (RealtimeTool tool : tools) {
			Map<String, Object> declaration = new LinkedHashMap<>();
			declaration.put("name", tool.name());
			declaration.put("description", tool.description());
			JsonNode parameters = ToolSchema.translate(tool.inputSchema());
			put(declaration, "parameters", parameters);
			boolean asynchronous = tool.execution() == Execution.ASYNC
					&& options.capabilities().supports(Feature.ASYNCHRONOUS_TOOLS);
			if (asynchronous) {
				declaration.put("behavior", "NON_BLOCKING");
			}
			else if (GeminiModels.isNonBlocking(options.modelResource())) {
				declaration.put("behavior", "BLOCKING");
			}
			declarations.add(declaration);
		}
		return declarations;
	}

	static Map<String, Object> input(ActivityDetection detection) {
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
		// Numbers of 64 bits are strings in Google's JSON
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
