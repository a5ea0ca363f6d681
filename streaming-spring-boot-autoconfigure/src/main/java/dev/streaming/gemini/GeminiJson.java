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
 * Reading of the protocol's JSON with a mapper of our own, so that no naming strategy of
 * an application bends it. A field of the wrong type reads as absent: a server that is
 * newer than this code must not end a session.
 */
final class GeminiJson {

	static final JsonMapper MAPPER = JsonMapper.builder().build();

	private GeminiJson() {
	}

	/**
	 * Parse a message, be it text or binary: the service sends its JSON in both.
	 * @param message the message
	 * @return the object, or {@code null} if it is none
	 */
	static @Nullable JsonNode parseOrNull(Message message) {
		try {
			JsonNode node = message.hasText() ? MAPPER.readTree(message.text())
					: MAPPER.readTree(new ByteBufferBackedInputStream(message.asByteBuffer()));
			return node.isObject() ? node : null;
		}
		catch (JacksonException ex) {
			// Its message may quote what it could not read
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
	 * Read a count. Those of 64 bits come as strings.
	 * @param parent the object
	 * @param field the field
	 * @return the count, or 0
	 */
	static long count(JsonNode parent, String field) {
		JsonNode node = parent.get(field);
		return (node != null && (node.isNumber() || node.isString())) ? node.asLong(0) : 0;
	}

	/**
	 * Return a value as maps, lists, texts, numbers and booleans, for metadata.
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
