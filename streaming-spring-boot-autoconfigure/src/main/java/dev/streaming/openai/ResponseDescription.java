package dev.streaming.openai;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.ResponseOptions;
import dev.streaming.realtime.ToolRunner;

/**
 * Creates the {@code response} of {@code response.create}: the settings of one response.
 */
final class ResponseDescription {

	private final Map<String, Object> fields = new LinkedHashMap<>();

	private ResponseDescription(ResponseOptions options, List<RealtimeTool> offered) {
		if (options.outOfBand()) {
			this.fields.put("conversation", "none");
		}
		if (options.instructions() != null) {
			this.fields.put("instructions", options.instructions());
		}
		if (!options.outputModalities().isEmpty()) {
			this.fields.put("output_modalities", options.outputModalities());
		}
		List<Object> tools = options.tools();
		if (tools != null) {
			this.fields.put("tools", tools.stream().map((tool) -> tool(tool, offered)).toList());
		}
		if (options.maxOutputTokens() != null) {
			this.fields.put("max_output_tokens", options.maxOutputTokens());
		}
		if (!options.metadata().isEmpty()) {
			this.fields.put("metadata", new LinkedHashMap<>(options.metadata()));
		}
	}

	/**
	 * Describe a response.
	 * @param options its settings
	 * @param offered the tools of the session
	 * @return the description; empty if the response has no settings of its own
	 * @throws IllegalArgumentException if the session does not have one of the tools
	 */
	static Map<String, Object> of(ResponseOptions options, List<RealtimeTool> offered) {
		return new ResponseDescription(options, offered).first(options).fields;
	}

	/**
	 * Describe a response to the results of tools that the first one has called: no tool
	 * must be called again, and the context is the conversation, which has the results.
	 * @param options the settings of the first response
	 * @param offered the tools of the session
	 * @return the description; empty if the response has no settings of its own
	 */
	static Map<String, Object> behindTools(ResponseOptions options, List<RealtimeTool> offered) {
		return new ResponseDescription(options, offered).fields;
	}

	/**
	 * Describe the answer to a question beside the conversation.
	 * @param options its settings
	 * @param offered the tools of the session
	 * @param text the question
	 * @param key the key that the response repeats
	 * @return the description
	 */
	static Map<String, Object> question(ResponseOptions options, List<RealtimeTool> offered, String text, String key) {
		Map<String, Object> fields = of(options, offered);
		List<Object> input = new ArrayList<>();
		if (fields.get("input") instanceof List<?> given) {
			input.addAll(given);
		}
		input.add(message(text));
		fields.put("input", input);
		Map<String, Object> metadata = new LinkedHashMap<>(options.metadata());
		metadata.put(BesideRequests.KEY, key);
		fields.put("metadata", metadata);
		return fields;
	}

	private ResponseDescription first(ResponseOptions options) {
		String choice = options.toolChoice();
		if (choice != null) {
			this.fields.put("tool_choice", SessionUpdate.toolChoice(choice));
		}
		List<Object> input = options.input();
		if (input != null) {
			this.fields.put("input",
					input.stream().map((item) -> (item instanceof String text) ? message(text) : item).toList());
		}
		return this;
	}

	private static Object tool(Object tool, List<RealtimeTool> offered) {
		if (tool instanceof RealtimeTool own) {
			return SessionUpdate.tool(own);
		}
		return (tool instanceof String name) ? SessionUpdate.tool(ToolRunner.select(List.of(name), offered).get(0))
				: tool;
	}

	private static Map<String, Object> message(String text) {
		Map<String, Object> message = new LinkedHashMap<>();
		message.put("type", "message");
		message.put("role", "user");
		message.put("content", List.of(Map.of("type", "input_text", "text", text)));
		return message;
	}

}
