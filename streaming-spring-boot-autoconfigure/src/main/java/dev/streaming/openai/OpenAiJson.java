package dev.streaming.openai;

import java.util.Map;

import dev.streaming.Message;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.util.ByteBufferBackedInputStream;

/**
 * JSON of the protocol, with a mapper that is independent of the application's
 * configuration.
 */
final class OpenAiJson {

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private OpenAiJson() {
	}

	/**
	 * Parse a message from its current representation.
	 * @param message the message
	 * @return its content; missing if it is not a JSON object
	 */
	static JsonNode parse(Message message) {
		try {
			JsonNode node = message.hasText() ? MAPPER.readTree(message.text())
					: MAPPER.readTree(new ByteBufferBackedInputStream(message.asByteBuffer()));
			return node.isObject() ? node : MissingNode.getInstance();
		}
		catch (JacksonException ex) {
			return MissingNode.getInstance();
		}
	}

	static JsonNode parse(String json) {
		return MAPPER.readTree(json);
	}

	static Message message(Map<String, ?> event) {
		return Message.text(MAPPER.writeValueAsString(event));
	}

	static JsonNode node(Object value) {
		return MAPPER.valueToTree(value);
	}

	static String write(JsonNode node) {
		return MAPPER.writeValueAsString(node);
	}

	@SuppressWarnings("unchecked")
	static Map<String, Object> map(JsonNode node) {
		return MAPPER.convertValue(node, Map.class);
	}

	static String text(JsonNode node, String field) {
		String text = textOrNull(node, field);
		return (text != null) ? text : "";
	}

	static @Nullable String textOrNull(JsonNode node, String field) {
		JsonNode value = node.path(field);
		return value.isString() ? value.stringValue() : null;
	}

	static long number(JsonNode node, String field) {
		JsonNode value = node.path(field);
		return (value.isNumber() || value.isString()) ? value.asLong(0) : 0;
	}

}
