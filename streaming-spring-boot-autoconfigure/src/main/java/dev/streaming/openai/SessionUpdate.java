package dev.streaming.openai;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeCapabilities;
import dev.streaming.realtime.RealtimeSetup;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.RefusedSettings;

/**
 * Creates the {@code session} of {@code session.update}: the settings, one session's
 * changes to them, and its tools. It contains only explicit settings, so that the
 * provider's defaults apply to others.
 */
final class SessionUpdate {

	/** Type of a session with a model that answers. */
	static final String REALTIME = "realtime";

	/** Type of a session that only transcribes. */
	static final String TRANSCRIPTION = "transcription";

	private static final Set<String> TOOL_CHOICES = Set.of("auto", "none", "required");

	private SessionUpdate() {
	}

	/**
	 * Create the {@code session} object.
	 * @param options the settings
	 * @param attributes one session's changes to them
	 * @param tools the tools
	 * @param changes the changes since then
	 * @param type the type of the session, unless the settings have one
	 * @return the {@code session}
	 */
	static Map<String, Object> of(OpenAiRealtimeOptions options, Map<String, Object> attributes,
			List<RealtimeTool> tools, Map<String, Object> changes, String type) {
		Map<String, Object> session = new LinkedHashMap<>();
		session.put("type", type);
		if (type.equals(TRANSCRIPTION)) {
			Map<String, Object> audio = new LinkedHashMap<>();
			SessionEntries.putUnlessEmpty(audio, "input", input(options));
			SessionEntries.putUnlessEmpty(session, "audio", audio);
		}
		else {
			answers(session, options, attributes, tools);
		}
		RealtimeSetup.add(session, options.session());
		if (attributes.get(RealtimeAttributes.SETUP) instanceof Map<?, ?> more) {
			RealtimeSetup.add(session, more);
		}
		RealtimeSetup.merge(session, changes);
		return session;
	}

	private static void answers(Map<String, Object> session, OpenAiRealtimeOptions options,
			Map<String, Object> attributes, List<RealtimeTool> tools) {
		SessionEntries.put(session, "instructions",
				SessionEntries.attribute(attributes, RealtimeAttributes.INSTRUCTIONS, options.instructions()));
		if (!options.outputModalities().isEmpty()) {
			session.put("output_modalities", options.outputModalities());
		}
		Map<String, Object> audio = new LinkedHashMap<>();
		SessionEntries.putUnlessEmpty(audio, "input", input(options));
		SessionEntries.putUnlessEmpty(audio, "output", output(options, attributes));
		SessionEntries.putUnlessEmpty(session, "audio", audio);
		if (!tools.isEmpty()) {
			session.put("tools", tools.stream().map(SessionUpdate::tool).toList());
		}
		String choice = options.toolChoice();
		if (choice != null) {
			session.put("tool_choice", toolChoice(choice));
		}
		SessionEntries.put(session, "max_output_tokens", options.maxOutputTokens());
		SessionEntries.put(session, "temperature", options.temperature());
	}

	/**
	 * Remove settings that the model refuses.
	 * @param session the {@code session}
	 * @param capabilities the capabilities of the model
	 * @return the removed settings
	 */
	static RefusedSettings refused(Map<String, Object> session, RealtimeCapabilities capabilities) {
		RefusedSettings refused = new RefusedSettings(session);
		if (!capabilities.thinking()) {
			refused.remove("reasoning");
		}
		return refused;
	}

	private static Map<String, Object> input(OpenAiRealtimeOptions options) {
		Map<String, Object> input = new LinkedHashMap<>();
		OpenAiAudioFormat format = options.inputAudioFormat();
		SessionEntries.put(input, "format", (format != null) ? format.description() : null);
		if (options.noiseReduction() != null) {
			input.put("noise_reduction", Map.of("type", options.noiseReduction()));
		}
		Transcription transcription = options.transcription();
		if (transcription != null) {
			Map<String, Object> description = new LinkedHashMap<>();
			description.put("model", transcription.model());
			SessionEntries.put(description, "language", transcription.language());
			SessionEntries.put(description, "prompt", transcription.prompt());
			input.put("transcription", description);
		}
		TurnDetection turnDetection = options.turnDetection();
		if (turnDetection != null) {
			// An explicit null disables turn detection
			input.put("turn_detection", turnDetection.description());
		}
		return input;
	}

	private static Map<String, Object> output(OpenAiRealtimeOptions options, Map<String, Object> attributes) {
		Map<String, Object> output = new LinkedHashMap<>();
		OpenAiAudioFormat format = options.outputAudioFormat();
		SessionEntries.put(output, "format", (format != null) ? format.description() : null);
		SessionEntries.put(output, "voice",
				SessionEntries.attribute(attributes, RealtimeAttributes.VOICE, options.voice()));
		SessionEntries.put(output, "speed", options.speed());
		return output;
	}

	static Object toolChoice(String choice) {
		return TOOL_CHOICES.contains(choice) ? choice : Map.of("type", "function", "name", choice);
	}

	static Map<String, Object> tool(RealtimeTool tool) {
		Map<String, Object> description = new LinkedHashMap<>();
		description.put("type", "function");
		description.put("name", tool.name());
		description.put("description", tool.description());
		description.put("parameters", OpenAiJson.parse(tool.inputSchema()));
		return description;
	}

}
