package dev.streaming.gemini;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.streaming.Message;
import dev.streaming.gemini.OpenCalls.Call;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.ConversationHistory.Role;
import dev.streaming.realtime.ImageInput;
import dev.streaming.realtime.ToolResult;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Creates the client's messages after the setup.
 */
final class ClientMessages {

	/** Result of calls in a turn that the application has cancelled. */
	static final String CANCELLED = "{\"error\":\"The application cancelled the answer\"}";

	/** Result of a call if too many calls have no result yet. */
	static final String TOO_MANY_CALLS = "{\"error\":\"Too many tool calls have no result yet\"}";

	private ClientMessages() {
	}

	/**
	 * Create a message with texts of the user, or with the request to answer them.
	 * @param texts the texts; may be empty
	 * @param complete whether the model must answer
	 * @return the message
	 */
	static Message userTurn(List<String> texts, boolean complete) {
		return clientContent(texts.stream().map((text) -> content("user", text)).toList(), complete);
	}

	/**
	 * Create a message with a text of the model.
	 * @param text the text
	 * @return the message
	 */
	static Message modelTurn(String text) {
		return clientContent(List.of(content("model", text)), false);
	}

	/**
	 * Create a message with an image of the user.
	 * @param type the type of the image
	 * @param data the image
	 * @return the message
	 */
	static Message video(String type, byte[] data) {
		return realtimeInput("video", blob(type, data));
	}

	private static Map<String, Object> blob(String type, byte[] data) {
		Map<String, Object> blob = new LinkedHashMap<>();
		blob.put("data", Base64.getEncoder().encodeToString(data));
		blob.put("mimeType", type);
		return blob;
	}

	/**
	 * Create a message with the history of a conversation.
	 * @param items its texts
	 * @param complete whether the history is complete; the model does not answer it
	 * @return the message
	 */
	static Message history(List<Item> items, boolean complete) {
		return clientContent(items.stream().map(ClientMessages::content).toList(), complete);
	}

	private static Map<String, Object> content(Item item) {
		return content((item.role() == Role.ASSISTANT) ? "model" : "user", item.text());
	}

	private static Map<String, Object> content(String role, String text) {
		Map<String, Object> content = new LinkedHashMap<>();
		content.put("role", role);
		content.put("parts", List.of(Map.of("text", text)));
		return content;
	}

	private static Message clientContent(List<Map<String, Object>> turns, boolean complete) {
		Map<String, Object> content = new LinkedHashMap<>();
		if (!turns.isEmpty()) {
			content.put("turns", turns);
		}
		content.put("turnComplete", complete);
		return GeminiJson.message(Map.of("clientContent", content));
	}

	static Message realtimeText(String text) {
		return realtimeInput("text", text);
	}

	static Message audio(byte[] audio, int sampleRate) {
		return realtimeInput("audio", blob("audio/pcm;rate=" + sampleRate, audio));
	}

	static Message audioStreamEnd() {
		return realtimeInput("audioStreamEnd", true);
	}

	static Message activityStart() {
		return realtimeInput("activityStart", Map.of());
	}

	static Message activityEnd() {
		return realtimeInput("activityEnd", Map.of());
	}

	private static Message realtimeInput(String field, Object value) {
		return GeminiJson.message(Map.of("realtimeInput", Map.of(field, value)));
	}

	/**
	 * Create a message with a tool's result. The result must be an object: other values
	 * are wrapped in one.
	 * @param id the call's id
	 * @param name the tool's name
	 * @param json the result as JSON; used as text if it is not valid
	 * @return the message
	 */
	static Message toolResponse(String id, String name, String json) {
		return toolResponse(functionResponse(id, name, json));
	}

	/**
	 * Create a message with a tool's result.
	 * @param id the call's id
	 * @param call the call, whose result the model may not wait for
	 * @param result the result
	 * @return the message
	 */
	static Message toolResponse(String id, Call call, ToolResult result) {
		Map<String, Object> response = scheduled(id, call, result.text());
		if (!result.images().isEmpty()) {
			response.put("parts",
					result.images()
						.stream()
						.map((image) -> Map.of("inlineData", blob(ImageInput.check(image), image.data())))
						.toList());
		}
		return toolResponse(response);
	}

	/**
	 * Create a message with an interim result, which others follow.
	 * @param id the call's id
	 * @param call the call, whose result the model does not wait for
	 * @param json the result as JSON
	 * @return the message
	 */
	static Message interimResponse(String id, Call call, String json) {
		Map<String, Object> response = scheduled(id, call, json);
		response.put("willContinue", true);
		return toolResponse(response);
	}

	private static Map<String, Object> scheduled(String id, Call call, String json) {
		Map<String, Object> response = functionResponse(id, call.name(), json);
		if (call.scheduling() != null) {
			response.put("scheduling", call.scheduling().name());
		}
		return response;
	}

	private static Map<String, Object> functionResponse(String id, String name, String json) {
		Map<String, Object> response = new LinkedHashMap<>();
		String wireId = FunctionCalls.wireId(id);
		if (wireId != null) {
			response.put("id", wireId);
		}
		response.put("name", name);
		response.put("response", object(json));
		return response;
	}

	private static Message toolResponse(Map<String, Object> response) {
		return GeminiJson.message(Map.of("toolResponse", Map.of("functionResponses", List.of(response))));
	}

	private static Object object(String json) {
		JsonNode result;
		try {
			result = GeminiJson.MAPPER.readTree(json);
		}
		catch (JacksonException ex) {
			return Map.of("output", json);
		}
		if (result.isMissingNode() || result.isNull()) {
			return Map.of("output", "");
		}
		return result.isObject() ? result : Map.of("output", result);
	}

}
