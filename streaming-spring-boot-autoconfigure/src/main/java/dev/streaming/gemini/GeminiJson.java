package dev.streaming.gemini;

import java.util.List;
import java.util.Map;

import dev.streaming.Message;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.ByteBufferBackedInputStream;

/**
 * Reads JSON of the protocol, with a mapper that is independent of the application's
 * configuration. A field of the wrong type is treated as absent, so that a newer server
 * does not end a session.
 */
final class GeminiJson {

	static final JsonMapper MAPPER = JsonMapper.builder().build();

	private GeminiJson() {
	}

	/**
	 * Parse a text or binary message: the service sends JSON in both.
	 * @param message the message
	 * @return the object, or {@code null} if the message is not a JSON object
	 */
	static @Nullable JsonNode parseOrNull(Message message) {
		try {
			JsonNode node = message.hasText() ? MAPPER.readTree(message.text())
					: MAPPER.readTree(new ByteBufferBackedInputStream(message.asByteBuffer()));
			return node.isObject() ? node : null;
		}
		catch (JacksonException ex) {
			// The exception's message may quote the payload
			return null;
		}
	}

	static @Nullable JsonNode object(JsonNode parent, String field) {
		JsonNode node = parent.get(field);
		return (node != null && node.isObject()) ? node : null;
	}

	static Iterable<JsonNode> array(JsonNode parent, String field) {
		JsonNode node = parent.get(field);
		return (node != null && node.isArray()) ? node : List.of();
	}

	static String text(JsonNode parent, String field) {
		JsonNode node = parent.get(field);
		return (node != null && node.isString()) ? node.stringValue() : "";
	}

	static boolean flag(JsonNode parent, String field) {
		JsonNode node = parent.get(field);
		return node != null && node.isBoolean() && node.booleanValue();
	}

	/**
	 * Read a count. Counts of 64 bits are strings.
	 * @param parent the object
	 * @param field the field
	 * @return the count, or 0
	 */
	static long count(JsonNode parent, String field) {
		JsonNode node = parent.get(field);
		return (node != null && (node.isNumber() || node.isString())) ? node.asLong(0) : 0;
	}

	/**
	 * Convert a value to maps, lists, strings, numbers and booleans, for metadata.
	 * @param node the value
	 * @return the plain value, or {@code null}
	 */
	static @Nullable Object plain(@Nullable JsonNode node) {
		return (node == null || node.isNull()) ? null : MAPPER.treeToValue(node, Object.class);
	}

	static Message message(Map<String, ?> value) {
		return Message.text(MAPPER.writeValueAsString(value));
	}

}
