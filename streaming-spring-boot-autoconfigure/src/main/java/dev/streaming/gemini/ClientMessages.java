package dev.streaming.gemini;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.streaming.Message;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.ConversationHistory.Role;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The client's messages after the setup, ready to be sent.
 */
final class ClientMessages {

	/** The result of calls in a turn that the application has cancelled. */
	static final String CANCELLED = "{\"error\":\"The application cancelled the answer\"}";

	/** The result of a call that comes when too many have no result yet. */
	static final String TOO_MANY_CALLS = "{\"error\":\"Too many tool calls have no result yet\"}";

	private ClientMessages() {
	}

	/**
	 * Return texts of the user, or the request to answer them.
	 * @param texts the texts; may be empty
	 * @param complete whether the model is to answer
	 * @return the message
	 */
	static Message userTurn(List<String> texts, boolean complete) {
		return clientContent(texts.stream().map((text) -> content("user", text)).toList(), complete);
	}

	/**
	 * Return the history of a conversation.
	 * @param items its texts
	 * @param complete whether that is all the history; not that the model is to answer
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
		Map<String, Object> blob = new LinkedHashMap<>();
		blob.put("data", Base64.getEncoder().encodeToString(audio));
		blob.put("mimeType", "audio/pcm;rate=" + sampleRate);
		return realtimeInput("audio", blob);
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
	 * Return a tool's result. It must be an object: what is none is put into one.
	 * @param id the call's id
	 * @param name the tool's name
	 * @param json the result as JSON; taken as text if it is none
	 * @return the message
	 */
	static Message toolResponse(String id, String name, String json) {
		Map<String, Object> response = new LinkedHashMap<>();
		String wireId = FunctionCalls.wireId(id);
		if (wireId != null) {
			response.put("id", wireId);
		}
		response.put("name", name);
		response.put("response", object(json));
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
