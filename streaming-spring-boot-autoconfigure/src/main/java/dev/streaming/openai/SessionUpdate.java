package dev.streaming.openai;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeSetup;
import dev.streaming.realtime.RealtimeTool;
import org.jspecify.annotations.Nullable;

/**
 * The {@code session} of {@code session.update}: the settings, one session's changes to
 * them, and its tools. Only what was set is in it, so that the provider's defaults hold.
 */
final class SessionUpdate {

	/** A session with a model that answers. */
	static final String REALTIME = "realtime";

	/** A session that only transcribes. */
	static final String TRANSCRIPTION = "transcription";

	private static final Set<String> TOOL_CHOICES = Set.of("auto", "none", "required");

	private SessionUpdate() {
	}

	/**
	 * Put the setup together.
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
		put(session, "instructions", attribute(attributes, RealtimeAttributes.INSTRUCTIONS, options.instructions()));
		if (!options.outputModalities().isEmpty()) {
			session.put("output_modalities", options.outputModalities());
		}
		Map<String, Object> audio = new LinkedHashMap<>();
		putUnlessEmpty(audio, "input", input(options));
		putUnlessEmpty(audio, "output", output(options, attributes));
		putUnlessEmpty(session, "audio", audio);
		if (!tools.isEmpty()) {
			session.put("tools", tools.stream().map(SessionUpdate::tool).toList());
		}
		String choice = options.toolChoice();
		if (choice != null) {
			session.put("tool_choice",
					TOOL_CHOICES.contains(choice) ? choice : Map.of("type", "function", "name", choice));
		}
		put(session, "max_output_tokens", options.maxOutputTokens());
		put(session, "temperature", options.temperature());
		RealtimeSetup.add(session, options.session());
		if (attributes.get(RealtimeAttributes.SETUP) instanceof Map<?, ?> more) {
			RealtimeSetup.add(session, more);
		}
		RealtimeSetup.merge(session, changes);
		return session;
	}

	private static Map<String, Object> input(OpenAiRealtimeOptions options) {
		Map<String, Object> input = new LinkedHashMap<>();
		OpenAiAudioFormat format = options.inputAudioFormat();
		put(input, "format", (format != null) ? format.description() : null);
		if (options.noiseReduction() != null) {
			input.put("noise_reduction", Map.of("type", options.noiseReduction()));
		}
		Transcription transcription = options.transcription();
		if (transcription != null) {
			Map<String, Object> description = new LinkedHashMap<>();
			description.put("model", transcription.model());
			put(description, "language", transcription.language());
			put(description, "prompt", transcription.prompt());
			input.put("transcription", description);
		}
		TurnDetection turnDetection = options.turnDetection();
		if (turnDetection != null) {
			// An explicit null switches it off
			input.put("turn_detection", turnDetection.description());
		}
		return input;
	}

	private static Map<String, Object> output(OpenAiRealtimeOptions options, Map<String, Object> attributes) {
		Map<String, Object> output = new LinkedHashMap<>();
		OpenAiAudioFormat format = options.outputAudioFormat();
		put(output, "format", (format != null) ? format.description() : null);
		put(output, "voice", attribute(attributes, RealtimeAttributes.VOICE, options.voice()));
		put(output, "speed", options.speed());
		return output;
	}

	private static Map<String, Object> tool(RealtimeTool tool) {
		Map<String, Object> description = new LinkedHashMap<>();
		description.put("type", "function");
		description.put("name", tool.name());
		description.put("description", tool.description());
		description.put("parameters", OpenAiJson.parse(tool.inputSchema()));
		return description;
	}

	private static @Nullable Object attribute(Map<String, Object> attributes, String name, @Nullable String otherwise) {
		Object value = attributes.get(name);
		return (value != null) ? value.toString() : otherwise;
	}

	private static void put(Map<String, Object> target, String name, @Nullable Object value) {
		if (value != null) {
			target.put(name, value);
		}
	}

	private static void putUnlessEmpty(Map<String, Object> target, String name, Map<String, Object> value) {
		if (!value.isEmpty()) {
			target.put(name, value);
		}
	}

}
